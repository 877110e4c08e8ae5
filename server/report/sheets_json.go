package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// book is the JSON form: version 1, in docs/schema/report-1.json. Numbers are decimal literals in texts, as the page prints them.
type book struct {
	Version        int     `json:"version"`
	Organization   string  `json:"organization"`
	Platform       string  `json:"platform"`
	AsOf           string  `json:"asOf"` // a day
	ContentVersion string  `json:"contentVersion"`
	ContentHash    string  `json:"contentHash"`
	Sheets         []sheet `json:"sheets"`
}

func writeJSON(w io.Writer, in Input) error {
	a := in.Assessment
	out := book{1, plain(in.Organization), plain(in.Platform), iso(a.AsOf), a.ContentVersion, a.ContentHash, sheetsOf(in)}
	for i := range out.Sheets {
		if out.Sheets[i].Rows == nil {
			out.Sheets[i].Rows = [][]string{}
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
