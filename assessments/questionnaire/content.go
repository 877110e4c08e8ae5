package questionnaire

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// ContentVersion is the version of the questions that this program asks.
const ContentVersion = "1"

//go:embed content/v1/*.yaml
var content embed.FS

// sections in the order they are asked, with the number of questions that each must hold.
var sections = []struct {
	id    SectionID
	count int
}{
	{Context, 5}, {Gate, 13}, {Lifecycle, 8}, {Delivery, 8}, {JVM, 6}, {Probes, 6}, {Networking, 7},
}

// Load reads and checks the embedded questions. An error names the file and the question at fault.
func Load() (*Questionnaire, error) {
	files, err := fs.Sub(content, "content/v"+ContentVersion)
	if err != nil {
		return nil, fmt.Errorf("questionnaire content %s: %w", ContentVersion, err)
	}
	return load(ContentVersion, files)
}

// Current returns the questions of this program, read once. Content that does not hold together is a programming error: it
// panics at start.
func Current() *Questionnaire { return current() }

var current = sync.OnceValue(func() *Questionnaire {
	q, err := Load()
	if err != nil {
		panic(err)
	}
	return q
})

func load(version string, files fs.FS) (*Questionnaire, error) {
	q := &Questionnaire{Version: version, byID: map[string]*Question{}}
	for _, wanted := range sections {
		var file sectionFile
		if err := decodeFile(files, string(wanted.id)+".yaml", &file); err != nil {
			return nil, err
		}
		section, err := file.section(wanted.id, wanted.count)
		if err != nil {
			return nil, fmt.Errorf("%s.yaml: %w", wanted.id, err)
		}
		for _, question := range section.Questions {
			if _, double := q.byID[question.ID]; double {
				return nil, fmt.Errorf("%s.yaml: question %s stands twice", wanted.id, question.ID)
			}
			q.byID[question.ID] = question
		}
		q.Sections = append(q.Sections, section)
	}
	if err := checkWhole(q); err != nil {
		return nil, err
	}
	if err := decodeFile(files, "advice.yaml", &q.advice); err != nil {
		return nil, err
	}
	if err := q.advice.check(q); err != nil {
		return nil, fmt.Errorf("advice.yaml: %w", err)
	}
	hash, err := hashOf(files)
	if err != nil {
		return nil, err
	}
	q.Hash = hash
	return q, nil
}

// decodeFile reads one YAML document strictly: unknown keys, double keys and a second document are refused.
func decodeFile(files fs.FS, name string, into any) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("questionnaire content: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: holds more than one document", name)
	}
	return nil
}

// hashOf sums up the files by name and content, in the order of their names.
func hashOf(files fs.FS) (string, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return "", fmt.Errorf("questionnaire content: %w", err)
	}
	sum := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return "", fmt.Errorf("questionnaire content: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// sectionFile is one file of the content as it is written.
type sectionFile struct {
	Section   SectionID      `yaml:"section"`
	Title     string         `yaml:"title"`
	Intro     string         `yaml:"intro"`
	Questions []questionFile `yaml:"questions"`
}

type questionFile struct {
	ID           string       `yaml:"id"`
	Who          Seat         `yaml:"who"`
	Axis         Axis         `yaml:"axis"`
	Short        string       `yaml:"short"`
	Impact       int          `yaml:"impact"`
	Repair       int          `yaml:"repair"`
	Text         string       `yaml:"text"`
	PlanText     string       `yaml:"planText"`
	ProviderText string       `yaml:"providerText"`
	Help         string       `yaml:"help"`
	FindOut      string       `yaml:"findOut"`
	Lessons      []string     `yaml:"lessons"`
	ReviewDays   int          `yaml:"reviewDays"`
	Verifiable   *bool        `yaml:"verifiable"`
	Multi        bool         `yaml:"multi"`
	Figure       *figureFile  `yaml:"figure"`
	Options      []optionFile `yaml:"options"`
}

type figureFile struct {
	Name string `yaml:"name"`
	Unit string `yaml:"unit"`
	Text string `yaml:"text"`
	Min  *int64 `yaml:"min"`
	Max  *int64 `yaml:"max"`
}

type optionFile struct {
	ID    string `yaml:"id"`
	Text  string `yaml:"text"`
	Value *int64 `yaml:"value"`
	Cap   int    `yaml:"cap"`
	Blind bool   `yaml:"blind"`
}

func (f sectionFile) section(id SectionID, count int) (Section, error) {
	if f.Section != id {
		return Section{}, fmt.Errorf("section: want %s, got %q", id, f.Section)
	}
	if strings.TrimSpace(f.Title) == "" || strings.TrimSpace(f.Intro) == "" {
		return Section{}, errors.New("title and intro must be there")
	}
	if len(f.Questions) != count {
		return Section{}, fmt.Errorf("holds %d questions, want %d", len(f.Questions), count)
	}
	section := Section{ID: id, Title: f.Title, Intro: strings.TrimSpace(f.Intro)}
	for _, written := range f.Questions {
		question, err := written.question(id)
		if err != nil {
			return Section{}, fmt.Errorf("question %s: %w", written.ID, err)
		}
		section.Questions = append(section.Questions, question)
	}
	return section, nil
}
