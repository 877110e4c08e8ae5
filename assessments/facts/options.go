package facts

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Ranks of the places where options stand: what comes later on the JVM's way wins.
const (
	rankWhole    = -1  // variables of a whole ConfigMap or Secret: they may hold anything, and mostly hold nothing of this
	rankTool     = 0   // JAVA_TOOL_OPTIONS
	rankLauncher = 100 // JDK_JAVA_OPTIONS, put before the command line
	rankScript   = 200 // variables that a start script puts on the command line, by their order in the table
	rankCommand  = 400
	rankArgs     = 500
	rankResource = 600 // a custom resource's own field
	rankLast     = 900 // _JAVA_OPTIONS
)

// Sources of options that are no environment variables.
const (
	CommandSource = "command"
	ArgsSource    = "args"
)

// unreadSource is a place that could hold options and was not visible.
type unreadSource struct {
	text string
	rank int
}

// setting is one source of options that this JVM reads.
type setting struct {
	rank    int
	options []JavaOption
}

// readOptions takes all sources by precedence into the options in effect and the overridden ones.
func (j *Java) readOptions(runtime *snapshot.Runtime) {
	var settings []setting
	for _, source := range slices.Concat(runtime.Options, runtime.Product) {
		rank, form, reads := j.reads(source, runtime)
		switch {
		case !reads:
			continue
		case source.Unread:
			j.hide(source.Source+" (set from a ConfigMap, Secret or field)", rank)
		case form == reference.OtherForm:
			j.hide(source.Source+" (works on the heap in a way that is not read here)", rank)
		default:
			settings = append(settings, setting{rank, j.parse(source, form, rank)})
		}
	}
	slices.SortStableFunc(settings, func(a, b setting) int { return cmp.Compare(b.rank, a.rank) })
	j.choose(settings)
	j.readHeap()
}

// hide notes a source that this JVM reads and we did not.
func (j *Java) hide(text string, rank int) {
	j.unread = append(j.unread, unreadSource{text, rank})
	j.Unread = append(j.Unread, text)
}

// reads tells whether this JVM reads a source, and with which rank. A source of which that can't be told is hidden.
func (j *Java) reads(source snapshot.RuntimeOption, runtime *snapshot.Runtime) (rank int, form reference.Form, reads bool) {
	switch source.Source {
	case CommandSource:
		return rankCommand, "", true
	case ArgsSource:
		return rankArgs, "", true
	}
	variable, row, known := reference.JavaVariableOf(source.Source)
	if !known {
		return rankResource, "", j.resource
	}
	switch variable.ReadBy {
	case reference.ReadByVM:
		return j.readsByVM(variable)
	case reference.ReadByLauncher:
		return rankLauncher, "", j.readsByLauncher(variable)
	}
	return rankScript + row, variable.Form, j.readsByScript(variable, runtime)
}

func (j *Java) readsByVM(variable reference.JavaVariable) (rank int, form reference.Form, reads bool) {
	rank = rankTool
	if variable.Order == "after" {
		rank = rankLast
	}
	switch {
	case variable.VM == "" || string(variable.VM) == j.VM:
		if !variable.Deducts() {
			j.hide(variable.Name+" (its order is not established)", rankLast)
			return 0, "", false
		}
		return rank, "", true
	case j.VM == "" && variable.VM == reference.HotSpot:
		return rank, "", true
	case j.VM == "":
		j.hide(variable.Name+" (read by OpenJ9 alone, and the VM is not known)", rank)
	case variable.VM == reference.HotSpot:
		j.hide(variable.Name+" (whether OpenJ9 reads it is not established)", rankLast)
	}
	return 0, "", false
}

// readsByLauncher: the java command reads the variable from its first line on; Java 8 passes over it in silence.
func (j *Java) readsByLauncher(variable reference.JavaVariable) bool {
	if !j.Version.Known() {
		j.hide(variable.Name+" (read from Java "+strconv.Itoa(variable.Since)+" on, and the version is not known)", rankLauncher)
		return false
	}
	return j.Version.Feature >= variable.Since
}

