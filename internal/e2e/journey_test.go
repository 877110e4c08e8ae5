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
	p.reads("Nothing seen yet")
	p.keeps("05-from-answers")

	snapshot := collect(t, harbour(t))
	p.uploads(snapshot)
	p.scored()
	p.keeps("07-result")
	p.noComplaints()

	p.step("page, report and command line say the same", func() { p.onePlatformOneResult(snapshot) })
	p.step("findings and contradictions name their objects", func() { p.findsWhatIsWrong(platform) })
	p.step("every page is accessible on every screen", func() { p.everyPageIsAccessible(platform) })
	p.step("the same file again changes nothing", func() { p.uploadsAgain(platform, snapshot) })
	p.step("a service that is killed comes back with everything", func() { p.comesBack(platform) })
}

func (p *person) onePlatformOneResult(snapshot string) {
	page := p.readPage()
	require.NotEmpty(p.t, page.Verdict)
	require.Less(p.t, page.Low, page.High)
	day, err := time.Parse("2 January 2006", page.AsOf)
	require.NoError(p.t, err)

	report := readReport(p.t, p.downloadsReport())
	require.Contains(p.t, report.Verdict, page.Verdict)
	report.Verdict = page.Verdict
	require.Equal(p.t, page, report)

	arguments := []string{"score", snapshot, "--answers", answersFile(p.t), "--format", "json", "--fail-on", "none"}
	dated, _ := run(p.t, "plimsoll", append(arguments, "--as-of", day.Format(time.DateOnly))...)
	command := readCommand(p.t, dated)
	require.Equal(p.t, day.Format(time.DateOnly), command.AsOf)
	command.AsOf = page.AsOf
	require.Equal(p.t, page, command)
	undated, _ := run(p.t, "plimsoll", arguments...)
	require.Equal(p.t, dated, undated, "a snapshot's own day is the one that it is judged at")
}

// findsWhatIsWrong looks for what is wrong in the example cluster, and for the answers that it denies.
func (p *person) findsWhatIsWrong(platform string) {
	contradictions := look[string](p, "document.getElementById('contradictions').closest('section').textContent")
	for _, said := range []string{"What is the oldest Java line that runs in production?", "17 or newer", "8u181"} {
		require.Contains(p.t, contradictions, said)
	}
	p.follows(func() { p.presses("Findings") })
	for _, object := range []string{"streaming/kafka", "worker-c", "payments/ledger"} {
		p.reads(object)
	}
	p.keeps("08-findings")
	p.follows(func() { p.presses("streaming/kafka · kafka") })
	p.reads("startupProbe")
	p.keeps("09-finding")
	p.opens(platform)
	p.sees("document.getElementById('load-line')")
}

func (p *person) uploadsAgain(platform, snapshot string) {
	p.opens(platform)
	before := p.readPage()
	p.uploads(snapshot)
	p.reads("This snapshot was here already. Nothing is doubled.")
	p.reads("1 snapshot")
	require.Len(p.t, look[[]string](p, "[...document.querySelectorAll('#snapshots tbody tr')].map(r => r.innerText)"), 1)
	p.keeps("10-snapshots")
	p.follows(func() { p.clicks("document.querySelector('#snapshots tbody a')") })
	require.Equal(p.t, before, p.readPage(), "the result that the snapshot leads to")
	p.noComplaints()
}

// comesBack kills the service at work, and finds person, answers and result again.
func (p *person) comesBack(platform string) {
	p.opens(platform)
	before := p.readPage()
	app(p.t).kill(p.t)
	require.NoError(p.t, app(p.t).start())
	p.opens(platform)
	require.Equal(p.t, before, p.readPage())
	p.opens(platform + "/questions/gate")
	p.sees("document.querySelector(" + quote("[name='G1.option'][value='G1.b']") + ").checked")
	p.noComplaints()
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

// scored waits until the page that is open shows a result of a snapshot, without being asked. The first one is led to by the first steps.
func (p *person) scored() {
	p.t.Helper()
	p.sees("document.getElementById('load-line') || document.body.innerText.includes('The first result is there.')")
	if !look[bool](p, "!!document.getElementById('load-line')") {
		p.follows(func() { p.presses("See the result") })
	}
	p.sees("document.getElementById('about').innerText.includes('snapshot of') && document.getElementById('load-line') && !document.body.innerText.includes('is being scored')")
}

// downloadsReport has a report made, and returns the file that the browser saved.
func (p *person) downloadsReport() (path string) {
	p.t.Helper()
	p.follows(func() { p.presses("Make the PDF") })
	p.sees("document.body.innerText.includes('It is ready.')") // it came by itself
	return p.savesThePDF()
}

// savesThePDF presses the link to a report that is ready, and goes back to the result.
func (p *person) savesThePDF() (path string) {
	p.t.Helper()
	p.presses("Download")
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
	require.True(p.t, strings.HasPrefix(filepath.Base(path), "plimsoll-"), path)
	p.follows(func() { p.presses("Result") })
	if *pictures != "" {
		report, err := os.ReadFile(path)
		require.NoError(p.t, err)
		require.NoError(p.t, os.WriteFile(filepath.Join(*pictures, "report.pdf"), report, 0o644))
	}
	return path
}
