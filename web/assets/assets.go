// Package assets holds the sources of what pages load; package web serves what is built of them.
package assets

import _ "embed"

// Sheet is the main style sheet as it was written.
//
//go:embed app.css
var Sheet string
