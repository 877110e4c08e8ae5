//go:build !linux

package kubetest

import "syscall"

// endWithParent adds nothing where the kernel has no death signal: the server ends with its standard input.
func endWithParent() *syscall.SysProcAttr { return nil }
