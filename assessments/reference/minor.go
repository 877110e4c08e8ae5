package reference

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Minor is the second number of a Kubernetes version: 37 of 1.37. Kubernetes has had no other major than 1. Zero is "not known".
type Minor int

// ParseMinor reads 1.37, with or without a leading v and a patch.
func ParseMinor(text string) (Minor, error) {
	rest, isOne := strings.CutPrefix(strings.TrimPrefix(text, "v"), "1.")
	number, _, _ := strings.Cut(rest, ".")
	minor, err := strconv.Atoi(number)
	if !isOne || err != nil || minor < 1 || minor > 9999 {
		return 0, fmt.Errorf("want a Kubernetes minor such as 1.37, got %q", text)
	}
	return Minor(minor), nil
}

// String is the minor as people write it: 1.37.
func (m Minor) String() string { return "1." + strconv.Itoa(int(m)) }

// UnmarshalYAML reads "1.37".
func (m *Minor) UnmarshalYAML(node *yaml.Node) error {
	minor, err := ParseMinor(node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	*m = minor
	return nil
}
