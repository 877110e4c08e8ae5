package rules

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
)

// Check runs one case: the rule must come to exactly the wanted outcomes, every outcome must be whole, and the order of the
// records must change nothing. A finding without a severity has its control's. It returns everything that differs, joined; nil where all is as wanted.
func Check(rule assessments.Rule, control assessments.Severity, c Case) error {
	forward, err := judge(rule, &c, false)
	if err != nil {
		return err
	}
	backward, err := judge(rule, &c, true)
	if err != nil {
		return err
	}
	problems := []error{matchAll(control, c.Want, forward)}
	for _, o := range forward {
		problems = append(problems, sound(rule, control, o))
	}
	if !reflect.DeepEqual(forward, backward) {
		problems = append(problems, errors.New("the order of the records changes the outcomes"))
	}
	return errors.Join(problems...)
}

// judge returns the outcomes ordered by subject.
func judge(rule assessments.Rule, c *Case, reversed bool) ([]assessments.Outcome, error) {
	view, err := c.View(reversed)
	if err != nil {
		return nil, err
	}
	outcomes := rule.Judge(view)
	slices.SortStableFunc(outcomes, func(a, b assessments.Outcome) int {
		return strings.Compare(key(a), key(b))
	})
	return outcomes, nil
}

func key(o assessments.Outcome) string {
	subject, place := o.Subject(), o.Place()
	return fmt.Sprintf("%s\x00%s\x00%s\x00%06d", subject.Kind, subject, place.File, place.Line)
}

// matchAll pairs every want with one outcome and names what is left over on either side.
func matchAll(control assessments.Severity, wants []Want, outcomes []assessments.Outcome) error {
	var problems []error
	left := slices.Clone(outcomes)
	for _, want := range wants {
		i := slices.IndexFunc(left, func(o assessments.Outcome) bool { return want.means(o) })
		if i < 0 {
			problems = append(problems, fmt.Errorf("want an outcome for %s, got none", want.Subject))
			continue
		}
		if err := want.match(left[i], resolved(left[i], control)); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", want.Subject, err))
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, o := range left {
		problems = append(problems, fmt.Errorf("%s (%s): got %s, want no outcome", o.Subject(), o.Subject().Kind, describe(o)))
	}
	return errors.Join(problems...)
}

func (w Want) means(o assessments.Outcome) bool {
	subject := o.Subject()
	return subject.String() == w.Subject && (w.Kind == "" || w.Kind == subject.Kind)
}

// match compares one outcome with what is wanted of it.
func (w Want) match(o assessments.Outcome, severity assessments.Severity) error {
	if o.Result != w.Result {
		return fmt.Errorf("want %s, got %s", w.Result, describe(o))
	}
	var problems []error
	if w.Severity != 0 && severity != w.Severity {
		problems = append(problems, fmt.Errorf("severity: want %s, got %s", w.Severity, severity))
	}
	f := o.Failure()
	for _, part := range []struct{ name, want, got string }{
		{"message", w.Message, f.Message}, {"reason", w.Reason, o.Reason}, {"evidence", w.Evidence, evidence(f)},
		{"expected", w.Expected, f.Expected}, {"mend", w.Mend, f.Mend.Text}, {"patch", w.Patch, f.Mend.Patch},
	} {
		if !strings.Contains(part.got, part.want) {
			problems = append(problems, fmt.Errorf("%s: want %q in %q", part.name, part.want, part.got))
		}
	}
	said := strings.Join([]string{f.Message, o.Reason, evidence(f), f.Mend.Text}, "\n")
	for _, part := range w.Without {
		if strings.Contains(said, part) {
			problems = append(problems, fmt.Errorf("want nothing of %q in %q", part, said))
		}
	}
	if w.NoPatch && f.Mend.Patch != "" {
		problems = append(problems, fmt.Errorf("patch: want none, got %q", f.Mend.Patch))
	}
	return errors.Join(problems...)
}

func resolved(o assessments.Outcome, control assessments.Severity) assessments.Severity {
	return cmp.Or(o.Failure().Severity, control)
}

func evidence(f assessments.Failure) string {
	lines := make([]string, 0, len(f.Evidence))
	for _, e := range f.Evidence {
		lines = append(lines, e.What+": "+e.Value)
	}
	return strings.Join(lines, "\n")
}

func describe(o assessments.Outcome) string {
	if o.Result == assessments.Fail {
		return fmt.Sprintf("fail (%s)", o.Failure().Message)
	}
	return fmt.Sprintf("%s (%s)", o.Result, o.Reason)
}

// sound holds an outcome to what every outcome owes its reader, whatever the case asks for.
func sound(rule assessments.Rule, control assessments.Severity, o assessments.Outcome) error {
	var problems []error
	demand := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf("%s: "+format, append([]any{o.Subject()}, args...)...))
		}
	}
	demand(slices.Contains(results, o.Result), "no such result: %q", o.Result)
	demand(o.Weight == 1 || o.Weight == 2 || o.Weight == 4, "weight: want 1, 2 or 4, got %d", o.Weight)
	if o.Result == assessments.Unknown || o.Result == assessments.NotApplicable {
		demand(o.Reason != "", "%s needs a reason", o.Result)
	}
	if o.Result == assessments.Fail {
		worst, f := max(control, rule.WorstSeverity), o.Failure()
		demand(f.Severity <= worst, "severity %s is graver than the rule's worst, %s", f.Severity, worst)
		demand(f.Message != "" && f.Expected != "" && f.Mend.Text != "", "a finding needs message, expected and mend")
		demand(len(f.Evidence) > 0, "a finding needs evidence")
		for _, e := range f.Evidence {
			demand(e.What != "" && e.Value != "", "evidence %q needs what and value", e.What+e.Value)
		}
		err := yaml.Unmarshal([]byte(f.Mend.Patch), &map[string]any{})
		demand(err == nil, "the patch is no YAML: %v", err)
	}
	return errors.Join(problems...)
}

// Complete reports which of the four outcomes a file of cases neither shows nor declares out of reach, and which it declares
// out of reach although a case shows it.
func (f *CaseFile) Complete() error {
	shown := map[assessments.Result]bool{}
	for _, c := range f.Cases {
		for _, w := range c.Want {
			shown[w.Result] = true
		}
	}
	var problems []error
	for _, r := range results {
		reason, declared := f.Unreachable[r]
		own := slices.ContainsFunc(f.Cases, func(c Case) bool { return c.Outcome == r })
		switch {
		case declared && shown[r]:
			problems = append(problems, fmt.Errorf("%s: %s is declared unreachable, and a case shows it", f.Rule, r))
		case declared && reason == "":
			problems = append(problems, fmt.Errorf("%s: unreachable %s needs a reason", f.Rule, r))
		case !declared && !own:
			problems = append(problems, fmt.Errorf("%s: no case is there to show %s", f.Rule, r))
		}
	}
	return errors.Join(problems...)
}
