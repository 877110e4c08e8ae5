package cluster

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"plimsoll/collectors/allow"
)

// window reads an answer through a buffer that holds at least the one value that is being read: what an answer is made of goes
// through the sieve where it stands, and is never held as a whole.
type window struct {
	from       io.Reader
	buffer     []byte
	start, end int
	taken      int    // bytes of the value that was taken last, which end at start
	over       bool   // nothing follows
	out        []byte // what a sieve let through last
	before     *allow.Memory
}

// windows are used again: their buffers are larger than what most pages need beside them.
var windows = sync.Pool{New: func() any { return &window{before: new(allow.Memory)} }}

func openWindow(from io.Reader) *window {
	w := windows.Get().(*window)
	w.from, w.start, w.end, w.over = from, 0, 0, false
	return w
}

func (w *window) close() {
	if w.from = nil; len(w.buffer) <= 4*windowBytes {
		windows.Put(w)
	}
}

const (
	windowBytes = 256 << 10
	valueBytes  = 64 << 20 // of one object: many times what etcd takes
)

var errTooLarge = fmt.Errorf("an object of more than %d bytes", valueBytes)

// more reads on, behind what has not been taken yet. The room doubles where one value fills it.
func (w *window) more() error {
	if w.over {
		return io.ErrUnexpectedEOF
	}
	copy(w.buffer, w.buffer[w.start:w.end])
	w.start, w.end = 0, w.end-w.start
	if w.end == len(w.buffer) {
		if len(w.buffer) >= valueBytes {
			return errTooLarge
		}
		larger := make([]byte, max(2*len(w.buffer), windowBytes))
		copy(larger, w.buffer)
		w.buffer = larger
	}
	n, err := io.ReadFull(w.from, w.buffer[w.end:])
	w.end += n
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.over, err = true, nil
	}
	return err
}

// peek is the next byte that is no white space.
func (w *window) peek() (byte, error) {
	for {
		for ; w.start < w.end; w.start++ {
			switch b := w.buffer[w.start]; b {
			case ' ', '\t', '\r', '\n':
			default:
				return b, nil
			}
		}
		if err := w.more(); err != nil {
			return 0, err
		}
	}
}

// is takes the next byte where it is the one that is wanted.
func (w *window) is(want byte) (bool, error) {
	next, err := w.peek()
	if err != nil || next != want {
		return false, err
	}
	w.start++
	return true, nil
}

// value takes one value, and gives what the sieve lets through of it until the next one is taken. A value that ends beyond the window is tried
// once more with more of it: of objects of some kilobytes that is one in fifty.
func (w *window) value(sieve *allow.Sieve) ([]byte, error) {
	for {
		out, n, err := sieve.AppendLike(w.before, w.out[:0], w.buffer[w.start:w.end])
		w.out = out
		if err == nil {
			w.start += n
			w.taken = n
			return out, nil
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		if err := w.more(); err != nil {
			return nil, err
		}
	}
}

// again gives what another sieve lets through of the value that was taken last, in the place of what the first one did.
func (w *window) again(sieve *allow.Sieve) ([]byte, error) {
	out, _, err := sieve.Append(w.out[:0], w.buffer[w.start-w.taken:w.start])
	w.out = out
	return out, err
}

// members goes through an object whose opening bracket was taken; visit takes the value that belongs to the name.
func (w *window) members(visit func(name string) error) error {
	return w.each('}', func() error {
		name, err := w.value(allow.Text)
		if err != nil {
			return err
		}
		var text string
		if err := decode(name, &text); err != nil {
			return err
		}
		if colon, err := w.is(':'); err != nil || !colon {
			return errors.Join(errNotAList, err)
		}
		return visit(text)
	})
}

// elements goes through a list whose opening bracket was taken; visit takes the element.
func (w *window) elements(visit func() error) error { return w.each(']', visit) }

func (w *window) each(closing byte, visit func() error) error {
	for first := true; ; first = false {
		if closed, err := w.is(closing); err != nil || closed {
			return err
		}
		if !first {
			if comma, err := w.is(','); err != nil || !comma {
				return errors.Join(errNotAList, err)
			}
		}
		if err := visit(); err != nil {
			return err
		}
	}
}

// drain reads the little that stands behind a list, so that the connection can serve again.
func (w *window) drain() error {
	if w.over {
		return nil
	}
	_, err := io.CopyN(io.Discard, w.from, tail)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// tail is more than what stands behind a list: a newline.
const tail = 64
