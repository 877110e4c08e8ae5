package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"plimsoll/collectors/allow"
	"plimsoll/collectors/kube"
	"plimsoll/collectors/retry"
)

const (
	// DefaultPageSize is how many objects one request asks for, as kubectl does.
	DefaultPageSize = 500
	pageAttempts    = 3  // where a connection broke within a page
	expiries        = 20 // of one list's token: a list that takes hours
)

// listing is one collection to read.
type listing struct {
	narrow   *allow.Sieve // lets through what most of its objects are read for; nil: as much as the other
	path     string
	selector string       // of labels
	sieve    *allow.Sieve // of its objects; nil: nothing of them
	accept   string
	pageSize int
}

// reader decodes what the sieve let through of one object; its bytes are good until it returns.
type reader[T any] func(raw []byte) (T, error)

// narrowReader is a reader of what the narrow sieve let through, where there is one. For the objects that are read whole, whole gives what
// the other lets through; raw is then no good any more.
type narrowReader[T any] func(raw []byte, whole func() ([]byte, error)) (T, error)

func (read reader[T]) narrow() narrowReader[T] {
	return func(raw []byte, _ func() ([]byte, error)) (T, error) { return read(raw) }
}

// walk reads one collection. It holds one object at a time, and the next page's answer while it is on its way.
type walk[T any] struct {
	client *Client
	listing
	read  narrowReader[T]
	visit func(T) error

	onePage bool // and no further
	ahead   *ahead
	last    []byte // what was let through of the object that was read last
	after   string // key up to which objects were read already: they are passed over
	bad     int
}

// list reads a collection page by page, and gives each object to visit, in the order of the API's keys. It reports how many
// objects could not be decoded.
//
// A token that has expired (410) comes with one that goes on at the same place in a newer state. Where the server gives none,
// the list starts again, and what was seen already is passed over, as it is in a page that broke off in the middle: no object is given
// twice.
func list[T any](ctx context.Context, c *Client, l listing, read narrowReader[T], visit func(T) error) (bad int, err error) {
	w := &walk[T]{client: c, listing: l, read: read, visit: visit}
	defer w.dropAhead()
	token, expired := "", 0
	for {
		next, err := w.page(ctx, token)
		if gone := (*refusal)(nil); errors.As(err, &gone) && gone.Code == http.StatusGone && token != "" && expired < expiries {
			expired++
			if token = gone.Metadata.Continue; token == "" {
				w.passOver()
			}
			continue
		}
		if err != nil {
			return w.bad, err
		}
		if token = next; token == "" {
			return w.bad, nil
		}
	}
}

// readOne asks for no more than one object of a collection, and looks at nothing of it.
func readOne(ctx context.Context, c *Client, l listing) error {
	l.pageSize = 1
	nothing := func(struct{}) error { return nil }
	w := &walk[struct{}]{client: c, listing: l, read: func([]byte, func() ([]byte, error)) (struct{}, error) { return struct{}{}, nil }, visit: nothing, onePage: true}
	_, err := w.page(ctx, "")
	return err
}

// visiting is an error of whoever is given the objects: no answer of the server is to blame.
type visiting struct{ error }

func (v visiting) Unwrap() error { return v.error }

