package server

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

// around is the shell of a page of an organization, and of one of its platforms where there is one.
func (s *Server) around(c echo.Context, title string, tab web.Tab, platform *store.Platform) web.Shell {
	shell := s.shell(c, title)
	shell.Tab, shell.Notices = tab, noticesOf(c)
	if platform != nil {
		shell.Platform = shownPlatform(*platform, false)
	}
	return shell
}

func shownPlatform(p store.Platform, plan bool) *web.Platform {
	return &web.Platform{Key: p.Slug, Name: p.Name, Plan: plan, Archived: p.ArchivedAt != nil, Sample: p.Sample}
}

// shown is the visit's organization as addresses and headings need it.
func (v *visit) shown() web.Organization {
	return web.Organization{Key: v.membership.Slug, Name: v.membership.Name}
}

// inOrganization runs do in the visit's organization.
func (s *Server) inOrganization(c echo.Context, v *visit, do func(ctx context.Context, tx *store.Tx) error) error {
	ctx := c.Request().Context()
	return s.store.InOrganization(ctx, v.organization, func(tx *store.Tx) error { return do(ctx, tx) })
}

// inPlatform runs do in the visit's organization with the platform that the address names.
func (s *Server) inPlatform(c echo.Context, v *visit, do func(ctx context.Context, tx *store.Tx, platform store.Platform) error) error {
	return s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.PlatformBySlug(ctx, c.Param("platform"))
		if err != nil {
			return err
		}
		return do(ctx, tx, platform)
	})
}

// notices are what a page can say of what was done before it. An address names one by its word, and can bring no text of its own.
var notices = map[string]web.Notice{
	"saved":      {Kind: web.NoticeGood, Text: "Saved."},
	"renamed":    {Kind: web.NoticeGood, Text: "Renamed."},
	"archived":   {Kind: web.NoticeInfo, Text: "Archived. It can be brought back at any time."},
	"back":       {Kind: web.NoticeGood, Text: "The platform is back."},
	"deleted":    {Kind: web.NoticeInfo, Text: "The platform is deleted."},
	"discarded":  {Kind: web.NoticeInfo, Text: "The snapshot is deleted."},
	"present":    {Kind: web.NoticeInfo, Text: "This snapshot was here already. Nothing is doubled."},
	"reading":    {Kind: web.NoticeGood, Text: "The reading of the node is kept. It is put into the cluster's snapshot when that is next scored."},
	"older":      {Kind: web.NoticeInfo, Text: "This reading, or a newer one of the same node, was here already."},
	"accepted":   {Kind: web.NoticeGood, Text: "The snapshot is accepted."},
	"thrown":     {Kind: web.NoticeInfo, Text: "The sample is thrown away. Nothing of it is left."},
	"waived":     {Kind: web.NoticeGood, Text: "Waived. The result is being worked out again."},
	"unwaived":   {Kind: web.NoticeGood, Text: "The waivers are ended. The result is being worked out again."},
	"wider":      {Kind: web.NoticeInfo, Text: "No waiver is for these findings alone. One that covers more is ended on a finding's own page."},
	"named":      {Kind: web.NoticeGood, Text: "The result has its name."},
	"unnamed":    {Kind: web.NoticeInfo, Text: "The name is gone. The result stays."},
	"commented":  {Kind: web.NoticeGood, Text: "Your comment stands."},
	"withdrawn":  {Kind: web.NoticeInfo, Text: "Your comment is withdrawn."},
	"logo":       {Kind: web.NoticeGood, Text: "The logo is kept. Reports carry it from now on."},
	"described":  {Kind: web.NoticeGood, Text: "The words for the logo are kept."},
	"unlogo":     {Kind: web.NoticeInfo, Text: "The logo is gone."},
	"revoked":    {Kind: web.NoticeInfo, Text: "The token is revoked."},
	"removed":    {Kind: web.NoticeInfo, Text: "They are no member any more."},
	"taken-back": {Kind: web.NoticeInfo, Text: "The invitation is taken back."},
}

func noticesOf(c echo.Context) []web.Notice {
	if notice, ok := notices[c.QueryParam("done")]; ok {
		return []web.Notice{notice}
	}
	return nil
}

// questionTexts are the words of every question by its id.
func (s *Server) questionTexts() map[string]string {
	texts := map[string]string{}
	for _, q := range s.Content.Questionnaire.Questions() {
		texts[q.ID] = q.Text
	}
	return texts
}

func rangeOf(row store.AssessmentRow) *assessments.Range {
	if row.ScoreLow == nil || row.ScoreHigh == nil {
		return nil
	}
	r := assessments.Range{Value: row.ScoreValue, Low: *row.ScoreLow, High: *row.ScoreHigh}
	if row.ScoreCoverage != nil {
		r.Coverage = *row.ScoreCoverage
	}
	if row.EvidenceShare != nil {
		r.EvidenceCoverage = *row.EvidenceShare
	}
	return &r
}

func loadLineOf(row store.AssessmentRow) *assessments.LoadLine {
	if row.LoadLineLow == "" {
		return nil
	}
	return &assessments.LoadLine{Low: assessments.Band(row.LoadLineLow), High: assessments.Band(row.LoadLineHigh)}
}

// moment is a time that may be missing.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
