package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/auth"
	"plimsoll/server/seed"
	"plimsoll/server/store"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

var static = web.StaticHandler()

// showStatic serves scripts, styles and fonts.
func showStatic(c echo.Context, _ *visit) error {
	static.ServeHTTP(c.Response(), c.Request())
	return nil
}

// showFront explains the product with the example's result, and signs in.
func (s *Server) showFront(c echo.Context, _ *visit) error {
	example, err := s.example()
	if err != nil {
		return err
	}
	return show(c, web.Front(web.FrontPage{Shell: s.shell(c, "Plimsoll"), Example: web.Teaser{Platform: example.Platform, Assessment: example.Latest()}}))
}

// exampleShell is the shell of the example's pages, which everybody may see and nobody change.
func (s *Server) exampleShell(c echo.Context, example *seed.Showcase, title string) web.Shell {
	shell := s.shell(c, title)
	shell.Example = true
	shell.Organization, shell.Platform = &web.Organization{Name: example.Organization}, &web.Platform{Name: example.Platform}
	return shell
}

// showExample is the example's result.
func (s *Server) showExample(c echo.Context, _ *visit) error {
	example, err := s.example()
	if err != nil {
		return err
	}
	latest := example.Latest()
	shown := web.ResultPage{Shell: s.exampleShell(c, example, example.Platform), Assessment: latest, Questions: s.questionTexts(), Findings: web.FindingList{Counts: map[assessments.Severity]int{}}}
	for _, f := range latest.Findings {
		if f.Waived {
			continue
		}
		shown.Findings.Counts[f.Severity]++
		if len(shown.Findings.Items) < topFindings {
			shown.Findings.Items = append(shown.Findings.Items, f)
		}
	}
	for _, result := range example.Results {
		shown.Moments = append(shown.Moments, drawing.Moment{Label: result.AsOf.Format("2 Jan"), Interval: web.Interval(*result.Score), Yardstick: result.ContentVersion})
	}
	return show(c, web.Result(shown))
}

// showExampleFinding is one of the example's findings in full.
func (s *Server) showExampleFinding(c echo.Context, _ *visit) error {
	example, err := s.example()
	if err != nil {
		return err
	}
	for _, f := range example.Latest().Findings {
		if f.Fingerprint != c.Param("fingerprint") {
			continue
		}
		shown := web.FindingPage{Shell: s.exampleShell(c, example, f.Subject.String()), Finding: f}
		shown.Text, shown.Control = s.saidOf(f.Rule)
		return show(c, web.Finding(shown))
	}
	return store.ErrNotFound
}

