package kubetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

const (
	// startTimeout is longer than the server's own bound, whose error says more.
	startTimeout = 4 * time.Minute
	stopTimeout  = 10 * time.Second
	logLimit     = 16 << 10
)

// ready is the line that the server prints when it can be used.
type ready struct {
	URL        string `json:"url"`
	Kubeconfig string `json:"kubeconfig"`
	CA         string `json:"ca"`
	Token      string `json:"token"`
	Directory  string `json:"directory"`
}

// process is a running server. It ends when its standard input is closed: by stop, or by the kernel when this process is gone.
type process struct {
	ready  ready
	cmd    *exec.Cmd
	stdin  io.Closer
	log    tail
	exited chan struct{} // closed after the process has been waited for
}

// launch starts the executable and waits for its ready line.
func launch(path string, arguments ...string) (*process, error) {
	p := &process{cmd: exec.Command(path, arguments...), exited: make(chan struct{})}
	announced := &firstLine{found: make(chan []byte, 1)}
	p.cmd.Stdout, p.cmd.Stderr = announced, &p.log
	p.cmd.SysProcAttr = endWithParent()
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start API server: %w", err)
	}
	p.stdin = stdin

	started := make(chan error)
	go func() {
		// The death signal comes when the thread that started the child ends, not the process: hold on to the thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start API server: %w", err)
	}

	select {
	case line := <-announced.found:
		err = json.Unmarshal(line, &p.ready)
	case <-p.exited:
		return nil, p.ended()
	case <-time.After(startTimeout):
		err = errors.New("not ready after " + startTimeout.String())
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("start API server: %w; its log ends with:\n%s", err, p.log.String())
	}
	return p, nil
}

// ended is the error of a server that has stopped by itself, nil while it runs.
func (p *process) ended() error {
	select {
	case <-p.exited:
		return fmt.Errorf("API server ended with %v; its log ends with:\n%s", p.cmd.ProcessState, p.log.String())
	default:
		return nil
	}
}

func (p *process) stop() {
	_ = p.stdin.Close()
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	if p.ready.Directory != "" {
		_ = os.RemoveAll(p.ready.Directory) // a killed server could not
	}
}

// firstLine passes on the first line that is written to it.
type firstLine struct {
	found chan []byte
	text  []byte
	done  bool
}

func (f *firstLine) Write(part []byte) (int, error) {
	if f.done {
		return len(part), nil
	}
	f.text = append(f.text, part...)
	if end := bytes.IndexByte(f.text, '\n'); end >= 0 {
		f.done = true
		f.found <- f.text[:end]
	}
	return len(part), nil
}

// tail keeps the end of what is written to it.
type tail struct {
	mutex sync.Mutex
	text  []byte
}

func (t *tail) Write(part []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.text = append(t.text, part...)
	if surplus := len(t.text) - logLimit; surplus > 0 {
		t.text = append(t.text[:0], t.text[surplus:]...)
	}
	return len(part), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.text)
}
