package manifests

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

func TestEachObjectSaysWhichAPIItIsWrittenIn(t *testing.T) {
	text := `apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web}
---
apiVersion: v1
kind: List
items:
  - apiVersion: policy/v1beta1
    kind: PodSecurityPolicy
    metadata: {name: strict}
  - apiVersion: batch/v1beta1
    kind: CronJob
    metadata: {generateName: nightly-, namespace: shop}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: le}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: broken}
spec: {replicas: three}
---
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com, version: v1alpha1, names: {kind: Thing}}
status: {storedVersions: [v0]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: others.example.com}
spec:
  group: example.com
  names: {kind: Other}
  versions:
    - {name: v1, served: true, storage: true}
    - {name: v1beta1, served: false, storage: false}
`
	var uses []snapshot.APIUse
	var definitions []snapshot.CRD
	inputs, err := Read(context.Background(), []string{"-"}, strings.NewReader(text), func(record snapshot.Record) error {
		switch r := record.(type) {
		case snapshot.APIUse:
			uses = append(uses, r)
		case snapshot.CRD:
			definitions = append(definitions, r)
		}
		return nil
	})
	require.NoError(t, err)
	require.Len(t, inputs.Skipped, 1, "what is not taken is in no use")
	var got []string
	for _, use := range uses {
		require.Nil(t, use.LastApplied)
		require.Nil(t, use.Requested)
		got = append(got, use.Group+" "+use.Version+" "+use.ObjectKind+" "+use.Object.Namespace+"/"+use.Object.Name)
	}
	require.Equal(t, []string{
		"extensions v1beta1 Ingress default/web", "policy v1beta1 PodSecurityPolicy /strict", "batch v1beta1 CronJob shop/nightly-",
		"cert-manager.io v1 ClusterIssuer /le", "apiextensions.k8s.io v1beta1 CustomResourceDefinition /things.example.com",
		"apiextensions.k8s.io v1 CustomResourceDefinition /others.example.com",
	}, got)
	require.Equal(t, snapshot.Place{File: "-", Line: 8, Document: 2}, uses[1].Object.Place)
	require.Len(t, definitions, 2)
	require.Equal(t, []string{"v1alpha1"}, definitions[0].Served)
	require.Empty(t, definitions[0].Stored, "a file's status is a copy of some cluster's")
	require.Equal(t, "apiextensions.k8s.io/v1beta1", definitions[0].APIVersion)
	require.Equal(t, []string{"v1"}, definitions[1].Served)
	require.Equal(t, "v1", definitions[1].Storage)
}
