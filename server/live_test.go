package server_test

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/server/store"
)

// events reads a stream; marks and ends come out of the channel, which closes when the stream does.
type events struct {
	response *http.Response
	said     chan string
	close    context.CancelFunc
}

func (s *site) follow(t *testing.T, browser *http.Client, path string) events {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path+"/live", nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "text/event-stream")
	response, err := browser.Do(request)
	require.NoError(t, err)
	e := events{response, make(chan string, 100), cancel}
	go func() {
		defer close(e.said)
		defer response.Body.Close()
		lines, event := bufio.NewScanner(response.Body), ""
		for lines.Scan() {
			if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = kind
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				e.said <- event + " " + data
			}
		}
	}()
	return e
}

// next is the next event; it fails where the stream ends first.
func (e events) next(t *testing.T) string {
	t.Helper()
	select {
	case said, open := <-e.said:
		require.True(t, open, "the stream ended")
		return said
	case <-time.After(30 * time.Second):
		require.Fail(t, "no event came")
		return ""
	}
}

// ends waits for the stream's end, and returns the last event.
func (e events) ends(t *testing.T) (last string) {
	t.Helper()
	for {
		select {
		case said, open := <-e.said:
			if !open {
				return last
			}
			last = said
		case <-time.After(30 * time.Second):
			require.Fail(t, "the stream does not end")
		}
	}
}

func TestPagesFollowWhatIsNew(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	path := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug

	stream := s.follow(t, browser, path)
	require.Equal(t, "text/event-stream", stream.response.Header.Get("Content-Type"))
	require.Equal(t, "no-store", stream.response.Header.Get("Cache-Control"))
	before := stream.next(t)
	require.True(t, strings.HasPrefix(before, "mark "), before)
	once := s.get(t, browser, path+"/live")
	require.Equal(t, before, "mark "+text(t, once), "who asks now and then is told the same")

	page := text(t, s.get(t, browser, path+"/start"))
	require.True(t, within(page, `data-live="`+path+`/live"`, `data-mark="`+strings.TrimPrefix(before, "mark ")+`"`), page)

	response := s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), "application/octet-stream")
	require.Equal(t, http.StatusAccepted, response.StatusCode, text(t, response))
	came := stream.next(t)
	require.NotEqual(t, before, came)
	for !strings.Contains(came, ".assessed.") {
		came = stream.next(t)
	}
	page = text(t, s.get(t, browser, path+"/start"))
	require.True(t, within(page, "scored, ", "See the result", "The first result is there"), page)
	require.Contains(t, page, strings.TrimPrefix(came, "mark "))
}

func TestAStreamTellsNothingOfOtherPlatforms(t *testing.T) {
	s := newSite(t, true)
	mine, theirs := s.newHouse(t, "mara"), s.newHouse(t, "tomas")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	stream := s.follow(t, browser, "/o/"+mine.organization.Slug+"/platforms/"+mine.platform.Slug)
	before := stream.next(t)
	require.Equal(t, http.StatusAccepted, s.upload(t, theirs, theirs.token, bytes.NewReader(taken(t, 2, nil)), "application/octet-stream").StatusCode)
	require.Equal(t, http.StatusAccepted, s.upload(t, mine, mine.token, bytes.NewReader(taken(t, 3, nil)), "application/octet-stream").StatusCode)
	after := stream.next(t)
	require.NotEqual(t, before, after)
	require.NoError(t, s.store.InOrganization(t.Context(), mine.organization.ID, func(tx *store.Tx) error {
		latest, err := tx.LatestArrival(t.Context(), mine.platform.ID)
		require.Contains(t, after, latest.ID.String(), "the first news are of one's own")
		return err
	}))

	stranger := s.follow(t, browser, "/o/"+theirs.organization.Slug+"/platforms/"+theirs.platform.Slug)
	require.Equal(t, http.StatusNotFound, stranger.response.StatusCode)
}

func TestAStreamEndsWithItsRights(t *testing.T) {
	cases := map[string]func(t *testing.T, s *site, h house, browser *http.Client){
		"signed out": func(t *testing.T, s *site, h house, browser *http.Client) {
			response, err := browser.PostForm(s.URL+"/sign-out", url.Values{})
			require.NoError(t, err)
			text(t, response)
		},
		"no member any more": func(t *testing.T, s *site, h house, browser *http.Client) {
			_, err := s.db.Admin.Exec(t.Context(), "delete from members where organization_id = $1", h.organization.ID)
			require.NoError(t, err)
			require.NoError(t, s.store.TellOfPerson(t.Context(), h.person.ID))
		},
		"the platform is gone": func(t *testing.T, s *site, h house, browser *http.Client) {
			require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error { return tx.DeletePlatform(t.Context(), h.platform.ID) }))
			require.NoError(t, s.store.TellOfPerson(t.Context(), h.person.ID))
		},
	}
	for name, take := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, false)
			h := s.newHouse(t, "mara")
			browser := s.browser(t)
			s.signIn(t, browser, "mara")
			stream := s.follow(t, browser, "/o/"+h.organization.Slug+"/platforms/"+h.platform.Slug)
			stream.next(t)
			s.listening(t)
			take(t, s, h, browser)
			require.Equal(t, "end ", stream.ends(t))
		})
	}
}

// listening waits until the server hears the database's news.
func (s *site) listening(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return s.listeners(t) > 0 })
}

func (s *site) listeners(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select count(*) from pg_stat_activity where datname = $1 and query = 'listen plimsoll_live'", s.db.Name).Scan(&n))
	return n
}

func TestStreamsAreBoundedAndShareOneConnection(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	s.member(t, h, "tomas", store.Viewer)
	browser, other := s.browser(t), s.browser(t)
	s.signIn(t, browser, "mara")
	s.signIn(t, other, "tomas")
	path := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug
	var open []events
	for range 8 {
		stream := s.follow(t, browser, path)
		require.Equal(t, http.StatusOK, stream.response.StatusCode)
		stream.next(t)
		open = append(open, stream)
	}
	s.listening(t)
	require.Equal(t, 1, s.listeners(t))
	require.Equal(t, http.StatusTooManyRequests, s.follow(t, browser, path).response.StatusCode)
	s.follow(t, other, path).next(t) // one person keeps nobody else out
	open[0].close()
	eventually(t, func() bool { return s.follow(t, browser, path).response.StatusCode == http.StatusOK })
}

func TestNewsAreHeardAgainAfterTheConnectionBroke(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	stream := s.follow(t, browser, "/o/"+h.organization.Slug+"/platforms/"+h.platform.Slug)
	before := stream.next(t)
	s.listening(t)
	_, err := s.db.Admin.Exec(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query = 'listen plimsoll_live'", s.db.Name)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, s.upload(t, h, h.token, bytes.NewReader(taken(t, 4, nil)), "application/octet-stream").StatusCode)
	require.NotEqual(t, before, stream.next(t))
	s.listening(t)
}

func TestNoStreamOutlivesTheServer(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	path := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug
	stream := s.follow(t, browser, path)
	last := stream.next(t)
	s.service.Close()
	require.Empty(t, strings.TrimPrefix(stream.ends(t), last), "the page is not told that it has seen all: it asks another server")
	require.Equal(t, http.StatusTooManyRequests, s.follow(t, browser, path).response.StatusCode)
}
