package repository

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plimsoll/assessments/snapshot"
)

// chart is a chart of the commit that is checked out, on the way back through its history.
type chart struct {
	path   string
	states []*state // from new to old
	ended  bool     // the commit before did not hold it
}

// state is what a chart's folder was from one commit on until another.
type state struct {
	folder  plumbing.Hash
	content *content
	since   time.Time // of the oldest commit that has it; zero: it may be older than what was read
	tagged  bool
	notes   bool // its version was named by the notes of the last commit that had the version
}

// findCharts lists the charts. What lies in another chart's folder of charts is that chart's dependency.
func (r *reading) findCharts(files []file) {
	var folders []string
	for _, f := range files {
		if path.Base(f.path) == "Chart.yaml" {
			folders = append(folders, path.Dir(f.path))
		}
	}
	for _, folder := range folders {
		inside := slices.ContainsFunc(folders, func(other string) bool {
			return strings.HasPrefix(folder, strings.TrimPrefix(other+"/charts/", "./"))
		})
		if inside || !r.wants(path.Join(folder, "Chart.yaml")) {
			continue
		}
		if len(r.charts) == maxCharts {
			r.skip("", fmt.Sprintf("more than %d charts: the rest is not read", maxCharts))
			return
		}
		r.charts = append(r.charts, &chart{path: folder})
	}
}

// readHistory goes from the commit that is checked out back along first parents, which is what was merged, and makes each chart's
// record of what it saw.
func (r *reading) readHistory(g *git, head plumbing.Hash) error {
	r.record.History = true
	h := &history{reading: r}
	var err error
	if h.shallow, err = g.shallow(); err != nil {
		return err
	}
	if len(r.charts) > 0 {
		var whole bool
		if h.tags, whole = g.tags(); !whole {
			r.skip("", fmt.Sprintf("more than %d tags: the rest is not looked at", maxTags))
		}
	}
	if err := h.walk(head); err != nil {
		return err
	}
	for _, c := range r.charts {
		r.record.Charts = append(r.record.Charts, r.chartRecord(c, h))
	}
	return nil
}

// history is a walk back.
type history struct {
	*reading
	shallow map[plumbing.Hash]bool
	tags    map[plumbing.Hash][]string
	head    plumbing.Hash // its tree
	cut     bool
}

func (h *history) walk(head plumbing.Hash) error {
	at := head
	for seen := 0; ; seen++ {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		c, err := h.objects.commit(at)
		if err != nil {
			h.end(at, "a commit that can't be read ("+reasonOf(err)+")")
			return nil
		}
		if seen == 0 {
			h.head = c.tree
		}
		if err := h.look(at, c); err != nil {
			h.end(at, "files that can't be read ("+reasonOf(err)+")")
			return nil
		}
		switch {
		case h.shallow[at]:
			h.end(at, "a shallow clone")
			return nil
		case c.parent.IsZero() || h.done():
			return nil
		case seen+1 >= maxCommits:
			h.end(at, fmt.Sprintf("more than %d commits", maxCommits))
			return nil
		}
		at = c.parent
	}
}

// end says where the history is cut: what came before is not known.
func (h *history) end(at plumbing.Hash, why string) {
	h.cut, h.record.HistoryCut = true, true
	h.skip("", fmt.Sprintf("the history is cut at commit %s: %s; what changed before it is not known", at.String()[:12], why))
	for _, c := range h.charts {
		if !c.ended && len(c.states) > 0 {
			c.states[len(c.states)-1].since = time.Time{}
		}
	}
}

// done reports whether no chart goes back any further.
func (h *history) done() bool {
	return !slices.ContainsFunc(h.charts, func(c *chart) bool { return !c.ended })
}

// look takes down what each chart is at a commit.
func (h *history) look(hash plumbing.Hash, c commit) error {
	for _, chart := range h.charts {
		if chart.ended {
			continue
		}
		folder, found, err := h.objects.find(c.tree, chart.path)
		if err != nil {
			return err
		}
		if !found || !h.holdsChart(folder) {
			chart.ended = true
			continue
		}
		s := h.stateOf(chart, folder, c.tree)
		s.since = c.at
		s.tagged = s.tagged || slices.ContainsFunc(h.tags[hash], func(tag string) bool { return tagNames(tag, s.content.name, s.content.version) })
		if len(chart.states) > maxChanges {
			chart.states, chart.ended = chart.states[:maxChanges], true
			h.record.HistoryCut = true
			h.skip(h.place(path.Join(chart.path, "Chart.yaml")), fmt.Sprintf("more than %d changes of the chart: older ones are not read", maxChanges))
		}
	}
	return nil
}

