package upgrade

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"plimsoll/assessments"
)

// Standing is how a part of a cluster goes with one minor of Kubernetes.
type Standing string

// The standings. Untested means that nobody lists the pair: never that it is unsupported. Waning is kept alive and no more.
const (
	Serves   Standing = "serves"
	Breaks   Standing = "breaks"
	Waning   Standing = "waning"
	Untested Standing = "untested"
	Untold   Standing = "unknown"
	Outside  Standing = "outside" // no matter of Kubernetes' versions
)

// Judgement is a standing with what it rests on.
type Judgement struct {
	Standing Standing
	Why      string // a sentence without a full stop; empty where it serves
	Mend     string
	Evidence []assessments.Evidence
}

func untold(why string, evidence ...assessments.Evidence) Judgement {
	return Judgement{Standing: Untold, Why: why, Evidence: evidence}
}

func serves(evidence ...assessments.Evidence) Judgement {
	return Judgement{Standing: Serves, Evidence: evidence}
}

func evidence(what, format string, values ...any) assessments.Evidence {
	return assessments.Evidence{What: what, Value: fmt.Sprintf(format, values...)}
}

// release is a version of something that is not Kubernetes, as numbers.
type release struct{ major, minor, patch int }

var releasePattern = regexp.MustCompile(`^v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?`)

// readRelease reads 1.7.27-k3s1, v3.26.1, 20.04. It reports false for what does not begin with a number.
func readRelease(text string) (release, bool) {
	m := releasePattern.FindStringSubmatch(text)
	if m == nil {
		return release{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	return release{number(m[1]), number(m[2]), number(m[3])}, true
}

func (r release) line() string { return fmt.Sprintf("%d.%d", r.major, r.minor) }

func (r release) before(other release) bool {
	return cmp.Or(cmp.Compare(r.major, other.major), cmp.Compare(r.minor, other.minor), cmp.Compare(r.patch, other.patch)) < 0
}

func (r release) sameLine(other release) bool {
	return release{r.major, r.minor, other.patch} == other
}
