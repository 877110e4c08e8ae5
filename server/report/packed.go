package report

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strconv"
)

// packed compresses the contents of the pages, which the library leaves as they are: one compressor serves all of them, where the library
// makes a new one of a megabyte for each. Everything else moves, and the cross-reference table with it.
func packed(file []byte, pages int) ([]byte, error) {
	old, err := readXref(file)
	if err != nil {
		return nil, err
	}
	var out, small bytes.Buffer
	out.Grow(len(file) / 2)
	compressor, err := zlib.NewWriterLevel(&small, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("compress pages: %w", err)
	}
	var moves []move
	read := 0
	for page := 1; page <= pages; page++ {
		object := pageObject(page) + 1 // a page's content stands behind it
		body, start, err := old.stream(file, object)
		if err != nil {
			return nil, err
		}
		small.Reset()
		compressor.Reset(&small)
		if _, err := compressor.Write(body); err != nil {
			return nil, fmt.Errorf("compress page %d: %w", page, err)
		}
		if err := compressor.Close(); err != nil {
			return nil, fmt.Errorf("compress page %d: %w", page, err)
		}
		at := old.offsets[object]
		out.Write(file[read:at])
		fmt.Fprintf(&out, "%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", object, small.Len())
		out.Write(small.Bytes())
		read = start + len(body)
		moves = append(moves, move{behind: at, by: out.Len() - read})
	}
	out.Write(file[read:old.at])
	old.moved(moves).writeTo(&out)
	return out.Bytes(), nil
}

// stream finds what an object of the file holds, uncompressed, and where that begins.
func (x xref) stream(file []byte, object int) (body []byte, start int, err error) {
	if object >= x.size || x.offsets[object] >= len(file) {
		return nil, 0, errUnreadable
	}
	rest, isStream := bytes.CutPrefix(file[x.offsets[object]:], fmt.Appendf(nil, "%d 0 obj\n<</Length ", object))
	digits, rest, hasLength := bytes.Cut(rest, []byte(">>\nstream\n"))
	length, err := strconv.Atoi(string(digits[:min(len(digits), 20)]))
	if !isStream || !hasLength || err != nil || length < 0 || length > len(rest) || !bytes.HasPrefix(rest[length:], []byte("\nendstream\n")) {
		return nil, 0, errUnreadable
	}
	return rest[:length], len(file) - len(rest), nil
}

// move says by how many bytes the objects behind a place are moved on, back where it is negative.
type move struct{ behind, by int }

// moved is the table after moves, which stand in the order of the file.
func (x xref) moved(moves []move) xref {
	x.offsets = slices.Clone(x.offsets)
	for k, offset := range x.offsets {
		if i, _ := slices.BinarySearchFunc(moves, offset, func(m move, offset int) int { return m.behind - offset }); i > 0 {
			x.offsets[k] += moves[i-1].by
		}
	}
	return x
}

// writeTo writes the table as the end of a file.
func (x xref) writeTo(out *bytes.Buffer) {
	at := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", x.size)
	for _, offset := range x.offsets[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(out, "%sstartxref\n%d\n%%%%EOF\n", x.trailer, at)
}
