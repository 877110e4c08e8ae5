package terminal

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// patience is how long work goes on in silence.
const patience = time.Second

// Progress tells a person at a terminal how far work has come, once it takes over a second. Elsewhere it is silent.
type Progress struct {
	stage     atomic.Pointer[string]
	workloads atomic.Int64
	stop      chan struct{}
	stopped   chan struct{}
}

// StartProgress tells on w where that is a terminal; quiet keeps it silent. Stop ends it and takes its line away.
func StartProgress(w io.Writer, quiet bool) *Progress {
	p := &Progress{}
	file, isFile := w.(*os.File)
	if quiet || !isFile || !term.IsTerminal(int(file.Fd())) {
		return p
	}
	p.stop, p.stopped = make(chan struct{}), make(chan struct{})
	p.Stage("reading")
	go p.tell(w, patience, 200*time.Millisecond)
	return p
}

// Stage says what is being done now.
func (p *Progress) Stage(stage string) { p.stage.Store(&stage) }

// Workloads says how many were read so far.
func (p *Progress) Workloads(n int) { p.workloads.Store(int64(n)) }

// Stop ends the telling.
func (p *Progress) Stop() {
	if p.stop != nil {
		close(p.stop)
		<-p.stopped
		p.stop = nil
	}
}

func (p *Progress) tell(w io.Writer, after, every time.Duration) {
	defer close(p.stopped)
	timer := time.NewTimer(after)
	defer timer.Stop()
	told := false
	for {
		select {
		case <-p.stop:
			if told {
				fmt.Fprint(w, "\r\x1b[K")
			}
			return
		case <-timer.C:
			told = true
			fmt.Fprintf(w, "\r\x1b[K%s …  %d workloads", *p.stage.Load(), p.workloads.Load())
			timer.Reset(every)
		}
	}
}
