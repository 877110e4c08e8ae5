package kube

import (
	"path"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// What a runtime's command is.
const (
	entryJava   = "java"
	entryScript = "script"
	entryOther  = "other"
)

// unreadValue stands for the value of a recognised flag that is a reference and no literal.
const unreadValue = "$"

// commandFlag names a command that the JVM runs: that there is one is copied, never which.
const commandFlag = "-XX:OnOutOfMemoryError="

// otherOption stands for a JVM option that is not copied: it tells that there was one, never which.
const otherOption = "-X"

// runtimeOf reads what a container tells a language runtime: recognised flags of documented variables and of the command.
// Nil where there is nothing of it.
func runtimeOf(c *Container) *snapshot.Runtime {
	r := &snapshot.Runtime{}
	literals := literalVariables(c.Environment)
	for _, v := range c.Environment {
		switch {
		case optionVariables()[v.Name]:
			r.Options = appendOption(r.Options, variableOption(v, literals))
		case productVariables()[v.Name]:
			r.Product = appendOption(r.Product, patternOption(v, literals, figurePattern.MatchString))
		case versionVariables()[v.Name]:
			r.Versions = appendOption(r.Versions, patternOption(v, literals, versionPattern.MatchString))
		}
	}
	readCommand(r, c, literals)
	if r.Entry == "" && r.Options == nil && r.Versions == nil && r.Product == nil && r.EntryNames == nil {
		return nil
	}
	return r
}

func appendOption(options []snapshot.RuntimeOption, o snapshot.RuntimeOption) []snapshot.RuntimeOption {
	// Of a variable that is set twice the last counts, as for the kubelet.
	options = slices.DeleteFunc(options, func(have snapshot.RuntimeOption) bool { return have.Source == o.Source })
	return append(options, o)
}

func variableOption(v Variable, literals map[string]string) snapshot.RuntimeOption {
	o := snapshot.RuntimeOption{Source: v.Name}
	if v.From {
		o.Unread = true
		return o
	}
	text := expand(v.Value, literals, true)
	for _, word := range splitWords(text) {
		flag, known := recognisedFlag(word)
		switch {
		case known:
			o.Flags = append(o.Flags, flag)
		case strings.HasPrefix(word, "-X") && !slices.Contains(o.Flags, otherOption):
			o.Flags = append(o.Flags, otherOption)
		case isReference(word), strings.HasPrefix(word, "@"):
			o.Unread = true
		}
	}
	return o
}

// isReference reports whether a word, or what it begins with, is filled in elsewhere.
func isReference(word string) bool {
	return strings.HasPrefix(word, "$") || strings.Contains(word, "{{") || strings.HasPrefix(word, "<") || strings.HasPrefix(word, "%")
}

// patternOption copies a value only where it has the form of a figure or version.
func patternOption(v Variable, literals map[string]string, fits func(string) bool) snapshot.RuntimeOption {
	o := snapshot.RuntimeOption{Source: v.Name}
	value := strings.TrimSpace(expand(v.Value, literals, true))
	switch {
	case bool(v.From) || Placeholder(value):
		o.Unread = true
	case fits(value):
		o.Flags = []string{value}
	}
	return o
}

// recognisedFlag gives a word as it may be copied.
func recognisedFlag(word string) (string, bool) {
	if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(name, "-XX:") && jvmValues()[name[len("-XX:"):]] {
		switch {
		case figurePattern.MatchString(value):
			return word, true
		case Placeholder(value):
			return name + "=" + unreadValue, true
		}
		return "", false
	}
	if strings.HasPrefix(word, commandFlag) {
		return commandFlag + unreadValue, true
	}
	if m := switchFlag.FindStringSubmatch(word); m != nil {
		return word, jvmSwitches()[m[1]]
	}
	if sizeFlag.MatchString(word) || policyFlag.MatchString(word) {
		return word, true
	}
	for _, size := range []string{"-Xmx", "-Xms", "-Xss", "-Xmn"} {
		if rest, ok := strings.CutPrefix(word, size); ok && Placeholder(rest) {
			return size + unreadValue, true
		}
	}
	return "", false
}

// readCommand reads the container's own command and arguments: what they start, which documented variables they name, and the
// flags in them.
func readCommand(r *snapshot.Runtime, c *Container, literals map[string]string) {
	for _, part := range []struct {
		source string
		words  []string
	}{{"command", c.Command}, {"args", c.Args}} {
		var flags []string
		for _, element := range part.words {
			r.EntryNames = append(r.EntryNames, namedVariables(element)...)
			for _, word := range splitWords(expand(element, literals, false)) {
				if flag, known := recognisedFlag(word); known {
					flags = append(flags, flag)
				}
			}
		}
		if flags != nil {
			r.Options = append(r.Options, snapshot.RuntimeOption{Source: part.source, Flags: flags})
		}
	}
	slices.Sort(r.EntryNames)
	r.EntryNames = slices.Compact(r.EntryNames)
	if len(r.EntryNames) == 0 {
		r.EntryNames = nil
	}
	r.Entry = entryOf(c, literals)
}

// entryOf tells what the container starts. Arguments alone leave the start to the image, unless they name java themselves.
func entryOf(c *Container, literals map[string]string) string {
	var words []string
	for _, element := range slices.Concat(c.Command, c.Args) {
		words = append(words, expand(element, literals, false))
	}
	if len(words) == 0 {
		return ""
	}
	entry := entryOfWords(words)
	if len(c.Command) == 0 && entry != entryJava {
		return ""
	}
	return entry
}

// launchers start what follows them.
var launchers = set("tini", "dumb-init", "catatonit", "exec", "env", "nice", "nohup", "time", "gosu", "su-exec", "setpriv", "--", "sudo")

func entryOfWords(words []string) string {
	for i, word := range words {
		base := path.Base(word)
		switch {
		case base == "java":
			return entryJava
		case isShell(base):
			return entryOfShell(words[i+1:])
		case strings.HasSuffix(base, ".sh"):
			return entryScript
		case launchers[base], i > 0 && (strings.HasPrefix(word, "-") || launchers[path.Base(words[i-1])] && isUserArgument(words[i-1])), strings.Contains(word, "=") && i > 0:
			continue
		}
		return entryOther
	}
	return entryOther
}

// isUserArgument reports whether a launcher takes a user's name before the program.
func isUserArgument(launcher string) bool {
	base := path.Base(launcher)
	return base == "gosu" || base == "su-exec"
}

func isShell(base string) bool {
	switch base {
	case "sh", "bash", "ash", "dash", "ksh", "zsh":
		return true
	}
	return false
}

// entryOfShell looks through a shell's text for the last word in a command's place that tells something.
func entryOfShell(words []string) string {
	script := slices.IndexFunc(words, func(w string) bool { return !strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "+") })
	if script < 0 {
		return entryOther
	}
	runsText := slices.ContainsFunc(words[:script], func(w string) bool { return !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "c") })
	if !runsText {
		if strings.HasSuffix(words[script], ".sh") {
			return entryScript
		}
		return entryOther
	}
	found := entryOther
	for _, command := range splitCommands(words[script]) {
		switch entryOfWords(command) {
		case entryJava:
			return entryJava
		case entryScript:
			found = entryScript
		}
	}
	return found
}

// splitCommands parts a shell text roughly into simple commands, without the words that only steer the shell.
func splitCommands(text string) [][]string {
	var commands [][]string
	separators := func(r rune) bool { return strings.ContainsRune(";&|\n(){}`", r) }
	for _, part := range strings.FieldsFunc(text, separators) {
		words := splitWords(part)
		for len(words) > 0 && (set("then", "do", "else", "if", "while", "!")[words[0]] || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) > 0 {
			commands = append(commands, words)
		}
	}
	return commands
}

// splitWords parts at spaces and takes quotation marks off. It knows less than a shell, which is enough for flags.
func splitWords(text string) []string {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = strings.Trim(word, `"'`+"`;,")
	}
	return words
}

// RuntimeOf is what a container tells a language runtime, by recognised flags alone. Nil where there is nothing of it.
func RuntimeOf(c *Container) *snapshot.Runtime { return runtimeOf(c) }
