package server_test

import (
	"context"
	"fmt"
	"image/color"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/internal/dbtest"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
)

// mostQueries is how many a page may ask of the database, however much there is. Beginning and ending a transaction is none.
const mostQueries = 12

// queries collects what is asked of the database.
type queries struct {
	lock  sync.Mutex
	asked []string
}

func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	q.lock.Lock()
	defer q.lock.Unlock()
	if sql := strings.TrimSpace(data.SQL); !strings.HasPrefix(sql, "begin") && sql != "commit" && sql != "rollback" {
		q.asked = append(q.asked, strings.Join(strings.Fields(sql), " "))
	}
	return ctx
}

func (q *queries) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (q *queries) take() []string {
	q.lock.Lock()
	defer q.lock.Unlock()
	asked := q.asked
	q.asked = nil
	return asked
}

// traced puts a pool that counts in the place of the app's.
func traced(t *testing.T, db *dbtest.DB) *queries {
	t.Helper()
	counted := &queries{}
	config := db.App.Config()
	config.ConnConfig.Tracer = counted
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db.App = pool
	return counted
}

// Every page is opened in an organization with a history and more platforms than a page may ask queries.
func TestEveryPageAsksFewQueries(t *testing.T) {
	db := dbtest.New(t)
	counted := traced(t, db)
	s := newSiteOver(t, db, false)
	ctx := t.Context()
	require.NoError(t, seed.Example(ctx, s.store, &jobs.Assessor{Store: s.store, Content: content.V1(), Now: time.Now}))
	d := desk{site: s, browser: s.browser(t)}
	s.signIn(t, d.browser, devidentity.People[0].Login)

	var organization, id, platform, snapshot, assessment, fingerprint string
	require.NoError(t, db.Admin.QueryRow(ctx, `
		select o.slug, p.id::text, p.slug, s.id::text from snapshots s join platforms p on p.id = s.platform_id join organizations o on o.id = p.organization_id
		order by (select count(*) from snapshots n where n.platform_id = p.id) desc, s.id desc limit 1`).Scan(&organization, &id, &platform, &snapshot))
	require.NoError(t, db.Admin.QueryRow(ctx, `select id::text from assessments where platform_id = $1 order by id desc limit 1`, id).Scan(&assessment))
	d.home = "/o/" + organization
	for i := range mostQueries + 3 {
		d.platform(t, fmt.Sprintf("Harbour %d", i), "")
	}
	_, _, status := d.sendLogo(t, d.browser, "", pictureOf(t, 30, 20, color.Black))
	require.Equal(t, http.StatusOK, status)
	base := d.home + "/platforms/" + platform
	for _, word := range between(d.open(t, base+"/findings", 200), `/findings/`) {
		if len(word) >= 32 { // the others are forms' addresses
			fingerprint = word
		}
	}
	require.NotEmpty(t, fingerprint)
	_, asked := d.post(t, base+"/what-if", url.Values{"f": {fingerprint}})

	_, reported := d.post(t, base+"/reports", url.Values{})
	finish(t, s, reported)

	tried := 0
	for _, r := range s.service.Routes() {
		if r.API || r.Method != http.MethodGet || strings.Contains(r.Path, "*") || strings.HasPrefix(r.Path, "/sign-in") || strings.HasPrefix(r.Path, "/identity") {
			continue
		}
		tried++
		t.Run(r.Path, func(t *testing.T) {
			path := strings.NewReplacer(":organization", organization, ":platform", platform, ":section", "probes", ":snapshot", snapshot, ":assessment", assessment, ":fingerprint", fingerprint).Replace(r.Path)
			switch {
			case strings.HasSuffix(r.Path, "/what-if/:question"):
				path = asked
			case strings.HasSuffix(r.Path, "/of/:question"):
				path = strings.Replace(path, ":question", "P1", 1)
			case strings.HasSuffix(r.Path, "/reports/:report"):
				path = reported
			case strings.HasSuffix(r.Path, "/reports/:report/file"):
				path = reported + "/file"
			case strings.HasSuffix(r.Path, "/members/:member"):
				path = "/o/" + organization + "/members/" + between(d.open(t, "/o/"+organization+"/members", 200), "/members/")[0]
			case strings.HasPrefix(r.Path, "/invitations/"):
				invited := text(t, s.post(t, d.browser, "/o/"+organization+"/members/invitations", url.Values{"role": {"viewer"}}))
				path = "/invitations/" + between(invited, "/invitations/")[0]
			case strings.HasPrefix(r.Path, "/rules/"):
				path = "/rules/probes/" + between(d.open(t, "/rules", 200), "/rules/probes/")[0]
			case strings.HasPrefix(r.Path, "/example/findings/"):
				path = "/example/findings/" + between(d.open(t, "/example", 200), "/example/findings/")[0]
			}
			counted.take()
			response := s.ask(t, d.browser, http.MethodGet, path)
			if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
				require.NoError(t, response.Body.Close()) // what follows is asked as long as somebody listens
			} else {
				text(t, response)
			}
			if !strings.HasSuffix(r.Path, "/belongs") && !strings.HasSuffix(r.Path, "/compare") && !strings.HasSuffix(r.Path, "/of/:question") { // these send on where nothing is in doubt, or to choose from
				require.Equal(t, http.StatusOK, response.StatusCode, path)
			}
			got := counted.take()
			require.LessOrEqual(t, len(got), mostQueries, strings.Join(got, "\n"))
			t.Logf("%2d queries", len(got))
		})
	}
	require.Greater(t, tried, 25)
}

// between lists what follows a text up to the end of the word it stands in.
func between(page, before string) (found []string) {
	for _, rest := range strings.Split(page, before)[1:] {
		if word := rest[:strings.IndexAny(rest, "\"?#&/ <")]; word != "" {
			found = append(found, word)
		}
	}
	return found
}
