// Command buildassets bundles web/assets into web/dist: one style sheet, one script of our own, htmx and the font subsets,
// each named by its content's hash and, where it helps, compressed beside. It runs in `make generate`; its result is
// committed, so that building the server needs no such step.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

func main() {
	log.SetFlags(0)
	web := "web"
	if len(os.Args) > 1 {
		web = os.Args[1]
	}
	if err := build(filepath.Join(web, "assets"), filepath.Join(web, "dist")); err != nil {
		log.Fatal("buildassets: ", err)
	}
}

// copied files go to dist as they are, under their short name and a hash.
var copied = map[string]string{"htmx.js": "vendor/htmx-2.0.11.min.js", "mark.svg": "mark.svg"}

func build(assets, dist string) error {
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	manifest := map[string]string{}
	if err := bundle(assets, dist, manifest); err != nil {
		return err
	}
	for name, from := range copied {
		content, err := os.ReadFile(filepath.Join(assets, from))
		if err != nil {
			return err
		}
		if err := put(dist, name, content, manifest); err != nil {
			return err
		}
	}
	content, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), append(content, '\n'), 0o644)
}

// bundle runs esbuild over the style sheet and the script; fonts come along through the style sheet's urls.
func bundle(assets, dist string, manifest map[string]string) error {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join(assets, "app.css"), filepath.Join(assets, "app.js")},
		Bundle:      true, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
		Outdir: dist, EntryNames: "[name]", AssetNames: "[name]-[hash]", Charset: api.CharsetUTF8,
		Loader: map[string]api.Loader{".woff2": api.LoaderFile},
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"},
		},
	})
	if len(result.Errors) > 0 {
		var all error
		for _, message := range result.Errors {
			all = errors.Join(all, fmt.Errorf("bundle: %s", message.Text))
		}
		return all
	}
	for _, file := range result.OutputFiles {
		name := filepath.Base(file.Path)
		if filepath.Ext(name) == ".woff2" {
			if err := os.WriteFile(filepath.Join(dist, name), file.Contents, 0o644); err != nil {
				return err
			}
			continue
		}
		if err := put(dist, name, file.Contents, manifest); err != nil {
			return err
		}
	}
	return nil
}

// put writes content under a name with its hash, and gzipped beside, and notes it in the manifest.
func put(dist, name string, content []byte, manifest map[string]string) error {
	sum := sha256.Sum256(content)
	extension := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, extension) + "-" + hex.EncodeToString(sum[:5]) + extension
	manifest[name] = hashed
	if err := os.WriteFile(filepath.Join(dist, hashed), content, 0o644); err != nil {
		return err
	}
	if !slices.Contains([]string{".css", ".js", ".svg"}, extension) {
		return nil
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, hashed+".gz"), packed.Bytes(), 0o644)
}
