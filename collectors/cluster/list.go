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

// reader decodes one object; its bytes are good until it returns.
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
		current, err := decodePage(body, after, read)
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

// decodePage walks through the list's JSON and holds one raw object at a time.
func decodePage[T any](body io.Reader, after string, read reader[T]) (page[T], error) {
	var current page[T]
	decoder := jsontext.NewDecoder(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '{' {
		return current, errors.Join(errNotAList, err)
	}
	for decoder.PeekKind() == '"' {
		name, err := decoder.ReadToken()
		if err != nil {
			return current, fmt.Errorf("read list: %w", err)
		}
		switch name.String() {
		case "metadata":
			var metadata struct {
				Continue string `json:"continue"`
			}
			err = json.UnmarshalDecode(decoder, &metadata)
			current.next = metadata.Continue
		case "items":
			err = decodeItems(decoder, &current, after, read)
		default:
			err = decoder.SkipValue()
		}
		if err != nil {
			return current, fmt.Errorf("read list: %w", err)
		}
	}
	_, err := decoder.ReadToken()
	return current, err
}

func decodeItems[T any](decoder *jsontext.Decoder, current *page[T], after string, read reader[T]) error {
	if opening, err := decoder.ReadToken(); err != nil || opening.Kind() != '[' {
		return err // null: an empty list
	}
	var last []byte
	for decoder.PeekKind() == '{' {
		raw, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		last = append(last[:0], raw...)
		if after != "" && keyOf(raw) <= after {
			continue
		}
		item, err := read(raw)
		if err != nil {
			current.bad++
			continue
		}
		current.items = append(current.items, item)
	}
	current.last = keyOf(last)
	_, err := decoder.ReadToken()
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
