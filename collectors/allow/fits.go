package allow

import "strings"

// Fits reports whether a text looks like those of a form, as the sieve asks of it. Of a form whose texts are not looked at, every text does.
func Fits(form, text string) bool {
	t := textsOfForms[form]
	return t == nil || !strings.Contains(text, `\`) && t.fit([]byte(text)) // which would be an escape there, and stands in none of them
}
