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

func (t *texts) share(o *Outcome) {
	o.bound()
	o.Message, o.Expected, o.Mend.Text = t.one(o.Message), t.one(o.Expected), t.one(o.Mend.Text)
	if slices.Equal(o.Evidence, t.evidence) {
		o.Evidence = t.evidence
	}
	t.evidence = o.Evidence
}

// maxText bounds each text of a finding, in bytes: what it says of an object may be as large as the object, for each of its containers.
const maxText = 2000

// bound cuts what a finding says where nobody would read on.
func (o *Outcome) bound() {
	o.Message, o.Expected, o.Mend.Text = shortened(o.Message), shortened(o.Expected), shortened(o.Mend.Text)
	long := func(e Evidence) bool { return len(e.What) > maxText || len(e.Value) > maxText }
	if !slices.ContainsFunc(o.Evidence, long) {
		return
	}
	o.Evidence = slices.Clone(o.Evidence)
	for i, e := range o.Evidence {
		o.Evidence[i] = Evidence{What: shortened(e.What), Value: shortened(e.Value)}
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
