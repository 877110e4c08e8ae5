//go:build !linux

package e2e

import "syscall"

// endWithParent adds nothing where the kernel has no death signal.
func endWithParent() *syscall.SysProcAttr { return nil }
