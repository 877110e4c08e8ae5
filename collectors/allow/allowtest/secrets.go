package allowtest

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed secrets.yaml
var secretive string

//go:embed misplaced.yaml
var misplaced string

var inBrackets = regexp.MustCompile(`⟦([^⟧]+)⟧`)

// Secrets are manifests as people write them, with a secret in every place where one can stand, and those secrets.
func Secrets() (manifests string, secrets []string) { return Unveil(secretive) }

// Misplaced are manifests that no API server takes: a secret stands where something of another type belongs, so that whoever says what is
// wrong may be tempted to quote it.
func Misplaced() (manifests string, secrets []string) { return Unveil(misplaced) }

// Unveil takes the brackets ⟦…⟧ off the secrets in a text, and lists them.
func Unveil(text string) (plain string, secrets []string) {
	for _, found := range inBrackets.FindAllStringSubmatch(text, -1) {
		secrets = append(secrets, found[1])
	}
	slices.Sort(secrets)
	return strings.NewReplacer("⟦", "", "⟧", "").Replace(text), slices.Compact(secrets)
}
