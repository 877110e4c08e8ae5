package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
)

// TestJourney is the first one: from the front page to the report, and what must hold of its result.
func TestJourney(t *testing.T) {
	p := newPerson(t)
	p.opens("/")
	p.keeps("00-front")
	p.signsIn("Mara")
	p.keeps("01-organizations")
	platform := p.names("Northwind Freight", "Harbour")
	p.keeps("02-nothing-yet")

	p.follows(func() { p.presses("Questions") })
	p.keeps("03-questions")
	p.follows(func() { p.presses("Where you stand") })
	sections := questionnaire.Current().Sections
	for i, section := range sections {
		for _, answer := range givenIn(t, section.ID) {
			p.answers(answer)
		}
		p.keeps("04-" + string(section.ID))
		if i+1 < len(sections) {
			p.follows(func() { p.presses("Save and go on") })
		}
	}
	p.follows(func() { p.presses("Save and see the result") })
	require.Equal(t, platform, p.location())
	p.sees("document.getElementById('load-line')")
	p.keeps("05-from-answers")

	snapshot := collect(t)
	p.uploads(snapshot)
	p.scored()
	p.keeps("07-result")
	p.noComplaints()

	t.Run("page, report and command line say the same", func(t *testing.T) {
		page := p.readPage()
		require.NotEmpty(t, page.Verdict)
		require.Less(t, page.Low, page.High)
		day, err := time.Parse("2 January 2006", page.AsOf)
		require.NoError(t, err)

		report := readReport(t, p.downloadsReport())
		require.Contains(t, report.Verdict, page.Verdict)
		report.Verdict = page.Verdict
		require.Equal(t, page, report)

		arguments := []string{"score", snapshot, "--answers", answersFile(t), "--format", "json", "--fail-on", "none"}
		dated, _ := run(t, "plimsoll", append(arguments, "--as-of", day.Format(time.DateOnly))...)
		command := readCommand(t, dated)
		require.Equal(t, day.Format(time.DateOnly), command.AsOf)
		command.AsOf = page.AsOf
		require.Equal(t, page, command)
		undated, _ := run(t, "plimsoll", arguments...)
		require.Equal(t, dated, undated, "a snapshot's own day is the one that it is judged at")
	})
}

// names makes an organization and a platform through the pages, and returns the platform's path.
func (p *person) names(organization, platform string) string {
	p.t.Helper()
	p.types("#name", organization)
	p.follows(func() { p.presses("Create organization") })
	p.follows(func() { p.presses("Create a platform") })
	p.types("#name", platform)
	p.follows(func() { p.presses("Create platform") })
	return p.location()
}

// uploads brings a snapshot to the platform whose page is open, by the file field of the browser.
func (p *person) uploads(path string) {
	p.t.Helper()
	p.follows(func() { p.presses("Snapshots") })
	p.keeps("06-upload")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	look[bool](p, `document.addEventListener("htmx:xhr:progress", event => {
		if (event.detail.lengthComputable && !document.querySelector("progress").hidden) sessionStorage.shown = document.querySelector("progress").value;
	}) ?? true`)
	p.follows(func() { p.presses("Upload") })
	require.Greater(p.t, look[float64](p, "Number(sessionStorage.shown ?? 0)"), 0.0, "the progress of the upload is shown")
}

// scored waits until the page that is open shows a result of a snapshot, without being asked.
func (p *person) scored() {
	p.t.Helper()
	p.sees("document.getElementById('about').innerText.includes('snapshot of') && document.getElementById('load-line') && !document.body.innerText.includes('is being scored')")
}

// downloadsReport presses the link, and returns the file that the browser saved.
func (p *person) downloadsReport() (path string) {
	p.t.Helper()
	p.presses("Download the PDF")
	p.eventually(func() error {
		found, err := filepath.Glob(filepath.Join(p.downloads, "*.pdf"))
		if err == nil && len(found) == 0 {
			err = os.ErrNotExist
		}
		if err == nil {
			path = found[0]
		}
		return err
	})
	require.True(p.t, strings.HasPrefix(filepath.Base(path), "plimsoll-harbour-"), path)
	return path
}
