package reference

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// JavaVersion is a Java version in the numbering since 9 (8u191 is {8, 0, 191}). The zero value is "not known".
type JavaVersion struct {
	Feature   int // 8, 11, 17
	Interim   int
	Update    int  // 191 of 8u191, 16 of 11.0.16
	HasUpdate bool // false: only the line is known ("11"), so a rule that needs the update is unknown or judges the line
}

var (
	oldJavaPattern = regexp.MustCompile(`^(?:1\.)?(\d{1,2})(?:\.0)?(?:[u_](\d{1,4}))?(?:[-+_].{0,60}|\.\d[0-9A-Za-z.+_-]{0,60})?$`)
	newJavaPattern = regexp.MustCompile(`^(\d{1,3})(?:\.(\d{1,3})\.(\d{1,4}))?(?:[-+_].{0,60}|\.\d[0-9A-Za-z.+_-]{0,60})?$`)
	javaPrefix     = regexp.MustCompile(`^(?i:v|jdk-?|jre-?|java-?|openjdk-?)`)
	semeruPattern  = regexp.MustCompile(`^8\.0\.(\d{1,4})(?:\..{0,60})?$`)
)

// ParseJavaVersion reads a version as images, variables and people write it: 8u191, 1.8.0_191, 8.0.382.0, 11.0.16+8, jdk-17.0.9, 21.
func ParseJavaVersion(text string) (JavaVersion, bool) {
	text = javaPrefix.ReplaceAllString(text, "")
	if m := semeruPattern.FindStringSubmatch(text); m != nil {
		return JavaVersion{Feature: 8, Update: number(m[1]), HasUpdate: true}, true
	}
	if m := oldJavaPattern.FindStringSubmatch(text); m != nil && number(m[1]) >= 1 && number(m[1]) <= 8 {
		return JavaVersion{Feature: number(m[1]), Update: number(m[2]), HasUpdate: m[2] != ""}, true
	}
	if m := newJavaPattern.FindStringSubmatch(text); m != nil && number(m[1]) >= 9 {
		return JavaVersion{Feature: number(m[1]), Interim: number(m[2]), Update: number(m[3]), HasUpdate: m[3] != ""}, true
	}
	return JavaVersion{}, false
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// Known reports whether at least the line is known.
func (v JavaVersion) Known() bool { return v.Feature > 0 }

// String is the version as people write it: 8u191, 11.0.16, 21.
func (v JavaVersion) String() string {
	switch {
	case !v.Known():
		return "not known"
	case !v.HasUpdate:
		return strconv.Itoa(v.Feature)
	case v.Feature <= 8:
		return fmt.Sprintf("%du%d", v.Feature, v.Update)
	}
	return fmt.Sprintf("%d.%d.%d", v.Feature, v.Interim, v.Update)
}

// AtLeast reports whether the version is a bound or later. It is not sure where only the line is known and the bound lies
// inside that line.
func (v JavaVersion) AtLeast(bound JavaVersion) (atLeast, sure bool) {
	if !v.Known() {
		return false, false
	}
	if v.Feature != bound.Feature || !bound.HasUpdate {
		return v.Feature >= bound.Feature, true
	}
	if !v.HasUpdate {
		return false, false
	}
	return cmp.Or(cmp.Compare(v.Interim, bound.Interim), cmp.Compare(v.Update, bound.Update)) >= 0, true
}

// UnmarshalYAML reads a version in quotes or not.
func (v *JavaVersion) UnmarshalYAML(node *yaml.Node) error {
	version, ok := ParseJavaVersion(node.Value)
	if !ok {
		return fmt.Errorf("line %d: want a Java version such as 8u191 or 11.0.16, got %q", node.Line, node.Value)
	}
	*v = version
	return nil
}

// javaSpan is a range of versions; an unset end means any later version.
type javaSpan struct {
	From   JavaVersion `yaml:"from"`
	Before JavaVersion `yaml:"before"`
}

// holds reports whether a version lies in the span; not sure where its update would decide.
func (s javaSpan) holds(v JavaVersion) (inside, sure bool) {
	from, sureFrom := v.AtLeast(s.From)
	if sureFrom && !from {
		return false, true
	}
	if !s.Before.Known() {
		return from, sureFrom
	}
	beyond, sureBefore := v.AtLeast(s.Before)
	if sureBefore && beyond {
		return false, true
	}
	return from && !beyond, sureFrom && sureBefore
}
