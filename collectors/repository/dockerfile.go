package repository

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// Bounds on one Dockerfile.
const (
	maxInstructions = 2_000
	maxBases        = 50
	maxArguments    = 500
	maxReference    = 512
)

// stage is one FROM with what its image starts.
type stage struct {
	name        string
	environment []kube.Variable
	entrypoint  []string
	command     []string
}

// dockerfile is a Dockerfile on its way through.
type dockerfile struct {
	arguments map[string]string // before the first FROM, with defaults
	stages    []*stage
	bases     []string
}

// readDockerfile takes out what the images are built on, and of the last stage's start and variables the recognised flags of a JVM.
// Whatever else stands there stays: the values of other variables and of build arguments, and all that is run.
func readDockerfile(text []byte) snapshot.Dockerfile {
	d := &dockerfile{arguments: map[string]string{}}
	for _, in := range instructions(text) {
		d.take(in)
	}
	record := snapshot.Dockerfile{Bases: d.bases}
	if len(d.stages) > 0 {
		last := d.stages[len(d.stages)-1]
		record.Runtime = kube.RuntimeOf(&kube.Container{Command: last.entrypoint, Args: last.command, Environment: last.environment})
	}
	return record
}

// instruction is one line of a Dockerfile, its continuations joined.
type instruction struct{ name, rest string }

// escapeDirective is how a Dockerfile asks for another sign of continuation, as Windows' need.
var escapeDirective = regexp.MustCompile("(?i)^#\\s*escape\\s*=\\s*`\\s*(?:\n|$)")

// instructions parts the text. Comments between continued lines are left out, as builders do; the text of a here-document is no
// instruction.
func instructions(text []byte) []instruction {
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	continuation := `\`
	if escapeDirective.Match(text) {
		continuation = "`"
	}
	var all []instruction
	var joined strings.Builder
	heredocs := []string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case len(all) >= maxInstructions:
			return all
		case len(heredocs) > 0:
			if trimmed == heredocs[0] {
				heredocs = heredocs[1:]
			}
			continue
		case trimmed == "" || trimmed[0] == '#':
			continue
		}
		part, continued := strings.CutSuffix(trimmed, continuation)
		joined.WriteString(part)
		if continued {
			joined.WriteByte(' ')
			continue
		}
		in := instructionOf(joined.String())
		joined.Reset()
		heredocs = heredocsOf(in)
		all = append(all, in)
	}
	if joined.Len() > 0 {
		all = append(all, instructionOf(joined.String()))
	}
	return all
}

func instructionOf(line string) instruction {
	name, rest := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		name, rest = line[:i], strings.TrimSpace(line[i:])
	}
	return instruction{strings.ToUpper(name), rest}
}

var heredocMark = regexp.MustCompile(`<<-?["']?([A-Za-z_][A-Za-z0-9_]*)["']?`)

// maxHeredocs bounds the here-documents of one instruction.
const maxHeredocs = 16

func heredocsOf(in instruction) []string {
	if in.name != "RUN" && in.name != "COPY" && in.name != "ADD" {
		return nil
	}
	var ends []string
	for _, m := range heredocMark.FindAllStringSubmatch(in.rest, maxHeredocs) {
		ends = append(ends, m[1])
	}
	return ends
}

func (d *dockerfile) take(in instruction) {
	if in.name == "FROM" {
		d.from(in.rest)
		return
	}
	if len(d.stages) == 0 {
		if in.name == "ARG" && len(d.arguments) < maxArguments {
			for _, pair := range pairs(in.rest) {
				if pair.set {
					d.arguments[pair.name] = pair.value
				}
			}
		}
		return
	}
	s := d.stages[len(d.stages)-1]
	switch in.name {
	case "ENV":
		for _, pair := range environment(in.rest) {
			if len(s.environment) < maxArguments {
				s.environment = append(s.environment, kube.Variable{Name: pair.name, Value: pair.value})
			}
		}
	case "ENTRYPOINT":
		s.entrypoint, s.command = words(in.rest), nil // as builders do, a new start forgets its arguments
	case "CMD":
		s.command = words(in.rest)
	}
}

// from begins a stage. A stage that builds on an earlier one has what that one has, and no base of its own.
func (d *dockerfile) from(rest string) {
	fields := strings.Fields(rest)
	for len(fields) > 0 && strings.HasPrefix(fields[0], "--") {
		fields = fields[1:]
	}
	if len(fields) == 0 {
		return
	}
	reference := expandArguments(strings.Trim(fields[0], `"'`), d.arguments)
	s := &stage{}
	known := false
	for _, earlier := range d.stages {
		if earlier.name != "" && strings.EqualFold(earlier.name, reference) {
			*s, known = *earlier, true
			s.environment = append([]kube.Variable(nil), earlier.environment...)
		}
	}
	s.name = ""
	if len(fields) >= 3 && strings.EqualFold(fields[1], "AS") {
		s.name = fields[2]
	}
	d.stages = append(d.stages, s)
	if base := imageReference(reference); !known && base != "" && len(d.bases) < maxBases {
		d.bases = append(d.bases, base)
	}
}

var argumentUse = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))`)

// expandArguments puts the defaults of build arguments in their places. What has none stays as it is written.
func expandArguments(text string, arguments map[string]string) string {
	if len(text) > maxReference {
		return ""
	}
	return argumentUse.ReplaceAllStringFunc(text, func(use string) string {
		m := argumentUse.FindStringSubmatch(use)
		name := m[1] + m[4]
		switch value, set := arguments[name]; {
		case set && value != "":
			return value
		case m[2] != "":
			return m[3]
		}
		return use
	})
}

var (
	literalReference = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`)
	openPlaces       = regexp.MustCompile(`\$\{?[A-Za-z_][A-Za-z0-9_]*\}?`)
)

// imageReference gives a reference to an image as it may be copied: without credentials, and only where it has the form of one.
func imageReference(text string) string {
	if len(text) > maxReference {
		return ""
	}
	text = kube.ContainerImage(&kube.Container{Image: text})
	text = strings.TrimPrefix(strings.TrimPrefix(text, "docker://"), "https://")
	if !literalReference.MatchString(openPlaces.ReplaceAllString(text, "x")) {
		return ""
	}
	return text
}

// pair is NAME=value, or NAME alone.
type pair struct {
	name, value string
	set         bool
}

// environment reads the two forms of ENV: NAME=value …, and NAME value to the end of the line.
func environment(rest string) []pair {
	first, value, _ := strings.Cut(rest, " ")
	if !strings.Contains(first, "=") {
		return []pair{{name: first, value: strings.TrimSpace(value), set: true}}
	}
	return pairs(rest)
}

// pairs reads NAME=value NAME="value with blanks" ….
func pairs(rest string) []pair {
	var all []pair
	for _, word := range splitQuoted(rest) {
		name, value, set := strings.Cut(word, "=")
		if name != "" {
			all = append(all, pair{name, value, set})
		}
	}
	return all
}

// splitQuoted parts at blanks that stand outside of quotation marks, and takes the marks off.
func splitQuoted(text string) []string {
	var all []string
	var word strings.Builder
	var quote rune
	inside, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, inside = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inside = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if inside {
				all = append(all, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(c)
			inside = true
		}
	}
	if inside {
		all = append(all, word.String())
	}
	return all
}

// words reads the two forms of ENTRYPOINT and CMD: a JSON list, and a text for the shell.
func words(rest string) []string {
	var list []string
	if strings.HasPrefix(rest, "[") && json.Unmarshal([]byte(rest), &list) == nil {
		return list
	}
	if rest == "" {
		return nil
	}
	return []string{"/bin/sh", "-c", rest}
}
