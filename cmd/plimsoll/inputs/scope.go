package inputs

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"plimsoll/assessments"
)

// leftOut is why a rule that --include or --exclude leaves out can't tell: what nobody looked at is unknown, never fine.
const leftOut = "left out by --include or --exclude"

// pattern is one glob of --include or --exclude. It names rules where any rule's id matches it, else files.
type pattern struct {
	flag, text string
	rules      bool
	matched    bool
}

// scope is how far to look: which files are read and by which rules they are judged.
type scope struct{ include, exclude []*pattern }

func (f Flags) checkPatterns() error {
	for _, list := range []struct {
		flag     string
		patterns []string
	}{{"--include", f.Include}, {"--exclude", f.Exclude}} {
		for _, text := range list.patterns {
			if text == "" {
				return fmt.Errorf("%s: want a glob over rules or files", list.flag)
			}
			for segment := range strings.SplitSeq(text, "/") {
				if _, err := path.Match(segment, ""); err != nil {
					return fmt.Errorf("%s: glob %q: %w", list.flag, text, err)
				}
			}
		}
	}
	return nil
}

func newScope(f Flags, content *assessments.Content) *scope {
	parse := func(flag string, texts []string) []*pattern {
		var all []*pattern
		for _, text := range texts {
			p := &pattern{flag: flag, text: text}
			p.rules = slices.ContainsFunc(content.Rules.All(), func(r assessments.Rule) bool { return p.names(r.ID) })
			p.matched = p.rules
			all = append(all, p)
		}
		return all
	}
	return &scope{include: parse("--include", f.Include), exclude: parse("--exclude", f.Exclude)}
}

// names reports whether a rule's id matches.
func (p *pattern) names(rule string) bool {
	matched, err := path.Match(p.text, rule)
	return err == nil && matched
}

// keep reports whether a file is read.
func (s *scope) keep(file string) bool {
	wanted := !slices.ContainsFunc(s.include, func(p *pattern) bool { return !p.rules })
	for _, p := range s.include {
		if !p.rules && matchesPath(p.text, file) {
			p.matched, wanted = true, true
		}
	}
	for _, p := range s.exclude {
		if !p.rules && matchesPath(p.text, file) {
			p.matched, wanted = true, false
		}
	}
	return wanted
}

// wants reports whether a rule judges.
func (s *scope) wants(rule string) bool {
	wanted := !slices.ContainsFunc(s.include, func(p *pattern) bool { return p.rules })
	for _, p := range s.include {
		wanted = wanted || p.rules && p.names(rule)
	}
	for _, p := range s.exclude {
		wanted = wanted && !(p.rules && p.names(rule))
	}
	return wanted
}

// narrow is the content with the rules that are left out silenced: their subjects are there and nobody looked, so that the score can
// only become less sure by it.
func (s *scope) narrow(content *assessments.Content) *assessments.Content {
	silenced := false
	narrowed := *content
	narrowed.Rules = &assessments.Registry{}
	for _, rule := range content.Rules.All() {
		if !s.wants(rule.ID) {
			rule.Judge, silenced = silent(rule.Judge), true
		}
		narrowed.Rules.Register(rule)
	}
	if !silenced {
		return content
	}
	return &narrowed
}

func silent(judge func(assessments.View) []assessments.Outcome) func(assessments.View) []assessments.Outcome {
	return func(v assessments.View) []assessments.Outcome {
		outcomes := judge(v)
		for i, o := range outcomes {
			if o.Result != assessments.NotApplicable {
				o.Asks = ""
				outcomes[i] = o.Unknown(leftOut)
			}
		}
		return outcomes
	}
}

// idle names the patterns that matched nothing: most of them are slips of the pen.
func (s *scope) idle() []string {
	var notes []string
	for _, p := range append(slices.Clone(s.include), s.exclude...) {
		if !p.matched {
			notes = append(notes, fmt.Sprintf("%s %s: names no rule and no file that was read", p.flag, p.text))
		}
	}
	return notes
}

// matchesPath holds a file's name against a glob: ** is any number of folders, and a folder's name stands for all below it. The glob
// may begin at any folder of the name.
func matchesPath(glob, file string) bool {
	want, have := strings.Split(strings.Trim(path.Clean(glob), "/"), "/"), strings.Split(strings.Trim(path.Clean(file), "/"), "/")
	for start := range have {
		if matchesFrom(want, have[start:]) {
			return true
		}
	}
	return false
}

func matchesFrom(want, have []string) bool {
	switch {
	case len(want) == 0:
		return true
	case want[0] == "**":
		for skip := range len(have) + 1 {
			if matchesFrom(want[1:], have[skip:]) {
				return true
			}
		}
		return false
	case len(have) == 0:
		return false
	}
	matched, err := path.Match(want[0], have[0])
	return err == nil && matched && matchesFrom(want[1:], have[1:])
}
