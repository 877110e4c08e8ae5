package manifests

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// document is one document of a stream, not yet parsed.
type document struct {
	index int    // 1-based, in its file
	line  int    // 1-based, of its first line in its file
	text  []byte // good until the next document is asked for
	large bool   // beyond maxDocumentBytes: text was dropped
}

// splitter parts a stream into documents before anything is parsed, so that a syntax error ends with its document. It may do so
// by lines alone, for YAML allows a line that begins with "---" or "..." nowhere inside a document.
type splitter struct {
	in     *bufio.Reader
	line   int // lines read so far
	index  int
	behind []byte // what stood behind the "---" that ended the last document
	inLine bool   // the last line was longer than the buffer, and goes on
	end    error
	buffer []byte // of the document's text, used again
}

func newSplitter(r io.Reader) *splitter { return &splitter{in: bufio.NewReaderSize(r, 64<<10)} }

var (
	byteOrderMark = []byte("\xef\xbb\xbf")
	errUTF16      = errors.New("the file is UTF-16, and manifests are UTF-8: save it as UTF-8")
)

// next gives the next document that holds more than comments; io.EOF after the last.
func (s *splitter) next() (document, error) {
	if s.line == 0 {
		if err := s.begin(); err != nil {
			return document{}, err
		}
	}
	for s.end == nil {
		d, content := s.read()
		if content {
			s.index++
			d.index = s.index
			return d, nil
		}
	}
	return document{}, s.end
}

func (s *splitter) begin() error {
	start, err := s.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) && len(start) == 0 {
		return err
	}
	if bytes.Equal(start, byteOrderMark) {
		_, err := s.in.Discard(len(byteOrderMark))
		return err
	}
	if bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return errUTF16
	}
	return nil
}

// read takes lines up to the next marker. What an error of the stream cut off is no document.
func (s *splitter) read() (d document, content bool) {
	d.line, d.text = s.line+1, s.buffer[:0]
	defer func() { s.buffer = d.text }()
	if s.behind != nil {
		d.line, d.text, s.behind = s.line, append(d.text, s.behind...), nil
		content = isContent(d.text)
	}
	for {
		startOfLine := !s.inLine
		part, err := s.in.ReadSlice('\n')
		s.inLine = errors.Is(err, bufio.ErrBufferFull)
		if startOfLine && len(part) > 0 {
			s.line++
			if rest, ok := marker(part); ok {
				s.behind = rest
				return d, content
			}
			if !content && part[0] == '%' {
				part = []byte("\n")
			}
			content = content || isContent(part)
		}
		if d.large = d.large || len(d.text)+len(part) > maxDocumentBytes; d.large {
			d.text = nil
		} else {
			d.text = append(d.text, part...)
		}
		if err != nil && !s.inLine {
			s.end = err
			return d, content && errors.Is(err, io.EOF)
		}
	}
}

// marker reports whether a line begins or ends a document, and gives the line with the marker blanked out.
func marker(line []byte) ([]byte, bool) {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return nil, false
	}
	if len(line) > 3 && !bytes.ContainsRune([]byte(" \t\r\n"), rune(line[3])) {
		return nil, false
	}
	return append([]byte("   "), line[3:]...), true
}

// isContent reports whether a line holds more than blanks and a comment.
func isContent(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) > 0 && line[0] != '#'
}
