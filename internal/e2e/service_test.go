package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// service is a running `plimsoll run` with a data folder of its own.
type service struct {
	program, dir string
	address      string // host:port; kept over a restart
	command      *exec.Cmd
	ended        chan struct{}
	out          announcement
	log          tail
}

// app is the service that the tests share, without the example organization.
func app(t *testing.T) *service {
	t.Helper()
	program := filepath.Join(programs(t), "plimsoll")
	once.Do(func() { running, failure = newService(program) })
	require.NoError(t, failure)
	return running
}

var (
	once    sync.Once
	running *service
	failure error
)

func newService(program string) (*service, error) {
	// a short path that the database's account can reach, which a test's own folder is not for root
	dir, err := os.MkdirTemp("/tmp", "plimsoll-e2e-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	s := &service{program: program, dir: dir, address: "127.0.0.1:0"}
	endings = append(endings, s.remove)
	return s, s.start()
}

func (s *service) url() string { return "http://" + s.address }

// start starts the service and waits until it says that it is there.
func (s *service) start() error {
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	s.command = exec.Command(s.program, "run")
	s.command.Env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "PLIMSOLL_") || strings.HasPrefix(variable, "DATABASE_URL")
	}), "PLIMSOLL_DATA="+s.dir, "PORT="+port, "SEED=0")
	s.out = announcement{found: make(chan string, 1)}
	s.command.Stdout, s.command.Stderr = &s.out, &s.log
	s.command.SysProcAttr = endWithParent()
	s.ended = make(chan struct{})
	ended, started := s.ended, make(chan error)
	go func() {
		// the death signal comes when the thread that started the child ends: hold on to the thread
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.command.Start()
		started <- err
		if err == nil {
			_ = s.command.Wait()
			close(ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	select {
	case s.address = <-s.out.found:
		return nil
	case <-s.ended:
		return fmt.Errorf("plimsoll run ended: %s", s.log.String())
	case <-time.After(2 * time.Minute):
		return fmt.Errorf("plimsoll run does not say that it is there: %s", s.log.String())
	}
}

// kill ends the service as a power cut would.
func (s *service) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, s.command.Process.Kill())
	<-s.ended
}

func (s *service) remove() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.command.Process.Kill()
		<-s.ended
	}
	// a killed service leaves its database to end by itself
	for range 200 {
		if _, err := os.Stat(filepath.Join(s.dir, "data", "postmaster.pid")); errors.Is(err, os.ErrNotExist) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = os.RemoveAll(s.dir)
}

// announcement waits for the line that says where the service is.
type announcement struct {
	lock  sync.Mutex
	said  []byte
	found chan string
	done  bool
}

var addressLine = regexp.MustCompile(`Plimsoll is at http://(\S+)\n`)

func (a *announcement) Write(p []byte) (int, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.said = append(a.said, p...)
	if found := addressLine.FindSubmatch(a.said); found != nil && !a.done {
		a.done = true
		a.found <- string(found[1])
	}
	return len(p), nil
}

// tail keeps the end of what a program says.
type tail struct {
	lock sync.Mutex
	end  []byte
}

const tailBytes = 16 << 10

func (w *tail) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.end = append(w.end, p...)
	w.end = bytes.Clone(w.end[max(0, len(w.end)-tailBytes):])
	return len(p), nil
}

func (w *tail) String() string {
	w.lock.Lock()
	defer w.lock.Unlock()
	return strings.TrimSpace(string(w.end))
}
