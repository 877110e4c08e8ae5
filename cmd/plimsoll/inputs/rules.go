package inputs

import (
	"os"

	"plimsoll/assessments/custom"
)

// LoadRules reads a file of an organization's own rules.
func LoadRules(name string) (*custom.Set, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return custom.Load(name, file)
}
