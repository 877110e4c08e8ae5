package inputs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
)

const maxWaiversBytes = 1 << 20

// readWaivers reads a YAML file `waivers: [{rule, kind, namespace, name, container, reason, until}]` strictly. Rule and subject
// are globs; reason and until must be there, since a waiver that nobody explained or that never ends is a hole.
func readWaivers(r io.Reader) ([]assessments.Waiver, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxWaiversBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > maxWaiversBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxWaiversBytes)
	}
	var file struct {
		Waivers []assessments.Waiver `yaml:"waivers"`
	}
	if err := decodeStrictly(data, &file); err != nil {
		return nil, err
	}
	for i, w := range file.Waivers {
		if err := checkWaiver(w); err != nil {
			return nil, fmt.Errorf("waiver %d: %w", i+1, err)
		}
	}
	return file.Waivers, nil
}

func decodeStrictly(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one document")
	}
	return nil
}

func checkWaiver(w assessments.Waiver) error {
	switch {
	case w.Rule == "":
		return errors.New("rule: an id or a glob must be there")
	case w.Reason == "":
		return errors.New("reason: say why the finding is accepted")
	case w.Until.IsZero():
		return errors.New("until: a last day must be there (2027-03-31)")
	}
	for _, glob := range []string{w.Rule, w.Kind, w.Namespace, w.Name, w.Container} {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("glob %q: %w", glob, err)
		}
	}
	return nil
}
