package web

import (
	"slices"
	"strings"

	"plimsoll/assessments"
)

// way is how somebody can bring into sight what some reasons hide.
type way struct {
	heading, about string
	page, words    string // where it is done; empty: nowhere in the product
	groups         []assessments.BlindGroup
}

func (w way) things() int {
	n := 0
	for _, g := range w.groups {
		n += len(g.Blind)
	}
	return n
}

// signs tell a way by words of its reasons. The first that fits is it.
var signs = []struct {
	words []string
	way   way
}{
	{[]string{"node collector", "node-exporter", "connection tracking table", "no node was measured", "plimsoll-collect node"},
		way{heading: "Read the nodes", about: "Run the node collector on the nodes, once or as a DaemonSet. It reads a few kernel figures, and changes nothing.", page: "snapshots", words: "How to run it"}},
	{[]string{"could not read", "single namespaces", "only some namespaces", "was not collected"},
		way{heading: "Give the collector more to read", about: "The collector lacked a right, or was told to leave something out. Its rights are read-only: grant the missing ones, or take the snapshot with a wider scope.", page: "snapshots", words: "How to take a snapshot"}},
	{[]string{"is not answered", "answer ", "not answered", "declare", "no answer"},
		way{heading: "Answer what only people know", about: "No snapshot can tell these. An answer, or a fact of one workload, brings them in.", page: "questions", words: "Open the questions"}},
	{[]string{"only a running cluster", "files were given"},
		way{heading: "Take a snapshot of the running cluster", about: "Files say what is meant to run. Only the cluster tells what does.", page: "snapshots", words: "How to take a snapshot"}},
	{[]string{"repository", "chart's", "charts", "shallow clone"},
		way{heading: "Let us read the repositories", about: "Releases and charts tell their story in version control. The repository collector reads it without a checkout.", page: "snapshots", words: "How to read a repository"}},
	{[]string{"options", "image", "jvm", "java"},
		way{heading: "Say which runtime it is", about: "Options and versions stand where the collector does not look, such as in ConfigMaps or inside images. Declare them for the workloads that count.", page: "facts", words: "Declare facts"}},
	{[]string{"reference", "in doubt", "content version", "no newest minor"},
		way{heading: "Wait for a later version", about: "Outside knowledge is missing or in doubt here. A later content version brings it; there is nothing to do."}},
}

// ways puts what could not be seen together by what brings it into sight, the way that shows most first. What nobody can change is last.
func ways(groups []assessments.BlindGroup) []way {
	all := make([]way, len(signs)+1)
	for i, sign := range signs {
		all[i] = sign.way
	}
	all[len(signs)] = way{heading: "Look again later", about: "These were not there to be seen when the snapshot was taken. A later snapshot may show them."}
	for _, g := range groups {
		i := slices.IndexFunc(signs, func(s struct {
			words []string
			way   way
		}) bool {
			why := strings.ToLower(g.Why)
			return slices.ContainsFunc(s.words, func(word string) bool { return strings.Contains(why, word) })
		})
		if i < 0 {
			i = len(signs)
		}
		all[i].groups = append(all[i].groups, g)
	}
	all = slices.DeleteFunc(all, func(w way) bool { return len(w.groups) == 0 })
	slices.SortStableFunc(all, func(a, b way) int {
		if (a.page == "") != (b.page == "") {
			if a.page == "" {
				return 1
			}
			return -1
		}
		return b.things() - a.things()
	})
	return all
}
