package manifests

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// source is one file to read: the path to open, and its name as records and reports give it.
type source struct {
	path string
	name string
}

const stdinName = "-"

// findSources lists the files at paths, folders in the order of their names. A file that is reached twice is read once.
func findSources(paths []string) ([]source, error) {
	var out []source
	seen := map[string]bool{}
	add := func(s source) {
		if !seen[s.name] {
			seen[s.name] = true
			out = append(out, s)
		}
	}
	for _, given := range paths {
		if given == stdinName {
			add(source{name: stdinName})
			continue
		}
		info, err := os.Stat(given)
		if err != nil {
			return nil, fmt.Errorf("read manifests: %w", err)
		}
		if !info.IsDir() {
			add(source{path: given, name: filepath.ToSlash(given)})
			continue
		}
		if err := walkFolder(given, add); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func walkFolder(folder string, add func(source)) error {
	err := filepath.WalkDir(folder, func(where string, entry fs.DirEntry, err error) error {
		hidden := where != folder && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil && entry != nil && entry.IsDir() && where != folder:
			// A folder that cannot be listed is told like a file that cannot be read.
			add(source{path: where, name: nameBelow(folder, where)})
			return fs.SkipDir
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case !entry.IsDir() && isManifestName(entry.Name()) && isRegular(where, entry):
			add(source{path: where, name: nameBelow(folder, where)})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read manifests below %s: %w", folder, err)
	}
	return nil
}

// nameBelow joins the folder as given with the path below it, by slashes.
func nameBelow(folder, where string) string {
	below, err := filepath.Rel(folder, where)
	if err != nil {
		return filepath.ToSlash(where)
	}
	return path.Join(filepath.ToSlash(folder), filepath.ToSlash(below))
}

func isManifestName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// isRegular follows a link, as a mounted ConfigMap has them, and passes over pipes and devices. A broken link stays in, so that
// it is told.
func isRegular(where string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(where)
	return err != nil || info.Mode().IsRegular()
}

func (s source) open(stdin io.Reader) (io.ReadCloser, error) {
	if s.path == "" {
		if stdin == nil {
			return nil, errors.New("no standard input")
		}
		return io.NopCloser(stdin), nil
	}
	return os.Open(s.path)
}

// plainReason is an error without the path that its report names anyway.
func plainReason(err error) string {
	var withPath *fs.PathError
	if errors.As(err, &withPath) {
		return withPath.Op + ": " + withPath.Err.Error()
	}
	return err.Error()
}

var errTotalBytes = fmt.Errorf("the inputs are larger than %d MiB together: nothing behind this is read", maxTotalBytes>>20)

// budgetReader draws on a number of bytes that all inputs share.
type budgetReader struct {
	r    io.Reader
	left *int64
}

func (b *budgetReader) Read(p []byte) (int, error) {
	if *b.left <= 0 {
		if n, err := b.r.Read(make([]byte, 1)); n == 0 && err != nil {
			return 0, err
		}
		return 0, errTotalBytes
	}
	n, err := b.r.Read(p[:min(int64(len(p)), *b.left)])
	*b.left -= int64(n)
	return n, err
}
