package repository

import (
	"os"
	"path/filepath"
)

// Is reports whether a path is what Read takes: a folder with .git in it, or a bare repository.
func Is(given string) bool {
	if info, err := os.Stat(given); err != nil || !info.IsDir() {
		return false
	}
	if _, err := os.Lstat(filepath.Join(given, ".git")); err == nil {
		return true
	}
	return isBare(given)
}

// isBare goes by the three names that git goes by.
func isBare(folder string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}
