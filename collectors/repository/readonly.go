package repository

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5"
)

// readOnly is a folder as the git library wants it: files can be read, and nothing else can be done. What a link leads to outside of
// the folder, pipes and devices can't be opened.
type readOnly struct {
	folder string
	root   *os.Root
}

var errReadOnly = errors.New("the repository is only read")

func openFolder(folder string) (*readOnly, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &readOnly{folder, root}, nil
}

func (r *readOnly) close() { r.root.Close() }

// path is a path that is written relative to the folder, or whole.
func (r *readOnly) path(written string) string {
	if filepath.IsAbs(written) {
		return written
	}
	return filepath.Join(r.folder, written)
}

// elsewhere is the file by which git finds objects outside of the repository. They are not followed.
const elsewhere = "objects/info/alternates"

// maxIndexBytes bounds the index of a pack, which is held in memory.
const maxIndexBytes = 512 << 20

// Open opens a regular file.
func (r *readOnly) Open(name string) (billy.File, error) {
	name = filepath.ToSlash(filepath.Clean(name))
	if name == elsewhere {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	info, err := r.root.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("no regular file")}
	case strings.HasSuffix(name, ".idx") && info.Size() > maxIndexBytes:
		return nil, &fs.PathError{Op: "open", Path: name, Err: errTooLarge}
	}
	file, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	return readFileOnly{file, name}, nil
}

// OpenFile opens a file for reading.
func (r *readOnly) OpenFile(name string, flag int, _ os.FileMode) (billy.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0 {
		return nil, errReadOnly
	}
	return r.Open(name)
}

// Stat tells of a file, through links within the folder.
func (r *readOnly) Stat(name string) (os.FileInfo, error) { return r.root.Stat(filepath.Clean(name)) }

// Lstat tells of a file or of the link that stands in its place.
func (r *readOnly) Lstat(name string) (os.FileInfo, error) { return r.root.Lstat(filepath.Clean(name)) }

// ReadDir lists a folder, in the order of names.
func (r *readOnly) ReadDir(name string) ([]os.FileInfo, error) {
	entries, err := fs.ReadDir(r.root.FS(), filepath.ToSlash(filepath.Clean(name)))
	if err != nil {
		return nil, err
	}
	infos := make([]os.FileInfo, 0, len(entries))
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

// Join joins parts of a path.
func (r *readOnly) Join(parts ...string) string { return filepath.Join(parts...) }

// Root is the folder.
func (r *readOnly) Root() string { return r.folder }

// Readlink tells where a link leads.
func (r *readOnly) Readlink(name string) (string, error) {
	return r.root.Readlink(filepath.Clean(name))
}

// Create is refused, as is all that follows.
func (r *readOnly) Create(string) (billy.File, error)           { return nil, errReadOnly }
func (r *readOnly) Rename(string, string) error                 { return errReadOnly }
func (r *readOnly) Remove(string) error                         { return errReadOnly }
func (r *readOnly) TempFile(string, string) (billy.File, error) { return nil, errReadOnly }
func (r *readOnly) MkdirAll(string, os.FileMode) error          { return errReadOnly }
func (r *readOnly) Symlink(string, string) error                { return errReadOnly }
func (r *readOnly) Chroot(string) (billy.Filesystem, error)     { return nil, errReadOnly }

// readFileOnly is a file that was opened for reading.
type readFileOnly struct {
	*os.File
	name string
}

// Name is the name that the file was opened by: the library opens it once more by it.
func (f readFileOnly) Name() string { return f.name }

func (readFileOnly) Write([]byte) (int, error) { return 0, errReadOnly }
func (readFileOnly) Truncate(int64) error      { return errReadOnly }
func (readFileOnly) Lock() error               { return nil }
func (readFileOnly) Unlock() error             { return nil }
