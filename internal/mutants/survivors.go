package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Survivor is a mutant that may live: it is known by its file, the declaration that it stands in and the text before and after.
type Survivor struct {
	File string `yaml:"file"`
	In   string `yaml:"in"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
	Why  string `yaml:"why"`
}

// key is what a survivor is known by; line breaks and indentation don't count.
func (s Survivor) key() string {
	return s.File + "\x00" + s.In + "\x00" + words(s.From) + "\x00" + words(s.To)
}

// words is a text on one line.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

func (m mutant) survivor() Survivor {
	return Survivor{File: m.File, In: m.Function, From: m.From, To: m.To}
}

// survivors reads the list: every entry is whole, and none stands twice.
func survivors(path string) (map[string]Survivor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Survivors []Survivor `yaml:"survivors"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	all := map[string]Survivor{}
	for i, s := range file.Survivors {
		if s.File == "" || s.In == "" || s.From == "" || s.To == "" || strings.TrimSpace(s.Why) == "" {
			return nil, fmt.Errorf("%s: survivor %d: file, in, from, to and why are needed", path, i+1)
		}
		if _, twice := all[s.key()]; twice {
			return nil, fmt.Errorf("%s: survivor %d stands twice", path, i+1)
		}
		all[s.key()] = s
	}
	return all, nil
}
