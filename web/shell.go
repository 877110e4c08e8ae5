package web

// Shell is what every page has around its own content.
type Shell struct {
	Title        string // of the page; the product's name is added
	Viewer       *Viewer
	Organization *Organization // nil outside any
	Platform     *Platform     // nil outside any
	Tab          Tab           // which of the platform's or organization's pages this is
	Theme        Theme
	Notices      []Notice
	Example      bool   // the public example: it stands in no organization, and nothing in it can be changed
	Version      string // of the program, shown in the foot
}

// Viewer is who looks at the page. What they may not do is not offered, and the page says why.
type Viewer struct {
	Name  string
	Email string
	Role  string // owner, admin, assessor or viewer in the organization at hand; empty outside any
	May   Rights
}

// Rights are what the viewer may do in the organization at hand.
type Rights struct {
	Assess bool // answer questions, upload snapshots, make platforms
	Manage bool // rename, archive and delete platforms; tokens; members
}

// Organization as links and headings need it.
type Organization struct {
	Key  string // its segment in addresses
	Name string
}

// Platform as links and headings need it.
type Platform struct {
	Key      string // its segment in addresses
	Name     string
	Plan     bool // no cluster yet
	Archived bool
	Sample   bool // made to be looked at and thrown away
}

// Tab names the page of a platform or organization that is open.
type Tab string

// The tabs of a platform, then those of an organization.
const (
	TabResult    Tab = "result"
	TabFindings  Tab = "findings"
	TabEngines   Tab = "engines"
	TabQuestions Tab = "questions"
	TabSnapshots Tab = "snapshots"
	TabHistory   Tab = "history"
	TabSettings  Tab = "settings"

	TabPlatforms Tab = "platforms"
	TabMembers   Tab = "members"
	TabTokens    Tab = "tokens"

	TabOrganizationSettings Tab = "organization-settings"
)

// Theme is the person's choice; empty follows the system.
type Theme string

// The themes that can be chosen.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Notice is one message above the page's content.
type Notice struct {
	Kind NoticeKind
	Text string
}

// NoticeKind is the tone of a notice.
type NoticeKind string

// The tones.
const (
	NoticeInfo NoticeKind = ""
	NoticeGood NoticeKind = "good"
	NoticePoor NoticeKind = "poor"
	NoticeBad  NoticeKind = "bad"
)

func (s Shell) mayAssess() bool {
	return s.Viewer != nil && s.Viewer.May.Assess && (s.Platform == nil || !s.Platform.Archived)
}

func (s Shell) mayManage() bool { return s.Viewer != nil && s.Viewer.May.Manage }