func (h *history) holdsChart(folder plumbing.Hash) bool {
	entries, err := h.objects.tree(folder)
	if err != nil {
		return false
	}
	_, found := named(entries, "Chart.yaml")
	return found
}

// stateOf is the chart's oldest state so far where the folder is still that, else a new one that is older.
func (h *history) stateOf(c *chart, folder, root plumbing.Hash) *state {
	if n := len(c.states); n > 0 && c.states[n-1].folder == folder {
		return c.states[n-1]
	}
	s := &state{folder: folder, content: h.content.of(folder)}
	if n := len(c.states); n > 0 && c.states[n-1].content.version == s.content.version {
		s.notes = c.states[n-1].notes // a newer commit with the same version was asked already
	} else {
		s.notes = s.content.annotated || h.notes.name(root, c.path, s.content.version)
	}
	c.states = append(c.states, s)
	return s
}

// tagNames reports whether a tag names a chart's version: 1.4.2, v1.4.2, web-1.4.2, charts/web/v1.4.2.
func tagNames(tag, chart, version string) bool {
	version = strings.TrimPrefix(version, "v")
	before, is := strings.CutSuffix(tag, version)
	if version == "" || !is {
		return false
	}
	before = strings.Trim(strings.TrimSuffix(before, "v"), "-_/@.")
	if before == "" {
		return true
	}
	lower := strings.ToLower(before)
	return chart != "" && strings.HasSuffix(lower, strings.ToLower(chart)) || strings.HasSuffix(lower, "chart") || strings.HasSuffix(lower, "charts") ||
		strings.HasSuffix(lower, "helm") || lower == "release"
}

// chartRecord is a chart as it stands, and what changed in it from old to new.
func (r *reading) chartRecord(c *chart, h *history) snapshot.Chart {
	file := path.Join(c.path, "Chart.yaml")
	record := snapshot.Chart{Name: path.Base(c.path), Path: c.path, Place: snapshot.Place{File: r.place(file)}}
	if c.path == "." {
		record.Name = r.record.Name
	}
	if len(c.states) == 0 {
		r.skip(r.place(file), "the chart could not be read")
		return record
	}
	now := c.states[0]
	if now.content.fault != "" {
		r.skip(r.place(file), now.content.fault)
		return record
	}
	if now.content.unread {
		r.skip(r.place(file), "the chart's values or dependencies can't be read: whether they changed is not known")
	}
	if now.content.name != "" {
		record.Name = now.content.name
	}
	record.Place.Line = now.content.versionLine
	record.Version, record.AppVersion = now.content.version, now.content.appVersion
	record.ReleaseNotes = now.notes
	record.Versions = changes(c.states)
	return record
}

// changes turns states into changes, from old to new. What neither moves a version nor changes what the chart makes is none.
func changes(states []*state) []snapshot.ChartVersion {
	var out []snapshot.ChartVersion
	var before *content
	for _, s := range slices.Backward(states) {
		now := s.content
		switch {
		case now.fault != "":
			continue
		case before != nil && !differs(before, now):
			out[len(out)-1].Tagged = out[len(out)-1].Tagged || s.tagged
			continue
		}
		change := snapshot.ChartVersion{Version: now.version, AppVersion: now.appVersion, At: pointerTo(s.since), Tagged: s.tagged, Images: now.images}
		change.NotesAdded = s.notes && (before == nil || before.version != now.version)
		if before != nil {
			change.Unread = before.unread || now.unread
			change.Templates = before.templates != now.templates
			change.Values = !change.Unread && before.values != now.values
			change.ImageTags = change.Values && before.otherValues == now.otherValues
		}
		before = now
		out = append(out, change)
	}
	return out
}

func differs(a, b *content) bool {
	return a.version != b.version || a.appVersion != b.appVersion || a.templates != b.templates || a.values != b.values || a.unread != b.unread ||
		!slices.Equal(a.images, b.images)
}

// pointerTo is a time that a snapshot takes; nil for others: a commit's clock says what it likes.
func pointerTo(at time.Time) *time.Time {
	if at.Year() < snapshot.MinYear || at.Year() > snapshot.MaxYear {
		return nil
	}
	return &at
}

// fit forgets the oldest changes until the record is no longer than a line of a snapshot may be.
func (r *reading) fit() {
	for most := maxChanges / 2; most > 0; most /= 2 {
		text, err := json.Marshal(r.record)
		if err == nil && len(text) <= maxRecordBytes {
			return
		}
		r.record.HistoryCut = true
		if most == maxChanges/2 {
			r.skip("", "more changes than a snapshot holds: the oldest are left out")
		}
		for i := range r.record.Charts {
			if versions := r.record.Charts[i].Versions; len(versions) > most {
				r.record.Charts[i].Versions = versions[len(versions)-most:]
			}
		}
	}
}
