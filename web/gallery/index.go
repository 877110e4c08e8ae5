package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"

	"plimsoll/web/assets"
	"plimsoll/web/tokens"
)

//go:embed index.html
var indexText string

var index = template.Must(template.New("index").Funcs(template.FuncMap{"colour": func(c string) template.CSS { return template.CSS(c) }}).Parse(indexText))

// swatch is a pair of tokens as the index shows it, with its contrast by day and by night.
type swatch struct {
	tokens.Pair
	DayFront, DayBack, NightFront, NightBack string
	Day, Night                               string
}

// writeIndex writes the page on which the design is looked at: its colours with their contrast, and every state of every page.
func writeIndex(path string, states []string) error {
	colours := map[string]tokens.Token{}
	all := tokens.Read(assets.Sheet)
	for _, token := range all {
		colours[token.Name] = token
	}
	var pairs []swatch
	for _, pair := range tokens.Pairs {
		front, back := colours[pair.Front], colours[pair.Back]
		pairs = append(pairs, swatch{pair, front.Day, back.Day, front.Night, back.Night,
			fmt.Sprintf("%.1f", tokens.Contrast(front.Day, back.Day)), fmt.Sprintf("%.1f", tokens.Contrast(front.Night, back.Night))})
	}
	var names []string
	for _, s := range pictured {
		names = append(names, s.name)
	}
	var page bytes.Buffer
	if err := index.Execute(&page, map[string]any{"Tokens": all, "Pairs": pairs, "States": states, "Screens": names}); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return os.WriteFile(path, page.Bytes(), 0o644)
}
