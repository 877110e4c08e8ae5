// Package output writes results to files.
package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ToFile writes a file whole or not at all: an earlier result is replaced once the new one stands, with its rights, and behind the link
// that leads to it. What is no regular file (a pipe, /dev/stderr) is written straight through.
func ToFile(name string, write func(io.Writer) error) error {
	rights := fs.FileMode(0o644)
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return errors.New("is a folder: name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return through(name, write)
	case err == nil:
		rights = info.Mode().Perm()
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	folder := filepath.Dir(name)
	file, err := os.CreateTemp(folder, ".plimsoll-*")
	if err != nil {
		return fmt.Errorf("in folder %s: %w", folder, plain(err))
	}
	defer os.Remove(file.Name())
	buffered := bufio.NewWriter(file)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Chmod(rights)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

func through(name string, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// plain is an error without the name of a file that nobody gave.
func plain(err error) error {
	var withPath *fs.PathError
	if errors.As(err, &withPath) {
		return withPath.Err
	}
	return err
}

// Same reports whether two names lead to one file, whether or not it is there yet.
func Same(a, b string) bool {
	there, err := os.Stat(a)
	if other, otherErr := os.Stat(b); err == nil && otherErr == nil {
		return os.SameFile(there, other) && there.Mode().IsRegular()
	}
	return whole(a) == whole(b)
}

// whole is a name from the root, with the links of its folder followed.
func whole(name string) string {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		return filepath.Join(folder, filepath.Base(absolute))
	}
	return absolute
}