// readsByScript: a start script's variable counts in images of the products whose script reads it, and where the command names it.
func (j *Java) readsByScript(variable reference.JavaVariable, runtime *snapshot.Runtime) bool {
	if slices.Contains(runtime.EntryNames, variable.Name) {
		return true
	}
	if !variable.ReadByProduct(j.scripts) {
		return false
	}
	if runtime.Entry == "" || runtime.Entry == "script" {
		return true
	}
	j.hide(variable.Name+" (the container has a command of its own, and whether that reads it can't be told)", rankScript)
	return false
}

// parse reads one source's flags; a value that is no option is read by the variable's form.
func (j *Java) parse(source snapshot.RuntimeOption, form reference.Form, rank int) []JavaOption {
	var options []JavaOption
	for _, flag := range source.Flags {
		if !strings.HasPrefix(flag, "-") {
			options = append(options, plainSizes(flag, form, source.Source, rank)...)
			continue
		}
		option, ok := parseOption(flag)
		if !ok {
			continue
		}
		option.Source, option.rank = source.Source, rank
		if !readable(option) {
			j.hide(source.Source+" ("+option.Raw+" is no readable figure)", rank)
			continue
		}
		options = append(options, option)
	}
	return options
}

// plainSizes turns the value of a variable such as MAX_HEAP_SIZE into the options that its script makes of it.
func plainSizes(value string, form reference.Form, source string, rank int) []JavaOption {
	if form == reference.MaxHeapMiBForm {
		value += "m"
	}
	if _, readable := ParseJavaSize(value); !readable {
		return nil
	}
	most := JavaOption{Name: "Xmx", Value: value, Raw: "-Xmx" + value, Source: source, rank: rank}
	switch form {
	case reference.MaxHeapForm, reference.MaxHeapMiBForm:
		return []JavaOption{most}
	case reference.InitialForm:
		return []JavaOption{{Name: "Xms", Value: value, Raw: "-Xms" + value, Source: source, rank: rank}}
	case reference.YoungForm:
		return []JavaOption{{Name: "Xmn", Value: value, Raw: "-Xmn" + value, Source: source, rank: rank}}
	case reference.BothHeapsForm:
		return []JavaOption{most, {Name: "Xms", Value: value, Raw: "-Xms" + value, Source: source, rank: rank}}
	}
	return nil
}

// choose keeps the winner of each option: the last one of the highest source. What other sources set is overridden.
func (j *Java) choose(settings []setting) {
	winners := map[string]JavaOption{}
	for _, setting := range settings {
		last := map[string]JavaOption{}
		for _, option := range setting.options {
			if earlier, again := last[option.Name]; again {
				j.Repeated = append(j.Repeated, earlier)
			}
			last[option.Name] = option
		}
		for name, option := range last {
			if _, beaten := winners[name]; beaten {
				j.Overridden = append(j.Overridden, option)
			} else {
				winners[name] = option
			}
		}
	}
	for _, option := range winners {
		j.Options = append(j.Options, option)
	}
	sortOptions(j.Options)
	sortOptions(j.Overridden)
	sortOptions(j.Repeated)
}

// OrderOf says when a JVM comes to a source of options, and so why one beats another.
func OrderOf(source string) string {
	switch source {
	case CommandSource, ArgsSource:
		return "stands on the command line"
	}
	variable, _, known := reference.JavaVariableOf(source)
	switch {
	case !known:
		return "is the resource's own field, which the operator puts on the command line"
	case variable.ReadBy == reference.ReadByLauncher:
		return "is put before the command line by the java command"
	case variable.ReadBy == reference.ReadByScript:
		return "is put on the command line by the start script"
	case variable.Order == "after":
		return "is read after the command line"
	}
	return "is read before the command line"
}

