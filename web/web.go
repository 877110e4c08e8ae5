// Package web owns the pages: templ components, the view models that handlers fill, and the static assets with hashed names.
// It reads no database and knows no request: a handler fills a page's struct and renders its component into a buffer.
package web

//go:generate go run plimsoll/web/buildassets .
//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
