// Package cluster takes a snapshot of a live Kubernetes cluster. It asks with get and list alone, page by page, decodes one
// object at a time into the slim structs of collectors/kube, sums pods up under their controllers, and writes what an
// allow-list lets through. It is the only package that links k8s.io.
//
// What a cluster refuses or does not have never ends a collection: it is named in the header and in a note, and rules read it
// as unknown. Only a server that cannot be reached, that does not know the user, or that never ends ends it.
package cluster
