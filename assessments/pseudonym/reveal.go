package pseudonym

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	maxClass = 16
	// maxWord bounds a run of letters that may be a pseudonym: the longest text in base32.
	maxWord = (ivBytes+MaxText)*8/5 + 1
	// leastBody is how long the part behind the dash is at least: one letter more than the sum alone.
	leastBody = ivBytes*8/5 + 1
)

// Revealed says what Reveal found.
type Revealed struct {
	Names  int // places where a name was put back
	Others int // places that look like a pseudonym, which this key did not make or which is cut off
}

// Reveal copies a text and puts names in the place of the key's pseudonyms. It holds no more of the text than one word. A text that
// starts like JSON stays JSON whatever stands in a name, and one that starts like XML or HTML stays that; in any other a name
// with characters that do not show, such as those that steer a terminal, is quoted.
func Reveal(w io.Writer, r io.Reader, key *Key) (Revealed, error) {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriterSize(w, 64<<10)
	v := &revealer{key: key, out: out, escape: escapeOf(in)}
	for {
		b, err := in.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return v.found, fmt.Errorf("read: %w", err)
		}
		if b == Host[0] && v.isHost(in) {
			continue
		}
		if err := v.take(b); err != nil {
			return v.found, fmt.Errorf("write: %w", err)
		}
	}
	v.endWord(false)
	v.flushClass()
	if err := out.Flush(); err != nil {
		return v.found, fmt.Errorf("write: %w", err)
	}
	return v.found, nil
}

// isHost reports whether Host stands behind a name that was put back, and takes it away with the pseudonym.
func (v *revealer) isHost(in *bufio.Reader) bool {
	rest, _ := in.Peek(len(Host) - 1)
	if string(rest) != Host[1:] || len(v.class) == 0 || v.broken {
		return false
	}
	before := v.found.Names
	v.endWord(false)
	if v.found.Names == before {
		return false
	}
	_, err := in.Discard(len(Host) - 1)
	return err == nil
}

// revealer goes through a text word by word: letters and digits between anything else. What a word is depends on the word and the dash
// before it, so that one class is held back.
type revealer struct {
	key    *Key
	out    *bufio.Writer
	escape func(string) string
	class  []byte // the word before the dash that is held back, with its dash
	word   []byte // that is being read
	broken bool   // the word was too long, and its beginning is written
	found  Revealed
}

func (v *revealer) take(b byte) error {
	switch {
	case isWordByte(b):
		v.word = append(v.word, b)
		if len(v.word) > maxWord {
			v.flushClass()
			v.out.Write(v.word)
			v.word, v.broken = v.word[:0], true
		}
	case b == '-':
		v.endWord(true)
	default:
		v.endWord(false)
		v.flushClass()
		return v.out.WriteByte(b)
	}
	return nil
}

// endWord decides on the word that has ended: a name's, where it stands behind a class.
func (v *revealer) endWord(dash bool) {
	word := v.word
	v.word = v.word[:0]
	if name, ok := v.open(word); ok && !v.broken {
		v.class = v.class[:0]
		v.out.WriteString(v.escape(name))
		if dash {
			v.out.WriteByte('-')
		}
		return
	}
	v.flushClass()
	if dash && !v.broken && isClass(word) {
		v.class = append(append(v.class, word...), '-')
		return
	}
	v.broken = false
	v.out.Write(word)
	if dash {
		v.out.WriteByte('-')
	}
}

func (v *revealer) open(word []byte) (string, bool) {
	if len(v.class) == 0 || len(word) < leastBody {
		return "", false
	}
	_, name, ok := v.key.Open(string(v.class) + string(word))
	switch {
	case ok:
		v.found.Names++
	case isBase32(word) && !isPlainWord(word):
		v.found.Others++
	}
	return name, ok
}

func (v *revealer) flushClass() {
	v.out.Write(v.class)
	v.class = v.class[:0]
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b == '_' || b >= 0x80
}

func isClass(word []byte) bool {
	return len(word) > 0 && len(word) <= maxClass && len(bytes.Trim(word, "abcdefghijklmnopqrstuvwxyz")) == 0
}

func isBase32(word []byte) bool {
	return len(bytes.Trim(word, "abcdefghijklmnopqrstuvwxyz234567")) == 0
}

// isPlainWord tells a long word of a language, which has no digit, from a pseudonym, which hardly ever has none.
func isPlainWord(word []byte) bool { return !bytes.ContainsAny(word, "234567") }

// escapeOf looks at how a text starts.
func escapeOf(in *bufio.Reader) func(string) string {
	for size := 16; size <= 4096; size *= 2 {
		start, err := in.Peek(size)
		start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
		switch {
		case len(start) == 0 && err == nil:
			continue
		case len(start) == 0:
		case start[0] == '{', start[0] == '[':
			return jsonText
		case start[0] == '<':
			return markupText
		}
		break
	}
	return shownText
}

func jsonText(name string) string {
	quoted, err := json.Marshal(name)
	if err != nil {
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func markupText(name string) string { return markup.Replace(shownText(name)) }

// shownText quotes a name that could steer a terminal, or that does not show.
func shownText(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		quoted := strconv.QuoteToGraphic(name)
		return quoted[1 : len(quoted)-1]
	}
	return name
}
