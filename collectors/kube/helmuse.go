package kube

import "plimsoll/assessments/snapshot"

// AddManifest takes one object of a Helm release's manifest: Helm applies it by this version again.
func (u *APIUses) AddManifest(apiVersion, object, resource, namespace, name string) {
	use := u.of(apiVersion, object, resource)
	use.HelmManifest = increased(use.HelmManifest)
	note(use, snapshot.Ref{Kind: object, Namespace: namespace, Name: name})
}
