package e2e

import "syscall"

// endWithParent has the kernel end the service when these tests are gone, however they went.
func endWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