// page reads one page and gives the token of the next.
func (w *walk[T]) page(ctx context.Context, token string) (next string, err error) {
	for attempt := 1; ; attempt++ {
		body, err := w.open(ctx, token)
		if err != nil {
			return "", err
		}
		next, err := w.decodePage(body, func(next string) { w.lookAhead(ctx, next) })
		body.Close()
		if err == nil {
			return next, nil
		}
		w.dropAhead()
		if theirs := (visiting{}); errors.As(err, &theirs) {
			return "", theirs.error
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		w.passOver()
		if attempt == pageAttempts {
			return "", fmt.Errorf("the API server at %s breaks off its answers: %w", w.client.Host(), err)
		}
		if err := retry.Pause(ctx, retry.BackOff(firstWait, attempt)); err != nil {
			return "", err
		}
	}
}

// passOver has objects up to the last one that was read passed over, wherever the list is taken up again.
func (w *walk[T]) passOver() {
	w.after = max(w.after, keyOf(w.last))
}

func (w *walk[T]) open(ctx context.Context, token string) (io.ReadCloser, error) {
	if a := w.ahead; a != nil && a.token == token {
		w.ahead = nil
		return a.wait()
	}
	w.dropAhead()
	return w.ask(ctx, token)
}

func (w *walk[T]) ask(ctx context.Context, token string) (io.ReadCloser, error) {
	query := url.Values{"limit": {strconv.Itoa(w.pageSize)}}
	if w.selector != "" {
		query.Set("labelSelector", w.selector)
	}
	if token != "" {
		query.Set("continue", token)
	}
	return w.client.get(ctx, w.path, query, w.accept)
}

// ahead is the one request for a page that comes after the one that is being read.
type ahead struct {
	token  string
	cancel context.CancelFunc
	answer chan struct{} // closed once there is one
	body   io.ReadCloser
	err    error
}

// lookAhead asks for the next page while this one is read: a list's token stands before its items.
func (w *walk[T]) lookAhead(ctx context.Context, token string) {
	if token == "" || w.ahead != nil || w.onePage {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{token: token, cancel: cancel, answer: make(chan struct{})}
	go func() {
		defer close(a.answer)
		a.body, a.err = w.ask(ctx, token)
	}()
	w.ahead = a
}

func (a *ahead) wait() (io.ReadCloser, error) {
	<-a.answer
	if a.err != nil {
		a.cancel()
		return nil, a.err
	}
	return ending{a.body, a.cancel}, nil
}

func (w *walk[T]) dropAhead() {
	if a := w.ahead; a != nil {
		a.cancel()
		if body, err := a.wait(); err == nil {
			body.Close()
		}
		w.ahead = nil
	}
}

// ending ends the request when its answer is closed.
type ending struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (e ending) Close() error {
	err := e.ReadCloser.Close()
	e.cancel()
	return err
}

var errNotAList = errors.New("the answer is no list")

// listSieve lets through of a list what is not its items.
var listSieve = allow.Path("*").Sieve

// decodePage walks through the list and gives away what the sieve lets through of one object after the other.
func (w *walk[T]) decodePage(body io.Reader, lookAhead func(next string)) (next string, err error) {
	answer := openWindow(body)
	defer answer.close()
	if opened, err := answer.is('{'); err != nil || !opened {
		return "", errors.Join(errNotAList, err)
	}
	err = answer.members(func(name string) error {
		switch name {
		case "metadata":
			var metadata struct {
				Continue string `json:"continue"`
			}
			raw, err := answer.value(listSieve)
			if err == nil {
				err = decode(raw, &metadata)
			}
			next = metadata.Continue
			lookAhead(next)
			return err
		case "items":
			return w.decodeItems(answer)
		}
		_, err := answer.value(nil)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read list: %w", err)
	}
	return next, answer.drain()
}

func (w *walk[T]) decodeItems(answer *window) error {
	if opened, err := answer.is('['); err != nil || !opened {
		_, err := answer.value(nil) // null: an empty list
		return err
	}
	sieve := cmp.Or(w.narrow, w.sieve)
	whole := func() ([]byte, error) { return answer.again(w.sieve) }
	return answer.elements(func() error {
		if next, err := answer.peek(); err != nil || next != '{' {
			return errors.Join(errNotAList, err)
		}
		raw, err := answer.value(sieve)
		if err != nil {
			return err
		}
		if w.after != "" && keyOf(raw) <= w.after {
			return nil
		}
		w.last = append(w.last[:0], raw...)
		item, err := w.read(raw, whole)
		if err != nil {
			w.bad++
			return nil
		}
		if err := w.visit(item); err != nil {
			return visiting{err}
		}
		return nil
	})
}

// keyOf is an object's place in the order of its list.
func keyOf(raw []byte) string {
	var object kube.Object
	if decode(raw, &object) != nil {
		return ""
	}
	return object.Meta.Namespace + "/" + object.Meta.Name
}

// whole reads an object into its slim struct.
func whole[T any](raw []byte) (*T, error) {
	object := new(T)
	return object, decode(raw, object)
}

func decode(text []byte, into any) error { return kube.DecodeJSON(text, into) }
