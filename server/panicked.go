package server

import "fmt"

// panicked is a panic as an error, with where it came from for the log.
type panicked struct {
	cause any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.cause, p.stack) }
