// Package inputs reads what the offline commands judge: manifests, repositories or a snapshot, answers and waivers, and how far to look. All of them
// take the same flags, with the same bounds and the same words.
package inputs

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
)

// Inputs says what was read and what was skipped.
type Inputs struct {
	Files     int       `json:"files"`
	Documents int       `json:"documents"`
	Workloads int       `json:"workloads"`
	Skipped   []Skipped `json:"skipped"`

	snapshot bool // which holds records, and no documents
}

// Words say what was read: 1 file, 3 documents, 2 workloads read.
func (i Inputs) Words() string {
	documents := ""
	if !i.snapshot {
		documents = assessments.Counted(i.Documents, "document") + ", "
	}
	return fmt.Sprintf("%s, %s%s read", assessments.Counted(i.Files, "file"), documents, assessments.Counted(i.Workloads, "workload"))
}

// Skipped is a document that could not be read: 1-based in its file, with the line at fault.
type Skipped struct {
	File     string `json:"file"`
	Document int    `json:"document"`
	Line     int    `json:"line"`
	Reason   string `json:"reason"`
}

// Where is the file with the line at fault; the file alone where the whole of it could not be read.
func (s Skipped) Where() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// Flags are what every command that judges takes, as they were given.
type Flags struct {
	Answers, Waivers    string
	AsOf, TargetVersion string
	DisallowWaivers     bool
	Include, Exclude    []string
}

// Register adds the flags to a command.
func (f *Flags) Register(command *cobra.Command) {
	set := command.Flags()
	set.StringVar(&f.Answers, "answers", "", "judge the questionnaire's answers in this `FILE` too (plimsoll questionnaire show writes an empty form)")
	set.StringVar(&f.Waivers, "waivers", "", "accept the findings named in this YAML `FILE` (rule, subject globs, reason, until)")
	set.BoolVar(&f.DisallowWaivers, "disallow-waivers", false, "let no waiver count, neither of --waivers nor annotated at a workload")
	set.StringArrayVar(&f.Include, "include", nil, "judge only by rules, or read only files, that this `GLOB` names (delivery/*, charts/**); may be repeated")
	set.StringArrayVar(&f.Exclude, "exclude", nil, "leave out rules, or files, that this `GLOB` names; may be repeated")
	f.RegisterDay(command)
	set.StringVar(&f.TargetVersion, "target-version", "", "judge removed APIs and the like against this Kubernetes `MINOR` (1.37); default: the newest released")
}

// RegisterDay adds --as-of alone.
func (f *Flags) RegisterDay(command *cobra.Command) {
	command.Flags().StringVar(&f.AsOf, "as-of", "", "judge as of this `DATE` (2026-11-20); default: the snapshot's day, else today in UTC")
}

// Reading is what the paths and flags gave.
type Reading struct {
	assessments.Input
	Inputs Inputs
	Notes  []string // what the person should know and no result says: a pattern that named nothing
}

// TakeInput hands the input over, facts included: whoever judges it last need not keep them while the result is written.
func (r *Reading) TakeInput() assessments.Input {
	in := r.Input
	r.Facts = nil
	return in
}

// Check refuses flags that can't be meant, before anything is read.
func (f Flags) Check() error {
	if _, err := f.day(); err != nil {
		return err
	}
	if _, err := f.target(); err != nil {
		return err
	}
	return f.checkPatterns()
}

// Read reads everything. Without paths there are no facts. tick is told how many workloads were read so far; nil: nobody listens.
func (f Flags) Read(ctx context.Context, paths []string, stdin io.Reader, tick func(workloads int)) (Reading, error) {
	debug.SetGCPercent(fewGCPercent)
	var r Reading
	asOf, err := f.day()
	if err != nil {
		return r, err
	}
	if err := f.checkPatterns(); err != nil {
		return r, err
	}
	if tick == nil {
		tick = func(int) {}
	}
	r.Content, r.NoWaivers = content.V1(), f.DisallowWaivers
	if r.Target, err = f.target(); err != nil {
		return r, err
	}
	declared, err := f.readFiles(&r.Input)
	if err != nil {
		return r, err
	}
	scope := newScope(f, r.Content)
	loaded, err := load(ctx, paths, stdin, scope.keep, facts.Options{Declared: declared, AsOf: asOf}, tick)
	if err != nil {
		return r, err
	}
	r.Facts, r.Inputs = loaded.facts, loaded.inputs
	r.Content, r.Notes = scope.narrow(r.Content), scope.idle()
	r.AsOf = asOf
	if asOf.IsZero() {
		r.AsOf = loaded.takenAt
		if r.AsOf.IsZero() {
			r.AsOf = time.Now()
		}
	}
	r.AsOf = assessments.Day(r.AsOf)
	return r, nil
}

func (f Flags) day() (time.Time, error) {
	if f.AsOf == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, f.AsOf)
	if err != nil {
		return time.Time{}, fmt.Errorf("--as-of: want a date such as 2026-11-20, got %q", f.AsOf)
	}
	if day.Year() < snapshot.MinYear || day.Year() > snapshot.MaxYear {
		return time.Time{}, fmt.Errorf("--as-of: want a date from %d to %d, got %q", snapshot.MinYear, snapshot.MaxYear, f.AsOf)
	}
	return day, nil
}

func (f Flags) target() (*facts.Version, error) {
	if f.TargetVersion == "" {
		return nil, nil
	}
	return ParseMinor("--target-version", f.TargetVersion)
}

// ParseMinor reads a Kubernetes minor such as 1.37 or v1.37.2; the error names the flag.
func ParseMinor(flag, text string) (*facts.Version, error) {
	version, ok := facts.ParseVersion(text)
	if !ok || version.Major != 1 {
		return nil, fmt.Errorf("%s: want a Kubernetes minor such as 1.37, got %q", flag, text)
	}
	return &version, nil
}

// readFiles takes answers and waivers from their files.
func (f Flags) readFiles(in *assessments.Input) ([]facts.WorkloadFact, error) {
	var declared []facts.WorkloadFact
	if f.Answers != "" {
		in.Surveyed = true
		err := reading(f.Answers, "--answers", func(r io.Reader) error {
			file, err := questionnaire.Current().ReadAnswers(r)
			in.Answers, in.Costs, declared = file.Answers, file.Costs, file.WorkloadFacts
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if f.Waivers != "" {
		return declared, reading(f.Waivers, "--waivers", func(r io.Reader) (err error) {
			in.Waivers, err = readWaivers(r)
			return err
		})
	}
	return declared, nil
}

func reading(path, flag string, read func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	defer file.Close()
	if err := read(file); err != nil {
		return fmt.Errorf("%s %s: %w", flag, path, err)
	}
	return nil
}
