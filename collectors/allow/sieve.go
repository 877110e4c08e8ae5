package allow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"github.com/go-json-experiment/json/jsontext"
)

// Sieve lets through of one object's JSON what the list allows for its kind, and nothing else. The nil Sieve lets nothing through.
type Sieve struct{ root *node }

// Text lets a text, a number, true, false and null through as they are.
var Text = &Sieve{&node{}}

// nothing is the root of the nil Sieve.
var nothing = &node{shape: shapeObject}

// shape is what a place in an object is.
type shape int

const (
	shapeText    shape = iota // any scalar
	shapePresent              // whether something is there
	shapeObject               // some of its keys
	shapeList                 // some of each element
	shapeInside               // a text that holds JSON, of which some is let through
)

type node struct {
	shape shape
	names [][]name   // of an object: its keys by their length
	wild  []wildcard // keys by their beginning or end
	any   *node      // every other key; nil: none
	item  *node      // of a list, and of a text that holds JSON
	texts *texts     // of a text: how it looks; nil: anyhow
}

type name struct {
	text string
	node *node
}

// name makes a key lead somewhere.
func (n *node) name(text string, to *node) {
	for len(n.names) <= len(text) {
		n.names = append(n.names, nil)
	}
	n.names[len(text)] = append(n.names[len(text)], name{text, to})
}

type wildcard struct {
	begin, end string
	node       *node
}

// errSyntax says that a value is no JSON.
var errSyntax = errors.New("no JSON")

// Append reads the one JSON value that src begins with and appends to out what is let through of it, as JSON without white space; n is how
// much of src it was. A src that ends within the value is io.ErrUnexpectedEOF.
//
// Names and texts are copied as they are written, escapes, doubles and broken UTF-8 included: the decoder behind has the last word on
// them. Where an object or list stands in the place of a text, an empty one is left of it, and likewise the other way round. Of
// a text that does not look as its form says null is left. What is not let through is passed over: its strings must end and its brackets must
// close, and no more is asked of it.
func (s *Sieve) Append(out, src []byte) (filtered []byte, n int, err error) {
	return s.AppendLike(nil, out, src)
}

// Memory holds what was passed over of the objects before: neighbours in a list have much in common, and comparing is faster than
// looking for an end. The zero value is empty. It is not safe for concurrent use.
type Memory [64][]byte

// remembered bounds what is worth it: shorter values are passed over as fast, longer ones hardly come again.
const (
	leastRemembered = 32
	mostRemembered  = 4 << 10
)

// AppendLike is Append for one of many objects that are alike; nil remembers nothing.
func (s *Sieve) AppendLike(before *Memory, out, src []byte) (filtered []byte, n int, err error) {
	c := cut{src: src, out: out, before: before}
	root := nothing
	if s != nil {
		root = s.root
	}
	err = c.value(root)
	return c.out, c.at, err
}

// cut is one value on its way through. Its depth is that of the list, not that of the value.
type cut struct {
	src, out []byte
	at       int
	before   *Memory
}

func (c *cut) value(n *node) error {
	first, err := c.peek()
	if err != nil {
		return err
	}
	start := c.at
	switch {
	case n.shape == shapePresent && first != 'n':
		c.out = append(c.out, "true"...)
		return c.pass()
	case n.shape == shapeObject && first == '{':
		return c.object(n)
	case n.shape == shapeList && first == '[':
		return c.list(n.item)
	case n.shape == shapeInside && first == '"':
		return c.inside(n.item)
	}
	if err := c.pass(); err != nil {
		return err
	}
	switch {
	case first == '{':
		c.out = append(c.out, "{}"...)
	case first == '[':
		c.out = append(c.out, "[]"...)
	case n.texts != nil && first == '"' && !n.texts.fit(c.src[start+1:c.at-1]):
		c.out = append(c.out, "null"...)
	case n.shape == shapeText || first == 'n':
		c.out = append(c.out, c.src[start:c.at]...)
	case first == '"':
		c.out = append(c.out, `""`...)
	default:
		c.out = append(c.out, '0')
	}
	return nil
}

func (c *cut) object(n *node) error {
	c.at++
	c.out = append(c.out, '{')
	empty := len(c.out)
	for first := true; ; first = false {
		next, err := c.peek()
		switch {
		case err != nil:
			return err
		case next == '}' && first:
			c.at++
			c.out = append(c.out, '}')
			return nil
		case next != '"':
			return errSyntax
		}
		start := c.at
		plain, err := c.text()
		if err != nil {
			return err
		}
		name := c.src[start:c.at]
		if err := c.expect(':'); err != nil {
			return err
		}
		below := n.below(name, plain)
		if below == nil {
			err = c.passLike(name)
		} else {
			if len(c.out) > empty {
				c.out = append(c.out, ',')
			}
			c.out = append(append(c.out, name...), ':')
			err = c.value(below)
		}
		if err != nil {
			return err
		}
		if closed, err := c.more('}'); closed || err != nil {
			return err
		}
	}
}

func (c *cut) list(item *node) error {
	c.at++
	c.out = append(c.out, '[')
	if next, err := c.peek(); err != nil {
		return err
	} else if next == ']' {
		c.at++
		c.out = append(c.out, ']')
		return nil
	}
	for {
		if err := c.value(item); err != nil {
			return err
		}
		if closed, err := c.more(']'); closed || err != nil {
			return err
		}
		c.out = append(c.out, ',')
	}
}

