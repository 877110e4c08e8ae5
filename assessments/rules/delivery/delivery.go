// Package delivery holds the rules on how software gets into the cluster: images, releases, and what a rollout needs.
package delivery

import "plimsoll/assessments"

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(imageDrift, imageTagMutable, managedRelease, resourcesDeclared)
}
