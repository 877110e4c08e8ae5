package assessments

import "slices"

// texts keeps what one rule says each time once: of ten thousand findings most say the same of another subject.
type texts struct {
	kept     map[string]string
	evidence []Evidence
}

// maxTexts bounds what is kept: a rule that says something new each time has nothing to share.
const maxTexts = 1024

func (t *texts) share(o *Outcome) {
	o.Message, o.Expected, o.Mend.Text = t.one(o.Message), t.one(o.Expected), t.one(o.Mend.Text)
	if slices.Equal(o.Evidence, t.evidence) {
		o.Evidence = t.evidence
	}
	t.evidence = o.Evidence
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
