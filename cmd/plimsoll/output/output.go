// Package output writes results to files.
package output

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// ToFile writes a file whole or not at all: an earlier result is replaced once the new one stands. What is no regular file (a pipe,
// /dev/stderr) is written straight through.
func ToFile(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(file), file.Close())
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".plimsoll-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	buffered := bufio.NewWriter(file)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
