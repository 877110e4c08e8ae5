package e2e

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFirstSteps goes from the front page to a first result by the one command that the page shows: the upload arrives on the page by
// itself. Then it looks at a sample and throws it away.
func TestFirstSteps(t *testing.T) {
	p := newPerson(t)
	p.opens("/")
	p.follows(func() { p.presses("See a real result") })
	p.reads("An example: an invented cluster")
	p.isAccessible()
	p.signsIn("Mara")
	platform := p.names("Southwind Ferries", "Bookings")
	p.reads("Choose one of the two ways")

	p.follows(func() { p.presses("Make the command") })
	p.reads("Copy it now: it is not shown again.")
	p.isAccessible()
	p.keeps("start-token")
	p.runsTheCommand(p.text("#first-command"))
	p.reads("The first result is there.")
	require.Contains(t, p.text("#first-command"), "PLIMSOLL_TOKEN=", "the command stays while the page follows")
	require.Contains(t, p.text("#arrival"), "19 workloads")
	p.keeps("start-arrived")

	p.follows(func() { p.presses("Open the questions") })
	p.sees("!document.querySelector('#progress .axes')")
	open := []int{100, 100} // how wide need and ability still are
	for _, answer := range givenIn(t, "gate") {
		p.answers(answer)
		now := p.widths()
		require.True(t, len(now) == 2 && now[0] <= open[0] && now[1] <= open[1], "from %v to %v with %s", open, now, answer.Question)
		open = now
	}
	require.Equal(t, []int{0, 0}, open)
	p.opens(platform + "/start")
	p.follows(func() { p.presses("See the result") })
	p.sees("document.getElementById('load-line')")

	p.opens(platform[:strings.Index(platform, "/platforms/")])
	p.follows(func() { p.presses("Look at a sample first") })
	p.sees("document.getElementById('load-line')") // by itself: it is made beside the request
	p.reads("A sample: an invented cluster")
	p.isAccessible()
	p.follows(func() { p.presses("Throw the sample away") })
	p.reads("Nothing of it is left.")
	p.noComplaints()
}

// TestFirstStepsWithoutScript goes the same way by plain forms and links: what waits is looked at again by a link.
func TestFirstStepsWithoutScript(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	p.scripts(false)
	platform := p.names("Northwind Pilots", "Radar")
	p.follows(func() { p.presses("Make the command") })
	p.runsTheCommand(p.text("#first-command"))
	p.eventually(func() error {
		p.opens(platform + "/start")
		if !strings.Contains(p.text("#arrival"), "The first result is there.") {
			return context.DeadlineExceeded
		}
		return nil
	})
	p.follows(func() { p.presses("See the result") })
	p.sees("document.getElementById('load-line')")
	p.noComplaints()
}

// TestFollowingByAsking follows an upload where the browser knows no server-sent events.
func TestFollowingByAsking(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	p.names("Eastwind Tugs", "Harbour")
	p.follows(func() { p.presses("Make the command") })
	command := p.text("#first-command")
	// a page that never had them asks from its beginning: the events of this one are taken away, and it is shown again
	look[bool](p, "(() => { dispatchEvent(new Event('pagehide')); window.EventSource = undefined; dispatchEvent(new Event('pageshow')); return true; })()")
	p.runsTheCommand(command)
	p.reads("The first result is there.")
	p.noComplaints()
}

// widths are how far apart the ends of the need gate's ranges are.
func (p *person) widths() (points []int) {
	p.t.Helper()
	p.sees("document.querySelectorAll('#progress .axes .gauge').length === 2")
	for _, said := range look[[]string](p, "[...document.querySelectorAll('#progress .axes .number')].map(e => e.innerText)") {
		low, high, isRange := strings.Cut(said, " to ")
		points = append(points, 0)
		if isRange {
			points[len(points)-1] = number(p.t, high) - number(p.t, low)
		}
	}
	return points
}

var environment = regexp.MustCompile(`^(PLIMSOLL_TOKEN=\S+) (\S+/plimsoll-collect) (.*)$`)

// runsTheCommand runs the command as the page shows it, as a shell would, on the harbour's cluster.
func (p *person) runsTheCommand(command string) {
	p.t.Helper()
	parts := environment.FindStringSubmatch(strings.Join(strings.Fields(command), " "))
	require.NotNil(p.t, parts, command)
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	collector := exec.CommandContext(ctx, parts[2], append(strings.Fields(parts[3]), "--kubeconfig", harbour(p.t).Kubeconfig)...)
	collector.Env = append(os.Environ(), parts[1])
	said, err := collector.CombinedOutput()
	require.NoError(p.t, err, string(said))
}