func sortOptions(options []JavaOption) {
	slices.SortFunc(options, func(a, b JavaOption) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.rank, a.rank), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Raw, b.Raw))
	})
}

func (j *Java) readHeap() {
	if option, set := j.Option("Xmx"); set {
		if bytes, ok := ParseJavaSize(option.Value); ok && bytes > 0 {
			j.MaxHeapBytes = &bytes
		}
	}
	j.MaxRAMPercent = j.percent("MaxRAMPercentage", "MaxRAMFraction")
	j.MinRAMPercent = j.percent("MinRAMPercentage", "MinRAMFraction")
	j.OptionsRead = len(j.Unread) == 0
}

// percent reads a RAM percentage, or the older fraction of which it is the reciprocal.
func (j *Java) percent(name, fraction string) *float64 {
	if option, set := j.Option(name); set {
		if value, err := strconv.ParseFloat(option.Value, 64); err == nil && value > 0 && value <= 100 {
			return &value
		}
		return nil
	}
	if option, set := j.Option(fraction); set {
		if parts, err := strconv.ParseInt(option.Value, 10, 32); err == nil && parts > 0 {
			value := 100 / float64(parts)
			return &value
		}
	}
	return nil
}

// aliases are two spellings of one option.
var aliases = map[string]string{"MaxHeapSize": "Xmx", "InitialHeapSize": "Xms"}

// parseOption takes one option apart. It reports false for what is no option of the JVM's own (-Dkey=value, -jar).
func parseOption(flag string) (JavaOption, bool) {
	if switched, ok := strings.CutPrefix(flag, "-XX:"); ok {
		return parseXX(flag, switched)
	}
	rest, ok := strings.CutPrefix(flag, "-X")
	if !ok || rest == "" {
		return JavaOption{}, false
	}
	for _, name := range []string{"mx", "ms", "mn", "ss"} {
		if value, ok := strings.CutPrefix(rest, name); ok {
			return JavaOption{Name: "X" + name, Value: value, Raw: flag}, true
		}
	}
	name, value, _ := strings.Cut(rest, ":")
	return JavaOption{Name: "X" + name, Value: value, Raw: flag}, true
}

func parseXX(flag, switched string) (JavaOption, bool) {
	name, value, valued := strings.Cut(switched, "=")
	switch {
	case strings.HasPrefix(switched, "+"):
		name, value = switched[1:], "true"
	case strings.HasPrefix(switched, "-"):
		name, value = switched[1:], "false"
	case !valued:
		return JavaOption{}, false
	}
	return JavaOption{Name: cmp.Or(aliases[name], name), Value: value, Raw: flag}, name != ""
}

// readable reports whether an option that holds a figure holds one that can be read, and no placeholder.
func readable(option JavaOption) bool {
	switch option.Name {
	case "Xmx", "Xms", "Xmn", "Xss", "MaxMetaspaceSize", "ReservedCodeCacheSize", "MaxDirectMemorySize", maxRAM:
		_, ok := ParseJavaSize(option.Value)
		return ok
	case "MaxRAMPercentage", "MinRAMPercentage", "InitialRAMPercentage", "MaxRAMFraction", "MinRAMFraction", "InitialRAMFraction":
		_, err := strconv.ParseFloat(option.Value, 64)
		return err == nil
	}
	return true
}

// ParseJavaSize reads a size as the JVM does, in bytes: digits and k, m, g or t in either case.
func ParseJavaSize(text string) (int64, bool) {
	if text == "" {
		return 0, false
	}
	shift := map[byte]uint{'k': 10, 'm': 20, 'g': 30, 't': 40}[text[len(text)-1]|0x20]
	digits := text
	if shift > 0 {
		digits = text[:len(text)-1]
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || value > math.MaxInt64>>shift {
		return 0, false
	}
	return value << shift, true
}
