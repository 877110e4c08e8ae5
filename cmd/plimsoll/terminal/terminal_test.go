package terminal

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestForeignTextIsInert(t *testing.T) {
	require.Equal(t, "red alert", Clean("\u202ered\n\x1balert\x07"))
}

func TestTextIsWrappedOnATerminalAlone(t *testing.T) {
	const text = "one two three four five six seven eight nine ten"
	print := func(s Style) string {
		var b bytes.Buffer
		p := NewPrinter(&b, s)
		p.Wrapped("  mend  ", text)
		require.NoError(t, p.Close())
		return b.String()
	}
	require.Equal(t, "  mend  "+text+"\n", print(Style{}))
	require.Equal(t, "  mend  one two three four five six\n        seven eight nine ten\n", print(Style{Width: 40}))
}

func TestColourIsForTerminalsAlone(t *testing.T) {
	require.Equal(t, Style{}, StyleFor(new(bytes.Buffer), false))
	plain, coloured := NewPrinter(nil, Style{}), NewPrinter(nil, Style{Colour: true})
	require.Equal(t, "high    ", plain.Severity(assessments.High))
	require.Equal(t, "\x1b[31mhigh    \x1b[0m", coloured.Severity(assessments.High))
}

// shared is a buffer that two goroutines may use.
type shared struct {
	sync.Mutex
	b strings.Builder
}

func (s *shared) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.b.Write(p)
}

func (s *shared) text() string {
	s.Lock()
	defer s.Unlock()
	return s.b.String()
}

func TestProgressIsToldAndTakenAway(t *testing.T) {
	p := &Progress{stop: make(chan struct{}), stopped: make(chan struct{})}
	p.Stage("judging")
	p.Workloads(1234)
	var w shared
	go p.tell(&w, 0, time.Millisecond)
	require.Eventually(t, func() bool { return strings.Contains(w.text(), "judging …  1234 workloads") }, 10*time.Second, time.Millisecond)
	p.Stop()
	require.True(t, strings.HasSuffix(w.text(), "\r\x1b[K"))
	p.Stop()
}

func TestNobodyIsToldElsewhere(t *testing.T) {
	var b bytes.Buffer
	p := StartProgress(&b, false)
	p.Workloads(1)
	p.Stop()
	require.Empty(t, b.String())
}

// A CI server takes some lines of a job's log as commands: none comes from a name.
func TestNoLineIsACommandToACIServer(t *testing.T) {
	var b bytes.Buffer
	p := NewPrinter(&b, Style{Width: 40})
	p.Line("  ::error file=a::b  %s", "c")
	p.Line("Deployment ##[error]x and ##vso[task.complete]y")
	p.Wrapped("  seen  ", "a text that is broken right before :: ::stop-commands::x")
	p.Line("\n%s", "::warning::y")
	p.Line("%s", "10::20")
	require.NoError(t, p.Close())
	for line := range strings.Lines(b.String()) {
		require.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), line)
		require.NotContains(t, line, "##[")
		require.NotContains(t, line, "##vso[")
	}
	require.Contains(t, b.String(), "10::20\n")
	require.Contains(t, b.String(), "\n:\u200b:warning::y\n")
}