// pageRoutes are the pages.
func (s *Server) pageRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	const organization = "/o/:organization"
	const platform = organization + "/platforms/:platform"
	return []route{
		{get, web.FrontPath, auth.Public, page, 0, s.showFront},
		{get, web.ExamplePath, auth.Public, page, 0, s.showExample},
		{get, web.ExamplePath + "/findings/:fingerprint", auth.Public, page, 0, s.showExampleFinding},
		{get, web.RulesPath, auth.Public, page, 0, s.listRules},
		{get, web.RulesPath + "/:pillar/:rule", auth.Public, page, 0, s.showRule},
		{get, web.OrganizationsPath, auth.SignedIn, page, 0, s.showOrganizations},
		{post, web.OrganizationsPath, auth.SignedIn, page, 0, s.createOrganization},
		{get, web.InvitationsPath + "/:secret", auth.SignedIn, page, 0, s.showInvitation},
		{post, web.InvitationsPath + "/:secret", auth.SignedIn, page, 0, s.acceptInvitation},

		{get, organization, auth.Read, page, 0, s.showOrganization},
		{get, organization + "/platforms/new", auth.CreatePlatform, page, 0, s.newPlatform},
		{post, organization + "/sample", auth.CreatePlatform, page, 0, s.makeSample},
		{post, organization + "/platforms", auth.CreatePlatform, page, 0, s.createPlatform},
		{get, organization + "/members", auth.Read, page, 0, s.listMembers},
		{get, organization + "/settings", auth.Read, page, 0, s.showOrganizationSettings},
		{get, organization + "/logo.png", auth.Read, page, 0, s.showLogo},
		{post, organization + "/logo", auth.ManageSettings, page, logoFormBytes, s.putLogo},
		{post, organization + "/logo/remove", auth.ManageSettings, page, 0, s.removeLogo},
		{post, organization + "/members/invitations", auth.ManageMembers, page, 0, s.invite},
		{post, organization + "/members/invitations/:invitation/end", auth.ManageMembers, page, 0, s.endInvitation},
		{get, organization + "/members/:member", auth.ManageMembers, page, 0, s.showMember},
		{post, organization + "/members/:member/role", auth.ManageMembers, page, 0, s.setRole},
		{post, organization + "/members/:member/remove", auth.ManageMembers, page, 0, s.removeMember},
		{get, organization + "/leave", auth.Read, page, 0, s.showLeave},
		{post, organization + "/leave", auth.Read, page, 0, s.leave},
		{get, organization + "/tokens", auth.ManageTokens, page, 0, s.listTokens},
		{post, organization + "/tokens", auth.ManageTokens, page, 0, s.createToken},
		{post, organization + "/tokens/:token/revoke", auth.ManageTokens, page, 0, s.revokeToken},

		{get, platform, auth.Read, page, 0, s.showPlatform},
		{get, platform + "/assessments/:assessment", auth.Read, page, 0, s.showAssessment},
		{get, platform + "/start", auth.Read, page, 0, s.showStart},
		{post, platform + "/start", auth.MakeFirstToken, page, 0, s.makeFirstToken},
		{get, platform + "/collect", auth.Read, page, 0, s.showCollect},
		{post, platform + "/discard", auth.CreatePlatform, page, 0, s.discardSample},
		{get, platform + "/live", auth.Read, page, 0, s.followPlatform},
		{get, platform + "/reports", auth.Read, page, 0, s.listReports},
		{post, platform + "/reports", auth.Read, page, 0, s.askReport},
		{get, platform + "/reports/:report", auth.Read, page, 0, s.showReport},
		{get, platform + "/reports/:report/file", auth.Read, page, 0, s.downloadReport},
		{get, platform + "/upgrade", auth.Read, page, 0, s.showExhibit("upgrade")},
		{get, platform + "/probe", auth.Read, page, 0, s.showExhibit("probe")},
		{get, platform + "/heap", auth.Read, page, 0, s.showExhibit("heap")},
		{get, platform + "/network", auth.Read, page, 0, s.showExhibit("network")},
		{get, platform + "/findings", auth.Read, page, 0, s.listFindings},
		{post, platform + "/findings/waive", auth.ManageWaivers, page, 0, s.waiveFindings},
		{post, platform + "/findings/unwaive", auth.ManageWaivers, page, 0, s.unwaiveFindings},
		{get, platform + "/findings/:fingerprint", auth.Read, page, 0, s.showFinding},
		{post, platform + "/findings/:fingerprint/assign", auth.WorkOnFindings, page, 0, s.assignFinding},
		{post, platform + "/findings/:fingerprint/comments", auth.WorkOnFindings, page, 0, s.addComment},
		{post, platform + "/findings/:fingerprint/withdraw", auth.WorkOnFindings, page, 0, s.withdrawComment},
		{get, platform + "/what-if", auth.Read, page, 0, s.askWhatIf},
		{post, platform + "/what-if", auth.Read, page, 0, s.tryWhatIf},
		{get, platform + "/what-if/:question", auth.Read, page, 0, s.showWhatIf},
		{get, platform + "/contradictions", auth.Read, page, 0, s.showContradictions},
		{get, platform + "/unseen", auth.Read, page, 0, s.showUnseen},
		{get, platform + "/questions", auth.Read, page, 0, s.showQuestions},
		{get, platform + "/questions/of/:question", auth.Read, page, 0, s.showQuestion},
		{get, platform + "/questions/:section", auth.Read, page, 0, s.showSection},
		{post, platform + "/questions/:section", auth.Assess, page, questionsBytes, s.saveSection},
		{post, platform + "/questions/:section/:question", auth.Assess, page, 0, s.saveAnswer},
		{get, platform + "/facts", auth.Read, page, 0, s.showFacts},
		{post, platform + "/facts", auth.Assess, page, 0, s.stateFact},
		{post, platform + "/facts/remove", auth.Assess, page, 0, s.removeFact},
		{get, platform + "/snapshots", auth.Read, page, 0, s.listSnapshots},
		{post, platform + "/snapshots", auth.UploadSnapshot, page, s.Config.UploadBytes + formBytes, s.uploadFile},
		{get, platform + "/snapshots/:snapshot/belongs", auth.UploadSnapshot, page, 0, s.askBelongs},
		{post, platform + "/snapshots/:snapshot/belongs", auth.ManagePlatforms, page, 0, s.sayBelongs},
		{get, platform + "/history", auth.Read, page, 0, s.showHistory},
		{get, platform + "/history/:assessment", auth.Read, page, 0, s.showMilestone},
		{post, platform + "/history/:assessment/name", auth.Assess, page, 0, s.nameAssessment},
		{post, platform + "/history/:assessment/unname", auth.Assess, page, 0, s.unnameAssessment},
		{get, platform + "/compare", auth.Read, page, 0, s.compareAssessments},
		{get, platform + "/settings", auth.Read, page, 0, s.showSettings},
		{post, platform + "/settings/rename", auth.ManagePlatforms, page, 0, s.renamePlatform},
		{post, platform + "/settings/archive", auth.ManagePlatforms, page, 0, s.archivePlatform},
		{post, platform + "/settings/delete", auth.ManagePlatforms, page, 0, s.deletePlatform},
	}
}

// questionsBytes bounds a section's form: up to 13 questions, each with a note of 2,000 characters and five links.
const questionsBytes = 512 << 10
