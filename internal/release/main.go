// Command release makes of the collector's binaries what krew installs "kubectl plimsoll" from: an archive for each system, and the
// manifest that names them with their checksums. The same binaries give the same bytes.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

const (
	binaries = "plimsoll-collect-"
	plugin   = "kubectl-plimsoll"
	manifest = "krew-plimsoll.yaml"
)

// platform is one entry of the manifest.
type platform struct{ OS, Arch, URI, SHA256, Program string }

func main() {
	folder := flag.String("dir", "bin/release", "the `FOLDER` with the binaries")
	version := flag.String("version", "", "the release's `VERSION`, such as v1.2.3")
	address := flag.String("url", "", "the `URL` that a version's files are downloaded from, without the version")
	license := flag.String("license", "LICENSE", "the `FILE` that each archive holds beside the program")
	source := flag.String("manifest", "deploy/krew/plimsoll.yaml", "the manifest's template")
	flag.Parse()
	if err := release(*folder, *version, *address, *license, *source); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// semantic is what krew takes for a version.
var semantic = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

func release(folder, version, address, license, source string) error {
	if !semantic.MatchString(version) {
		version = "v0.0.0-" + regexp.MustCompile(`[^0-9A-Za-z.-]`).ReplaceAllString(version, "-") // a build between releases
	}
	built, err := filepath.Glob(filepath.Join(folder, binaries+"*-*"))
	if err != nil {
		return err
	}
	terms, err := os.ReadFile(license)
	if err != nil {
		return err
	}
	var platforms []platform
	for _, binary := range built {
		if strings.HasSuffix(binary, ".tar.gz") {
			continue
		}
		p, err := pack(binary, terms)
		if err != nil {
			return fmt.Errorf("pack %s: %w", binary, err)
		}
		p.URI = fmt.Sprintf("%s/%s/%s", strings.TrimSuffix(address, "/"), version, p.URI)
		platforms = append(platforms, p)
	}
	if len(platforms) == 0 {
		return fmt.Errorf("no %s* in %s", binaries, folder)
	}
	filled, err := template.ParseFiles(source)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := filled.Execute(&text, map[string]any{"Version": version, "Platforms": platforms}); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, manifest), text.Bytes(), 0o644)
}

// pack writes a binary's archive beside it.
func pack(binary string, license []byte) (platform, error) {
	name := filepath.Base(binary)
	bare := strings.TrimSuffix(name, ".exe")
	system, arch, _ := strings.Cut(strings.TrimPrefix(bare, binaries), "-")
	p := platform{OS: system, Arch: arch, URI: bare + ".tar.gz", Program: plugin + strings.TrimPrefix(name, bare)}
	content, err := os.ReadFile(binary)
	if err != nil {
		return p, err
	}
	var archive bytes.Buffer
	zip := gzip.NewWriter(&archive)
	out := tar.NewWriter(zip)
	for _, entry := range []struct {
		name    string
		mode    int64
		content []byte
	}{{p.Program, 0o755, content}, {"LICENSE", 0o644, license}} {
		if err := out.WriteHeader(&tar.Header{Name: entry.name, Mode: entry.mode, Size: int64(len(entry.content)), Format: tar.FormatUSTAR}); err != nil {
			return p, err
		}
		if _, err := out.Write(entry.content); err != nil {
			return p, err
		}
	}
	if err := out.Close(); err != nil {
		return p, err
	}
	if err := zip.Close(); err != nil {
		return p, err
	}
	sum := sha256.Sum256(archive.Bytes())
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, os.WriteFile(filepath.Join(filepath.Dir(binary), p.URI), archive.Bytes(), 0o644)
}
