package e2e

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// stops are what companies have between browsers and servers, which lets no events through.
var stops = map[string]http.HandlerFunc{
	"held back": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, // as a scanner does that wants to see the end first
	"broken off": func(w http.ResponseWriter, _ *http.Request) {
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = connection.Close()
		}
	},
	"refused": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
}

// TestFollowingWhereStreamsDoNotComeThrough waits for a sample: where no events come, the page asks.
func TestFollowingWhereStreamsDoNotComeThrough(t *testing.T) {
	var stop atomic.Pointer[http.HandlerFunc]
	var streams, questions atomic.Int32
	site := newExampleSite(t, func(service http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !strings.HasSuffix(r.URL.Path, "/live"):
				service.ServeHTTP(w, r)
			case strings.Contains(r.Header.Get("Accept"), "text/event-stream"):
				streams.Add(1)
				(*stop.Load())(w, r)
			default:
				questions.Add(1)
				service.ServeHTTP(w, r)
			}
		})
	})
	p := newPersonAt(t, site.URL)
	p.signsIn("Mara")
	for name, way := range stops {
		p.step(name, func() {
			stop.Store(&way)
			streams.Store(0)
			questions.Store(0)
			p.opens("/o/harbour-logistics")
			p.follows(func() { p.presses("Look at a sample first") })
			p.reads("The sample is being made")
			leave := site.work(p.t)
			p.sees("document.getElementById('load-line')")
			leave()
			require.Positive(p.t, streams.Load(), "events are tried first")
			require.Positive(p.t, questions.Load())
			p.follows(func() { p.presses("Throw the sample away") })
		})
	}
}
