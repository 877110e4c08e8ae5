package kubetest

import "syscall"

// endWithParent has the kernel tell the server when the thread that started it ends: the end of standard input says the same,
// unless some other child has inherited its other side. The signal is one that leaves the server time to clean up.
func endWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
