package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// meter counts what is read and refuses what is beyond its limit.
type meter struct {
	r     io.Reader
	n     int64
	limit int64
}

var errCompressedSize = errors.New("compressed size")

func (m *meter) Read(p []byte) (int, error) {
	if m.n > m.limit {
		return 0, errCompressedSize
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.limit-m.n+1)])
	if m.n += int64(n); m.n > m.limit {
		return n, errCompressedSize
	}
	return n, err
}

// lineBuffer is how much is expanded at once: the most that can lie beyond a bound before it is noticed.
const lineBuffer = 64 << 10

func (r *Reader) open() error {
	if _, err := r.input.Peek(1); errors.Is(err, io.EOF) {
		return r.fault(ErrEmpty, "an empty file")
	}
	zip, err := gzip.NewReader(r.input)
	switch {
	case errors.Is(err, gzip.ErrHeader):
		return r.fault(ErrNotGzip, "not a gzip file")
	case err != nil:
		return r.readFault(err)
	}
	zip.Multistream(false)
	r.zip, r.lines = zip, bufio.NewReaderSize(zip, lineBuffer)
	return nil
}

// readLine gives the next line with its newline. The bytes are good until the next call.
func (r *Reader) readLine() ([]byte, error) {
	if r.zip == nil {
		if err := r.open(); err != nil {
			return nil, err
		}
	}
	r.line++
	r.buffer = r.buffer[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		r.expanded += int64(len(part))
		if bad := r.checkSize(len(r.buffer) + len(part)); bad != nil {
			return nil, bad
		}
		switch {
		case err == nil && len(r.buffer) == 0:
			return part, nil
		case err == nil:
			r.buffer = append(r.buffer, part...)
			return r.buffer, nil
		case errors.Is(err, bufio.ErrBufferFull):
			r.buffer = append(r.buffer, part...)
		default:
			return nil, r.endFault(err, len(r.buffer)+len(part))
		}
	}
}

func (r *Reader) checkSize(lineBytes int) error {
	switch {
	case r.expanded > r.limits.RatioFromBytes && r.expanded > r.limits.Ratio*r.source.n:
		return r.fault(ErrBomb, "expands to more than %d times its size", r.limits.Ratio)
	case r.expanded > r.limits.ExpandedBytes:
		return r.fault(ErrTooLarge, "more than %d bytes expanded", r.limits.ExpandedBytes)
	case lineBytes > r.limits.LineBytes:
		return r.fault(ErrTooLarge, "a line of more than %d bytes", r.limits.LineBytes)
	}
	return nil
}

// endFault tells why the lines ended where no end is due.
func (r *Reader) endFault(err error, rest int) error {
	switch {
	case !errors.Is(err, io.EOF):
		return r.readFault(err)
	case r.line == 1 && rest == 0:
		return &Error{Reason: "an empty file", Kind: ErrEmpty}
	case rest > 0:
		return r.fault(ErrCutOff, "cut off: the last line has no end")
	}
	r.line--
	return r.fault(ErrCutOff, "cut off: the trailer is missing")
}

// readFault sorts the errors of gzip and of the reader below.
func (r *Reader) readFault(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, errCompressedSize):
		return r.fault(ErrTooLarge, "more than %d bytes compressed", r.limits.CompressedBytes)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return r.fault(ErrCutOff, "cut off: the gzip stream has no end")
	case errors.Is(err, gzip.ErrChecksum):
		return r.fault(ErrDamaged, "damaged: the gzip checksum does not fit")
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader):
		return r.fault(ErrDamaged, "damaged: the gzip stream does not expand")
	}
	return fmt.Errorf("read snapshot at line %d: %w", r.line, err)
}
