// Package rules owns what all rules share beside their judgement: the cases that prove them, kept as data beside each rule,
// and the documentation page that is made from a rule's own text. The rules themselves live one file each in a folder of
// their pillar.
package rules

import "strings"

// Slug is the part of a rule's id after the pillar; its file, cases and page are named by it.
func Slug(id string) string {
	_, slug, _ := strings.Cut(id, "/")
	return slug
}
