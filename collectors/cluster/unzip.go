package cluster

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// bodyOf is what an answer says, without the compression that the request allowed for.
func bodyOf(answer *http.Response) io.ReadCloser {
	if answer.Header.Get("Content-Encoding") != "gzip" {
		return answer.Body
	}
	u := unzippers.Get().(*unzipper)
	u.in.Reset(answer.Body)
	return &unzipped{body: answer.Body, unzipper: u}
}

// unzipper is used again for one answer after the other: its tables and windows are larger than what most answers need beside them.
type unzipper struct {
	in  *bufio.Reader
	zip gzip.Reader
}

var unzippers = sync.Pool{New: func() any { return &unzipper{in: bufio.NewReaderSize(nil, zippedBytes)} }}

// zippedBytes are four records of TLS.
const zippedBytes = 64 << 10

// unzipped is a body that comes zipped. It is for one reader at a time.
type unzipped struct {
	body io.ReadCloser
	*unzipper
	begun bool
	err   error // of the beginning
}

func (u *unzipped) Read(p []byte) (int, error) {
	if !u.begun && u.unzipper != nil {
		u.begun, u.err = true, u.zip.Reset(u.in)
		if errors.Is(u.err, io.EOF) {
			u.err = io.ErrUnexpectedEOF
		}
	}
	switch {
	case u.unzipper == nil:
		return 0, http.ErrBodyReadAfterClose
	case u.err != nil:
		return 0, u.err
	}
	return u.zip.Read(p)
}

func (u *unzipped) Close() error {
	if u.unzipper != nil {
		u.in.Reset(nil)
		unzippers.Put(u.unzipper)
		u.unzipper = nil
	}
	return u.body.Close()
}
