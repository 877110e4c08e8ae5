package allow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/collectors/allow"
)

func TestOnlyLetsThroughNoMoreThanTheWhole(t *testing.T) {
	pod := []byte(`{"metadata":{"name":"a","uid":"u","labels":{"app":"x","pod-template-hash":"h"},"ownerReferences":[{"kind":"K","name":"n","blockOwnerDeletion":true}]},
		"spec":{"nodeName":"n","containers":[{"name":"c","image":"i","env":[{"name":"A","value":"b"}]},{"name":"d"}]},"status":{"podIP":"10.0.0.1","phase":"Running"}}`)
	only := allow.List("", "Pod").Sieve.Only("metadata.uid", "metadata.labels.pod-template-hash", "metadata.ownerReferences[].kind", "spec.containers[].name",
		"spec.containers[].image", "status.phase")
	let, n, err := only.Append(nil, pod)
	require.NoError(t, err)
	require.Equal(t, len(pod), n)
	require.JSONEq(t, `{"metadata":{"uid":"u","labels":{"pod-template-hash":"h"},"ownerReferences":[{"kind":"K"}]},
		"spec":{"containers":[{"name":"c","image":"i"},{"name":"d"}]},"status":{"phase":"Running"}}`, string(let))

	for _, path := range []string{"status.podIP", "spec.containers.name", "spec.nodeName[]", "spec.nodeName.a", "metadata.ownerReferences[].blockOwnerDeletion"} {
		require.Panics(t, func() { allow.List("", "Pod").Sieve.Only(path) }, path)
	}
}
