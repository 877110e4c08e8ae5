//go:build linux || darwin || freebsd

package main

import (
	"os"
	"syscall"
)

// hold keeps a file that is being written for this process, until it is closed or the process ends, however it ends.
func hold(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX) }

// abandoned reports whether nobody holds a file. A file system without locks says that somebody does.
func abandoned(name string) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
