package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// Addresses of the pages that stand outside an organization.
const (
	FrontPath         = "/"
	SignInPath        = "/sign-in"
	SignOutPath       = "/sign-out"
	ThemePath         = "/theme"
	OrganizationsPath = "/organizations"
	InvitationsPath   = "/invitations"
	RulesPath         = "/rules"
	ExamplePath       = "/example"
)

// RulePath is the page of a rule by its id.
func RulePath(id string) string {
	pillar, slug, _ := strings.Cut(id, "/")
	return join("rules", pillar, slug)
}

func join(segments ...string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	return b.String()
}

// Path of the organization's page named by the segments; without any, its home.
func (o Organization) Path(segments ...string) string {
	return join(append([]string{"o", o.Key}, segments...)...)
}

// Path of the platform's page named by the segments; without any, its result. Pages: findings, findings/{fingerprint},
// questions, questions/{section}, questions/{section}/{question}, facts, snapshots, snapshots/{id}, snapshots/{id}/belongs,
// history, history/{id}, history/{id}/name, history/{id}/unname, assessments/{id}, compare, reports, reports/{id}, reports/{id}/file, settings, settings/rename, settings/archive, settings/delete.
func (p Platform) Path(o Organization, segments ...string) string {
	return o.Path(append([]string{"platforms", p.Key}, segments...)...)
}

// platformPath is Platform.Path within a shell.
func (s Shell) platformPath(segments ...string) templ.SafeURL {
	if s.Example {
		return examplePath(segments)
	}
	return templ.SafeURL(s.Platform.Path(*s.Organization, segments...))
}

func (s Shell) organizationPath(segments ...string) templ.SafeURL {
	if s.Example {
		return templ.SafeURL(FrontPath)
	}
	return templ.SafeURL(s.Organization.Path(segments...))
}

// examplePath is platformPath for the public example, which has a result and its findings. What else a platform has is one's own: its
// links lead to where the example says so.
func examplePath(segments []string) templ.SafeURL {
	switch {
	case len(segments) == 0:
		return templ.SafeURL(ExamplePath)
	case len(segments) == 1 && segments[0] == "findings":
		return templ.SafeURL(ExamplePath + "#findings")
	case len(segments) == 2 && segments[0] == "findings":
		return templ.SafeURL(join("example", "findings", segments[1]))
	}
	return templ.SafeURL(ExamplePath + "#yours")
}
