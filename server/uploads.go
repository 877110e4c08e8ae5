package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/server/store"
)

// Uploads under way at once, each of which takes disk and a database transaction: of all, and of one organization, so that none
// can keep the others out.
const (
	maxUploads               = 16
	maxUploadsOfOrganization = 6
)

// uploadGate counts the uploads under way.
type uploadGate struct {
	mu  sync.Mutex
	all int
	of  map[store.OrganizationID]int
}

// enter takes a place until leave is called; false where there is none.
func (g *uploadGate) enter(organization store.OrganizationID) (leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all >= maxUploads || g.of[organization] >= maxUploadsOfOrganization {
		return nil, false
	}
	if g.of == nil {
		g.of = map[store.OrganizationID]int{}
	}
	g.all++
	g.of[organization]++
	return func() { g.leave(organization) }, true
}

func (g *uploadGate) leave(organization store.OrganizationID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all--
	if g.of[organization]--; g.of[organization] == 0 {
		delete(g.of, organization)
	}
}

// How long an upload may take: what it begins with, and a second more for each pace of bytes that came; never beyond uploadPatience.
const (
	uploadPatience = 15 * time.Minute
	uploadStart    = time.Minute
	uploadPace     = 32 << 10 // bytes a second
	readOutTime    = 30 * time.Second
)

// errSlow says that a body came too slowly.
var errSlow = errors.New("the upload came too slowly")

// pacedBody is an upload's body with the time that it is given. A connection that only drips gives its place up.
type pacedBody struct {
	body    io.Reader
	control *http.ResponseController
	began   time.Time
	n       int64
}

func (s *Server) paced(c echo.Context, body io.Reader) io.Reader {
	p := &pacedBody{body: body, control: http.NewResponseController(c.Response()), began: time.Now()}
	_ = p.control.SetWriteDeadline(p.began.Add(uploadPatience + time.Minute)) // not every connection has deadlines, as in tests
	return p
}

func (p *pacedBody) Read(b []byte) (int, error) {
	given := min(uploadStart+time.Duration(p.n/uploadPace)*time.Second, uploadPatience)
	_ = p.control.SetReadDeadline(p.began.Add(given))
	n, err := p.body.Read(b)
	p.n += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("%w: %d bytes in %s", errSlow, p.n, given)
	}
	return n, err
}

// readOut reads and forgets what is still on its way of an upload that was refused. Browsers show a broken connection instead of the
// answer where they can't send to the end.
func readOut(c echo.Context, most int64, refusal error) {
	if errors.Is(refusal, errSlow) {
		return
	}
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(readOutTime))
	_, _ = io.CopyN(io.Discard, c.Request().Body, most)
}
