package node

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"plimsoll/assessments/snapshot"
)

const (
	maxFigureBytes = 64      // of a file that holds one figure or one version
	maxListBytes   = 1 << 20 // of a file with a line or two for each processor
)

var (
	errNoFile   = errors.New("it is no file")
	errTooLarge = errors.New("it is larger than it can be")
	errNoNumber = errors.New("it holds no whole number that can be one")
)

// contents reads a small file below root. It never waits: what is no file (a pipe, a device) is refused.
func contents(root *os.Root, name string, most int64) (string, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", errNoFile
	}
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return "", err
	case int64(len(text)) > most:
		return "", errTooLarge
	}
	return string(text), nil
}

// figure reads a file with one figure: a whole number from 0 on that every reader of JSON can hold.
func figure(root *os.Root, name string) (int64, error) {
	text, err := contents(root, name, maxFigureBytes)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(text, "\n"), 10, 64)
	if err != nil || n > snapshot.MaxInteger {
		return 0, errNoNumber
	}
	return int64(n), nil
}

// failed notes why a file could not be read.
func (m *machine) failed(resource, name string, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.unread(resource, "absent", "%s is not there", name)
	case errors.Is(err, fs.ErrPermission):
		m.unread(resource, "forbidden", "no right to read %s", name)
	default:
		m.unread(resource, "skipped", "%s was passed over: %s", name, reason(err))
	}
}
