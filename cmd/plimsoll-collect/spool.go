package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// spool keeps a snapshot on the disk while it is made, until it was sent. Readers may follow it from its start while it grows, and
// again when it is whole; nothing of it is held in memory. Its file has no name where the system allows that, so that nothing stays
// even if this program is killed.
type spool struct {
	file  *os.File
	limit int64

	mutex sync.Mutex
	size  int64
	end   error         // why nothing comes any more: io.EOF once it is whole
	grown chan struct{} // closed at the next change
}

// newSpool makes a spool that holds at most limit bytes, in the folder for temporary files.
func newSpool(limit int64) (*spool, error) {
	file, err := os.CreateTemp("", "plimsoll-spool-")
	if err != nil {
		return nil, fmt.Errorf("make room for the snapshot in %s: %w", os.TempDir(), cause(err))
	}
	_ = os.Remove(file.Name())
	return &spool{file: file, limit: limit, grown: make(chan struct{})}, nil
}

func (s *spool) Write(p []byte) (int, error) {
	if s.size+int64(len(p)) > s.limit { // only the writer changes it
		return 0, fmt.Errorf("the snapshot is larger than the %d bytes that a server takes: narrow it with -n NAMESPACE", s.limit)
	}
	n, err := s.file.Write(p)
	s.change(func() { s.size += int64(n) })
	if err != nil {
		return n, fmt.Errorf("keep the snapshot in %s until it is sent: %w", os.TempDir(), cause(err))
	}
	return n, nil
}

// finish tells the readers that nothing comes any more, and why where it is not whole.
func (s *spool) finish(err error) {
	if err == nil {
		err = io.EOF
	}
	s.change(func() { s.end = err })
}

func (s *spool) change(do func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	do()
	close(s.grown)
	s.grown = make(chan struct{})
}

func (s *spool) state() (size int64, grown <-chan struct{}, end error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.size, s.grown, s.end
}

// reaches waits until the spool holds n bytes, or nothing comes any more, and reports which.
func (s *spool) reaches(n int64) bool {
	for {
		size, grown, end := s.state()
		if end != nil {
			return false
		}
		if size >= n {
			return true
		}
		<-grown
	}
}

// follow reads from the start, and waits for what is not yet written. Close ends a wait.
func (s *spool) follow() io.ReadCloser { return &follower{spool: s, closed: make(chan struct{})} }

// whole is a source for what was finished without an error.
func (s *spool) whole() (io.ReadCloser, int64, error) {
	size, _, _ := s.state()
	return io.NopCloser(io.NewSectionReader(s.file, 0, size)), size, nil
}

func (s *spool) remove() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// follower is one reader of a spool.
type follower struct {
	spool  *spool
	at     int64
	once   sync.Once
	closed chan struct{}
}

func (f *follower) Read(p []byte) (int, error) {
	for {
		size, grown, end := f.spool.state()
		if f.at < size {
			n, err := f.spool.file.ReadAt(p[:min(int64(len(p)), size-f.at)], f.at)
			f.at += int64(n)
			if n > 0 || len(p) == 0 {
				return n, nil
			}
			return 0, fmt.Errorf("read the snapshot again: %w", cause(err))
		}
		if end != nil {
			return 0, end
		}
		select {
		case <-grown:
		case <-f.closed:
			return 0, errors.New("closed")
		}
	}
}

func (f *follower) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}
