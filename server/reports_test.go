package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/report"
	"plimsoll/server/store"
)

// report has a report made, as a person does, and downloads it.
func (d desk) report(t *testing.T, platform, version string) *http.Response {
	t.Helper()
	_, at := d.post(t, platform+"/reports", url.Values{"format": {version}})
	eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "It is ready.") })
	return d.get(t, d.browser, at+"/file")
}

// finish makes a report in the place of the job.
func finish(t *testing.T, s *site, at string) {
	t.Helper()
	id, err := store.ParseID[store.Report](path.Base(at))
	require.NoError(t, err)
	var organization store.OrganizationID
	require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select organization_id from reports where id = $1", id).Scan(&organization))
	require.NoError(t, s.store.InOrganization(t.Context(), organization, func(x *store.Tx) error {
		return x.FinishReport(t.Context(), id, []byte("%PDF"), "")
	}))
}

// gated is a plan with a result, on a site that works on jobs once it is told to.
func gated(t *testing.T) (d desk, platform string) {
	t.Helper()
	s := newSite(t, false)
	d = desk{site: s, browser: s.browser(t)}
	s.signIn(t, d.browser, "mara")
	_, d.home = d.post(t, "/organizations", url.Values{"name": {"Nordhafen"}})
	platform = d.platform(t, "Next year", "1")
	require.NoError(t, s.queue.Start(t.Context()))
	d.post(t, platform+"/questions/gate", url.Values{"G1.revision": {"0"}, "G1.option": {"G1.d"}})
	eventually(t, func() bool { return strings.Contains(d.open(t, platform, 200), "Make the PDF") })
	require.NoError(t, s.queue.Stop(context.WithoutCancel(t.Context())))
	return d, platform
}

func (d desk) work(t *testing.T) {
	t.Helper()
	require.NoError(t, d.queue.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, d.queue.Stop(context.Background())) })
}

func (d desk) mark(t *testing.T, platform string) string {
	t.Helper()
	return text(t, d.get(t, d.browser, platform+"/live", "Accept", "text/plain"))
}

func TestAReportIsMadeByAJobAndKept(t *testing.T) {
	d, platform := gated(t)
	page, at := d.post(t, platform+"/reports", url.Values{"format": {"full"}})
	require.Contains(t, page, "It is being made.")
	require.Contains(t, page, "data-live")
	require.Regexp(t, `/reports/[0-9a-f-]{36}$`, at)
	require.Equal(t, http.StatusNotFound, d.get(t, d.browser, at+"/file").StatusCode, "nothing is there before it is made")
	require.Contains(t, d.open(t, platform+"/reports", 200), "being made")

	_, again := d.post(t, platform+"/reports", url.Values{"format": {"full"}})
	require.Equal(t, at, again, "who asks again waits for the same")
	require.Equal(t, 1, d.rows(t, "river.river_job where kind = 'report'"))
	waiting := d.mark(t, platform)

	d.work(t)
	eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "It is ready.") })
	require.NotContains(t, d.open(t, at, 200), "data-live", "nothing more is followed")
	require.NotEqual(t, waiting, d.mark(t, platform), "a page that waits is told")
	pdf := d.get(t, d.browser, at+"/file")
	require.Equal(t, "application/pdf", pdf.Header.Get("Content-Type"))
	require.Regexp(t, `^attachment; filename="plimsoll-next-year-\d{4}-\d\d-\d\d\.pdf"$`, pdf.Header.Get("Content-Disposition"))
	first := text(t, pdf)
	require.True(t, strings.HasPrefix(first, "%PDF-"))
	require.Equal(t, first, text(t, d.report(t, platform, "full")), "the same of the same result")
	require.NotEqual(t, first, text(t, d.report(t, platform, "short")))
	require.Contains(t, d.open(t, platform+"/reports", 200), "3 reports")
	for _, format := range report.Formats() {
		made := d.report(t, platform, string(format))
		require.Equal(t, format.MediaType(), made.Header.Get("Content-Type"))
		require.Contains(t, made.Header.Get("Content-Disposition"), format.Extension()+`"`)
		require.NotEmpty(t, text(t, made), format)
	}
}

