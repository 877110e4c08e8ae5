package kubetest

import (
	_ "embed"
	"regexp"
	"time"
)

//go:embed testdata/harbour.yaml
var harbour []byte

// harbourTime is the moment at which the manifests of Harbour describe their cluster.
var harbourTime = time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC)

var timestamp = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z`)

// Harbour returns the manifests of a whole cluster, for Apply: nodes, system workloads, and four namespaces of applications with
// their pods, endpoints and Helm releases, some sound and most with something to find. testdata/harbour.yaml says at each
// object what. Every time in it is moved so that the cluster is as it stands at the given moment, to the second: a container
// that was killed yesterday was killed on the day before.
func Harbour(at time.Time) []byte {
	moved := at.Sub(harbourTime).Truncate(time.Second)
	return timestamp.ReplaceAllFunc(harbour, func(text []byte) []byte {
		was, err := time.Parse(time.RFC3339, string(text))
		if err != nil {
			return text // looks like a time and is none, such as a month 13: the API server will say so
		}
		return was.Add(moved).UTC().AppendFormat(nil, time.RFC3339)
	})
}
