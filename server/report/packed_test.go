package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// twoPages is a file as the library leaves it, with contents that could be taken for the end of themselves.
func twoPages(t *testing.T) []byte {
	t.Helper()
	d, err := newDocument("Two pages", asOf)
	require.NoError(t, err)
	for range 2 {
		d.newPage()
		d.pdf.RawWriteStr("% endstream\n% endobj\n% " + strings.Repeat("the same again ", 400))
	}
	var file bytes.Buffer
	require.NoError(t, d.pdf.Output(&file))
	return file.Bytes()
}

func TestPagesArePacked(t *testing.T) {
	file := twoPages(t)
	small, err := packed(file, 2)
	require.NoError(t, err)
	require.Less(t, len(small), len(file)-8000)
	before, err := readXref(file)
	require.NoError(t, err)
	after, err := readXref(small)
	require.NoError(t, err)
	require.Equal(t, before.size, after.size)
	require.Equal(t, before.trailer, after.trailer)
	for object := 1; object < after.size; object++ {
		head := func(file []byte, x xref) string {
			line, _, _ := bytes.Cut(file[x.offsets[object]:], []byte("\n"))
			return string(line)
		}
		require.Equal(t, head(file, before), head(small, after), object)
	}
	_, err = packed(small, 2)
	require.ErrorIs(t, err, errUnreadable, "what is packed already is not what the library leaves")
}

// A library that writes files in another way is noticed, and no broken file comes of it.
func TestAFileThatIsLaidOutOtherwiseIsNotPacked(t *testing.T) {
	file := string(twoPages(t))
	for name, broken := range map[string]string{
		"cut off":              file[:len(file)/2],
		"more than it holds":   strings.Replace(file, "4 0 obj\n<</Length ", "4 0 obj\n<</Length 9", 1),
		"no number":            strings.Replace(file, "4 0 obj\n<</Length ", "4 0 obj\n<</Length x", 1),
		"below nothing":        strings.Replace(file, "4 0 obj\n<</Length ", "4 0 obj\n<</Length -", 1),
		"a byte short":         strings.Replace(file, "\nendstream\n", "\n endstream\n", 1),
		"another object there": strings.Replace(file, "4 0 obj\n<</Length ", "5 0 obj\n<</Length ", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := packed([]byte(broken), 2)
			require.ErrorIs(t, err, errUnreadable)
		})
	}
	_, err := packed([]byte(file), 200)
	require.ErrorIs(t, err, errUnreadable, "more pages than there are")
}