// inside cuts the JSON object that a text holds. What is none leaves an empty text.
func (c *cut) inside(item *node) error {
	start := c.at
	if _, err := c.text(); err != nil {
		return err
	}
	text, err := jsontext.AppendUnquote(nil, c.src[start:c.at])
	within := cut{src: bytes.Trim(text, " \t\r\n")}
	if err == nil {
		err = within.whole(item)
	}
	if err != nil {
		c.out = append(c.out, `""`...)
		return nil
	}
	c.out, err = jsontext.AppendQuote(c.out, within.out)
	return err
}

// whole cuts an object with nothing behind it.
func (c *cut) whole(n *node) error {
	if err := c.expect('{'); err != nil {
		return err
	}
	c.at--
	if err := c.value(n); err != nil {
		return err
	}
	if c.at < len(c.src) {
		return errSyntax
	}
	return nil
}

// more takes a comma, or the closing bracket.
func (c *cut) more(closing byte) (closed bool, err error) {
	next, err := c.peek()
	switch {
	case err != nil:
		return false, err
	case next == ',':
		c.at++
		return false, nil
	case next != closing:
		return false, errSyntax
	}
	c.at++
	c.out = append(c.out, closing)
	return true, nil
}

func (c *cut) expect(want byte) error {
	next, err := c.peek()
	if err != nil {
		return err
	}
	if next != want {
		return errSyntax
	}
	c.at++
	return nil
}

// peek is the next byte that is no white space.
func (c *cut) peek() (byte, error) {
	for c.at < len(c.src) {
		switch b := c.src[c.at]; b {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return b, nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// text passes over a string; plain where it holds no escape.
func (c *cut) text() (plain bool, err error) {
	end, plain := endOfText(c.src, c.at)
	if end < 0 {
		return false, io.ErrUnexpectedEOF
	}
	c.at = end
	return plain, nil
}

// passLike is pass of the value of a key. An object or list ends where its brackets close: the same bytes once more are the same value.
func (c *cut) passLike(name []byte) error {
	first, err := c.peek()
	if err != nil || c.before == nil || first != '{' && first != '[' {
		return c.pass()
	}
	have := &c.before[(len(name)*7+int(name[len(name)/2]))%len(c.before)]
	if len(*have) > 0 && bytes.HasPrefix(c.src[c.at:], *have) {
		c.at += len(*have)
		return nil
	}
	start := c.at
	if err := c.brackets(); err != nil {
		return err
	}
	if passed := c.src[start:c.at]; len(passed) >= leastRemembered && len(passed) <= mostRemembered {
		*have = append((*have)[:0], passed...)
	}
	return nil
}

// pass passes over a value of any kind.
func (c *cut) pass() error {
	first, err := c.peek()
	if err != nil {
		return err
	}
	switch first {
	case '"':
		_, err := c.text()
		return err
	case '{', '[':
		return c.brackets()
	case '}', ']', ',', ':':
		return errSyntax
	}
	for i := c.at; i < len(c.src); i++ {
		if class[c.src[i]] != 0 {
			c.at = i
			return nil
		}
	}
	return io.ErrUnexpectedEOF // a number may go on
}

// brackets passes over an object or a list, by counting.
func (c *cut) brackets() error {
	src, depth := c.src, 0
	for i := c.at; i < len(src); i++ {
		switch class[src[i]] {
		case quote:
			end, _ := endOfText(src, i)
			if end < 0 {
				return io.ErrUnexpectedEOF
			}
			i = end - 1
		case opening:
			depth++
		case closing:
			if depth--; depth == 0 {
				c.at = i + 1
				return nil
			}
		}
	}
	return io.ErrUnexpectedEOF
}

// The bytes that end a number or a word, by what they do.
const (
	other = 1 + iota
	quote
	opening
	closing
)

var class = [256]byte{
	' ': other, '\t': other, '\r': other, '\n': other, ',': other, ':': other,
	'"': quote, '{': opening, '[': opening, '}': closing, ']': closing,
}

// endOfText is behind the closing quotation mark of the string that begins at i, or less than 0; plain where it holds no escape. It looks
// at eight bytes at a time.
func endOfText(src []byte, i int) (end int, plain bool) {
	plain = true
	for i++; ; i += 2 {
		for ; len(src)-i >= 8; i += 8 {
			if marks := marksIn(binary.LittleEndian.Uint64(src[i:])); marks != 0 {
				i += bits.TrailingZeros64(marks) / 8
				break
			}
		}
		for i < len(src) && src[i] != '"' && src[i] != '\\' {
			i++
		}
		if i >= len(src) {
			return -1, false
		}
		if src[i] == '"' {
			return i + 1, plain
		}
		plain = false // what stands behind the backslash ends nothing
	}
}

// marksIn has the highest bit of each byte set that is a quotation mark or a backslash, up to the first of them; of what stands behind
// it says nothing.
func marksIn(eight uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := eight^'"'*ones, eight^'\\'*ones
	return ((quotes-ones)&^quotes | (slashes-ones)&^slashes) & highs
}

// below is what a key leads to, nil where it is not let through.
func (n *node) below(quoted []byte, plain bool) *node {
	name := quoted[1 : len(quoted)-1]
	if !plain {
		unquoted, err := jsontext.AppendUnquote(nil, quoted)
		if err != nil {
			return nil
		}
		name = unquoted
	}
	if len(name) < len(n.names) {
		for _, known := range n.names[len(name)] { // few have the same length
			if known.text == string(name) {
				return known.node
			}
		}
	}
	for _, w := range n.wild {
		if len(name) >= len(w.begin)+len(w.end) && string(name[:len(w.begin)]) == w.begin && string(name[len(name)-len(w.end):]) == w.end {
			return w.node
		}
	}
	return n.any
}
