package cluster

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/collectors/kube"
)

// signs gathers what tells who set the cluster up. Signs that would need rights of their own (role bindings, Secrets) are not
// looked for.
type signs struct {
	seen   map[int]string // index into signTable → what was seen, in words
	suffix string         // of the version, where that was the sign
}

var signTable = reference.ProvisionerSigns()

// signPatterns are compiled once; the others are compared as text.
var signPatterns = func() map[int]*regexp.Regexp {
	patterns := map[int]*regexp.Regexp{}
	for i, sign := range signTable {
		if sign.Kind == reference.VersionPatternSign || sign.Kind == reference.OSImagePatternSign {
			patterns[i] = regexp.MustCompile(sign.Value)
		}
	}
	return patterns
}()

// look marks the signs of a kind for which match holds.
func (s *signs) look(kind reference.SignKind, words string, match func(i int, sign reference.Sign) bool) {
	for i, sign := range signTable {
		if sign.Kind == kind && s.seen[i] == "" && match(i, sign) {
			if s.seen == nil {
				s.seen = map[int]string{}
			}
			s.seen[i] = words + " " + sign.Value
		}
	}
}

func (s *signs) version(version string) {
	s.look(reference.VersionPatternSign, "version "+version+" matches", func(i int, _ reference.Sign) bool {
		found := signPatterns[i].FindString(version)
		if found != "" {
			s.suffix = strings.TrimLeft(found, "-+")
		}
		return found != ""
	})
}

func (s *signs) groups(has served) {
	s.look(reference.APIGroupSign, "API group", func(_ int, sign reference.Sign) bool { return has.has(sign.Value) })
}

func (s *signs) configMap(name string) {
	s.look(reference.ConfigMapSign, "ConfigMap", func(_ int, sign reference.Sign) bool { return sign.Value == name })
}

func (s *signs) podRanges(ranges []string) {
	s.look(reference.PodRangeSign, "pod range", func(_ int, sign reference.Sign) bool {
		want, err := netip.ParsePrefix(sign.Value)
		return err == nil && slices.Contains(ranges, want.String())
	})
}

func (s *signs) node(n *kube.Node) {
	s.version(n.Status.Info.KubeletVersion)
	s.look(reference.OSImagePatternSign, "OS image", func(i int, _ reference.Sign) bool { return signPatterns[i].MatchString(n.Status.Info.OSImage) })
	s.look(reference.ProviderPrefixSign, "providerID", func(_ int, sign reference.Sign) bool { return strings.HasPrefix(n.Spec.ProviderID, sign.Value) })
	s.look(reference.NodeLabelSign, "node label", func(_ int, sign reference.Sign) bool { return holds(n.Meta.Labels, sign.Value) })
	s.look(reference.NodeAnnotationSign, "node annotation", func(_ int, sign reference.Sign) bool { return holds(n.Meta.Annotations, sign.Value) })
}

// holds looks for a key, or for key=value.
func holds(values map[string]string, wanted string) bool {
	key, want, exact := strings.Cut(wanted, "=")
	have, found := values[key]
	return found && (!exact || have == want)
}

// first is the sign that counts: the table stands in order of precedence.
func (s *signs) first() (sign reference.Sign, words string, found bool) {
	for i := range signTable {
		if s.seen[i] != "" {
			return signTable[i], s.seen[i], true
		}
	}
	return reference.Sign{}, "", false
}