func TestAReportIsOfAResultOfItsPlatform(t *testing.T) {
	d, platform := gated(t)
	other := d.platform(t, "Another", "")
	var assessment string
	require.NoError(t, d.db.Admin.QueryRow(t.Context(), "select id::text from assessments limit 1").Scan(&assessment))
	ask := func(platform string, form url.Values) int {
		response, err := d.browser.PostForm(d.URL+platform+"/reports", form)
		require.NoError(t, err)
		text(t, response)
		return response.StatusCode
	}
	require.Equal(t, http.StatusNotFound, ask(other, url.Values{"assessment": {assessment}}))
	require.Equal(t, http.StatusNotFound, ask(other, nil), "it has no result")
	require.Equal(t, http.StatusNotFound, ask(platform, url.Values{"assessment": {"x"}}))
	require.Equal(t, http.StatusUnprocessableEntity, ask(platform, url.Values{"format": {"long"}}))
	require.Contains(t, d.open(t, other+"/reports", 200), "Nothing to print yet")
	_, at := d.post(t, platform+"/reports", url.Values{"assessment": {assessment}})
	finish(t, d.site, at)
	for _, path := range []string{"", "/file"} {
		d.open(t, strings.Replace(at, platform, other, 1)+path, 404)
	}
}

func TestAReportThatCanNotBeMadeSaysSo(t *testing.T) {
	d, platform := gated(t)
	made := func() ([]byte, error) { panic("a heading without end") }
	d.queue.ReportBy(func(context.Context, *store.Tx, store.Report) (func() ([]byte, error), error) {
		return func() ([]byte, error) { return made() }, nil
	})
	_, at := d.post(t, platform+"/reports", nil)
	d.work(t)
	eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "The report could not be made.") })
	require.Contains(t, d.open(t, platform+"/reports", 200), "not made")
	require.Contains(t, d.log.String(), "a heading without end")
	require.NotContains(t, d.open(t, at, 200), "heading without end", "what broke is for the operator")
	require.Equal(t, http.StatusNotFound, d.get(t, d.browser, at+"/file").StatusCode)

	made = func() ([]byte, error) { return []byte("%PDF-1.7"), nil }
	require.Contains(t, d.open(t, at, 200), "Try again")
	require.Equal(t, "%PDF-1.7", text(t, d.report(t, platform, "full")))

	made = func() ([]byte, error) { return make([]byte, store.MaxReportBytes+1), nil }
	_, at = d.post(t, platform+"/reports", nil)
	eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "The report could not be made.") })
}

// A fault that may pass is tried again, and told only when it does not.
func TestAReportIsTriedAgain(t *testing.T) {
	d, platform := gated(t)
	tries := 0
	d.queue.ReportBy(func(context.Context, *store.Tx, store.Report) (func() ([]byte, error), error) {
		if tries++; tries == 1 {
			return nil, errors.New("the database went away")
		}
		return func() ([]byte, error) { return []byte("%PDF-1.7"), nil }, nil
	})
	d.work(t)
	require.Equal(t, "%PDF-1.7", text(t, d.report(t, platform, "full")))
	require.Equal(t, 2, tries)
}

func TestReportsAreBounded(t *testing.T) {
	d, platform := gated(t)
	_, err := d.db.Admin.Exec(t.Context(), `
		insert into reports (organization_id, id, platform_id, assessment_id, format, state, content)
		select organization_id, lpad(i::text, 32, '0')::uuid, platform_id, id, 'full', 'done', '%PDF' from assessments, generate_series(1, 30) i`)
	require.NoError(t, err)
	_, at := d.post(t, platform+"/reports", nil)
	require.Equal(t, 20, d.rows(t, "reports"), "the newest are kept")
	d.open(t, at, 200)
	_, err = d.db.Admin.Exec(t.Context(), `
		drop index reports_waiting_idx; delete from reports;
		insert into reports (organization_id, id, platform_id, assessment_id, format) select organization_id, gen_random_uuid(), platform_id, id, 'short' from assessments, generate_series(1, 8)`)
	require.NoError(t, err)
	response, err := d.browser.PostForm(d.URL+platform+"/reports", nil)
	require.NoError(t, err)
	require.Contains(t, text(t, response), "Several reports are being made already.")
	require.Equal(t, http.StatusTooManyRequests, response.StatusCode)
	require.Equal(t, 8, d.rows(t, "reports"))
}
