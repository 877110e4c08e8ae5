package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// ContentSecurityPolicy is the one policy of every page: nothing inline, nothing from elsewhere.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// StaticPath is where StaticHandler is mounted.
const StaticPath = "/static/"

//go:embed dist
var distribution embed.FS

var manifest = readManifest()

func readManifest() map[string]string {
	content, err := distribution.ReadFile("dist/manifest.json")
	if err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	var names map[string]string
	if err := json.Unmarshal(content, &names); err != nil {
		panic(fmt.Sprintf("web: dist/manifest.json: %v", err))
	}
	return names
}

// asset is the path of a static file by its short name. An unknown name is a programming error.
func asset(name string) string {
	hashed, ok := manifest[name]
	if !ok {
		panic(fmt.Sprintf("web: no asset %q", name))
	}
	return StaticPath + hashed
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
}

// StaticHandler serves the embedded files under StaticPath. Names hold their content's hash, so answers are immutable.
func StaticHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, StaticPath)
		kind, ok := contentTypes[path.Ext(name)]
		content, err := fs.ReadFile(distribution, "dist/"+name)
		if !ok || err != nil || strings.Contains(name, "/") {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept-Encoding")
		if packed, err := fs.ReadFile(distribution, "dist/"+name+".gz"); err == nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
			content = packed
		}
		header.Set("Content-Length", fmt.Sprint(len(content)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(content)
		}
	})
}
