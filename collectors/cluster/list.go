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

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
	path     string
	selector string // of labels
	sieve    *allow.Sieve
	accept   string
	pageSize int
}

// page is one answer, decoded as far as T goes. It is held whole, so that a page that broke in the middle is asked for again
// before anything of it was counted.
type page[T any] struct {
	items []T
	next  string // token of the following page
	last  string // key of the last object
	bad   int    // objects that could not be decoded
}

// reader decodes what the allow-list lets through of one object; its bytes are good until it returns.
type reader[T any] func(raw []byte) (T, error)

// list reads a collection page by page, and gives each object to visit, in the order of the API's keys. It reports how many
// objects could not be decoded.
//
// A token that has expired (410) comes with one that goes on at the same place in a newer state. Where the server gives none,
// the list starts again, and what was seen already is passed over: no object is given twice.
func list[T any](ctx context.Context, c *Client, l listing, read reader[T], visit func(T) error) (bad int, err error) {
	token, last, after, expired := "", "", "", 0
	for {
		current, err := readPage(ctx, c, l, token, after, read)
		if gone := (*refusal)(nil); errors.As(err, &gone) && gone.Code == http.StatusGone && token != "" && expired < expiries {
			expired++
			if token = gone.Metadata.Continue; token == "" {
				after = last
			}
			continue
		}
		if err != nil {
			return bad, err
		}
		bad += current.bad
		for _, item := range current.items {
			if err := visit(item); err != nil {
				return bad, err
			}
		}
		if token, last = current.next, cmp.Or(current.last, last); token == "" {
			return bad, nil
		}
	}
}

func readPage[T any](ctx context.Context, c *Client, l listing, token, after string, read reader[T]) (page[T], error) {
	query := url.Values{"limit": {strconv.Itoa(l.pageSize)}}
	if l.selector != "" {
		query.Set("labelSelector", l.selector)
	}
	if token != "" {
		query.Set("continue", token)
	}
	for attempt := 1; ; attempt++ {
		body, err := c.get(ctx, l.path, query, l.accept)
		if err != nil {
			return page[T]{}, err
		}
		current, err := decodePage(body, after, l.sieve, read)
		body.Close()
		if err == nil {
			return current, nil
		}
		if ctx.Err() != nil {
			return page[T]{}, ctx.Err()
		}
		if attempt == pageAttempts {
			return page[T]{}, fmt.Errorf("the API server at %s breaks off its answers: %w", c.Host(), err)
		}
		if err := retry.Pause(ctx, retry.BackOff(firstWait, attempt)); err != nil {
			return page[T]{}, err
		}
	}
}

var errNotAList = errors.New("the answer is no list")

// listSieve lets through of a list what is not its items.
var listSieve = allow.Path("*").Sieve

// decodePage walks through the list and holds what the sieve lets through of one object at a time.
func decodePage[T any](body io.Reader, after string, sieve *allow.Sieve, read reader[T]) (page[T], error) {
	var current page[T]
	w := openWindow(body)
	defer w.close()
	if opened, err := w.is('{'); err != nil || !opened {
		return current, errors.Join(errNotAList, err)
	}
	err := w.members(func(name string) error {
		switch name {
		case "metadata":
			var metadata struct {
				Continue string `json:"continue"`
			}
			raw, err := w.value(listSieve)
			if err == nil {
				err = decode(raw, &metadata)
			}
			current.next = metadata.Continue
			return err
		case "items":
			return decodeItems(w, &current, after, sieve, read)
		}
		_, err := w.value(nil)
		return err
	})
	if err != nil {
		return current, fmt.Errorf("read list: %w", err)
	}
	return current, nil
}

func decodeItems[T any](w *window, current *page[T], after string, sieve *allow.Sieve, read reader[T]) error {
	if opened, err := w.is('['); err != nil || !opened {
		_, err := w.value(nil) // null: an empty list
		return err
	}
	var last []byte
	err := w.elements(func() error {
		if next, err := w.peek(); err != nil || next != '{' {
			return errors.Join(errNotAList, err)
		}
		raw, err := w.value(sieve)
		if err != nil {
			return err
		}
		last = append(last[:0], raw...)
		if after != "" && keyOf(raw) <= after {
			return nil
		}
		item, err := read(raw)
		if err != nil {
			current.bad++
			return nil
		}
		current.items = append(current.items, item)
		return nil
	})
	current.last = keyOf(last)
	return err
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

func decode(text []byte, into any) error {
	return json.Unmarshal(text, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
