package lifecycle

import (
	"cmp"
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var crdStoredVersions = assessments.Rule{
	ID:          "lifecycle/crd-stored-versions",
	SubjectKind: "crd",
	Effort:      assessments.EffortChange,
	Judge:       judgeCRDs,
	Text: assessments.Text{
		Title: "Custom resources are stored in versions that are still served",
		What:  "Every CustomResourceDefinition: the versions its objects are stored in, those it serves, and the version it is itself written in.",
		Why: "An object stored in a version that the definition no longer serves can't be read as soon as that version leaves the definition: the next " +
			"upgrade of the operator is refused, or loses the objects. Definitions written as v1beta1 can't be applied at all since 1.22.",
		How: "Fails where `status.storedVersions` names a version that is not served, or where the definition itself is written, or was last applied, " +
			"in a version of apiextensions.k8s.io that the target no longer serves (v1beta1). The target is `--target-version`, else the newest release.\n\n" +
			"Unknown: definitions or their stored versions that could not be read. Over files only the written version is judged, and a pass says so: " +
			"what is stored shows only in a cluster.",
		Evidence: "The stored and the served versions, or the version that the definition is written in.",
		Mend: "Serve the old version once more, rewrite every object in the storage version (a storage version migration, or get and replace), then take " +
			"the old one out of `status.storedVersions`. A definition in v1beta1 is written anew as v1 with a structural schema.",
		Sources: []string{
			"Kubernetes documentation, Versions in CustomResourceDefinitions: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/",
			"Kubernetes documentation, Deprecated API Migration Guide: https://kubernetes.io/docs/reference/using-api/deprecation-guide/#customresourcedefinition-v122",
		},
		DoesNotCatch: "Conversion webhooks that fail, and versions that an operator's next release will drop.",
	},
}

const crdGroup, crdKind = "apiextensions.k8s.io", "CustomResourceDefinition"

func judgeCRDs(v assessments.View) []assessments.Outcome {
	target, known := targetMinor(v)
	if !known {
		return []assessments.Outcome{assessments.AboutCluster().Unknown("the reference knows no release on that day")}
	}
	if reason, unseen := v.Unseen("customresourcedefinitions"); unseen && len(v.CRDs) == 0 {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(rules.Unread("CustomResourceDefinitions", reason))}
	}
	if len(v.CRDs) == 0 {
		return []assessments.Outcome{assessments.AboutCluster().NotApplicable("there are no CustomResourceDefinitions")}
	}
	outcomes := make([]assessments.Outcome, 0, len(v.CRDs))
	for _, c := range v.CRDs {
		outcomes = append(outcomes, judgeCRD(v, c, assessments.AboutCRD(c), target))
	}
	return outcomes
}

func judgeCRD(v assessments.View, c *snapshot.CRD, o assessments.Outcome, target reference.Minor) assessments.Outcome {
	if lost := upgrade.Unserved(c); len(lost) > 0 && len(c.Served) > 0 {
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("Objects are stored as %s, which it no longer serves.", strings.Join(lost, ", ")),
			Evidence: []assessments.Evidence{
				{What: "stored versions", Value: strings.Join(c.Stored, ", ")}, {What: "served versions", Value: strings.Join(c.Served, ", ")},
			},
			Expected: "every stored version is served, or no object is stored in it",
			Mend: assessments.Mend{Text: fmt.Sprintf("Serve %s again, rewrite all objects of %s as %s, then take it out of status.storedVersions.",
				strings.Join(lost, ", "), c.Name, cmp.Or(c.Storage, "the storage version"))},
		})
	}
	written, ground := c.APIVersion, "written in the file"
	if v.Live() {
		written, ground = c.LastAppliedAPI, "last applied as"
	}
	if version, own := strings.CutPrefix(written, crdGroup+"/"); own {
		use := upgrade.Use{Group: crdGroup, Version: version, Kind: crdKind, Resource: "customresourcedefinitions", LastApplied: 1}
		if j := use.At(target); j.Standing == upgrade.Breaks {
			j.Evidence = append(j.Evidence, assessments.Evidence{What: ground, Value: written})
			return o.Fail(failureOf(0, j, crdGroup+"/v1"))
		}
	}
	switch {
	case !v.Live():
		return o.PassNoted("what its objects are stored in shows only in a cluster")
	case len(c.Stored) == 0 || len(c.Served) == 0:
		return o.Unknown("its stored or served versions were not read")
	}
	return o.Pass()
}
