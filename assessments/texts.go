package assessments

import (
	"fmt"
	"slices"
	"strings"
)

// texts keeps what one rule says each time once: of ten thousand findings most say the same of another subject.
type texts struct {
	kept     map[string]string
	evidence []Evidence
}

// maxTexts bounds what is kept: a rule that says something new each time has nothing to share.
const maxTexts = 1024

func (t *texts) share(f *Failure) {
	f.bound()
	f.Message, f.Expected, f.Mend.Text = t.one(f.Message), t.one(f.Expected), t.one(f.Mend.Text)
	if slices.Equal(f.Evidence, t.evidence) {
		f.Evidence = t.evidence
	}
	t.evidence = f.Evidence
}

// maxText bounds each text of a finding, in bytes: what it says of an object may be as large as the object, for each of its containers.
const maxText = 2000

// bound cuts what a finding says where nobody would read on.
func (f *Failure) bound() {
	f.Message, f.Expected, f.Mend.Text = shortened(f.Message), shortened(f.Expected), shortened(f.Mend.Text)
	long := func(e Evidence) bool { return len(e.What) > maxText || len(e.Value) > maxText }
	if !slices.ContainsFunc(f.Evidence, long) {
		return
	}
	f.Evidence = slices.Clone(f.Evidence)
	for i, e := range f.Evidence {
		f.Evidence[i] = Evidence{What: shortened(e.What), Value: shortened(e.Value)}
	}
}

func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	head := strings.ToValidUTF8(text[:maxText], "")
	return fmt.Sprintf("%s … (%d bytes more)", head, len(text)-len(head))
}

// one is the first text that was kept of its like.
func (t *texts) one(text string) string {
	if kept, found := t.kept[text]; found {
		return kept
	}
	if t.kept == nil {
		t.kept = map[string]string{}
	}
	if len(t.kept) < maxTexts {
		t.kept[text] = text
	}
	return text
}
