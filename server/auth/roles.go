// Package auth owns who somebody is and what they may do: sign-in by OpenID Connect, sessions, API tokens, and the one table of
// actions by role.
package auth

import (
	"slices"

	"plimsoll/server/store"
)

// Action is what a route does, as far as rights go. The zero value is no action: a route with it doesn't start.
type Action string

// Actions that need no role.
const (
	Public   Action = "public"    // anybody
	SignedIn Action = "signed-in" // any person who signed in
)

// Actions in an organization.
const (
	Read              Action = "read"                // results, findings, answers, snapshots, history, members
	Assess            Action = "assess"              // answer questions, state workload facts
	UploadSnapshot    Action = "upload-snapshot"     // by a person or by a token of that scope
	ReadSnapshotState Action = "read-snapshot-state" // what became of an upload, by a person or by the token that brought it
	CreatePlatform    Action = "create-platform"
	ManagePlatforms   Action = "manage-platforms" // rename, archive, delete, bind to another cluster
	ManageWaivers     Action = "manage-waivers"   // waive findings of a platform, and end waivers
	WorkOnFindings    Action = "work-on-findings" // assign, comment
	ManageMembers     Action = "manage-members"
	ManageTokens      Action = "manage-tokens"
	MakeFirstToken    Action = "make-first-token" // of the first steps: for uploads to one platform, and for days
	ManageSettings    Action = "manage-settings"
	ReadAudit         Action = "read-audit"
)

var everybody = []store.Role{store.Owner, store.Admin, store.Assessor, store.Viewer}
var assessors = []store.Role{store.Owner, store.Admin, store.Assessor}
var managers = []store.Role{store.Owner, store.Admin}

// table says which roles an action is for. It is the only place that does.
var table = map[Action][]store.Role{
	Read:              everybody,
	ReadSnapshotState: everybody,
	Assess:            assessors,
	UploadSnapshot:    assessors,
	CreatePlatform:    assessors,
	ManagePlatforms:   managers,
	ManageWaivers:     assessors,
	WorkOnFindings:    assessors,
	ManageMembers:     managers,
	ManageTokens:      managers,
	MakeFirstToken:    assessors, // who may upload by hand may have a command do it
	ManageSettings:    managers,
	ReadAudit:         managers,
}

// scopes says which actions a token's scope is good for.
var scopes = map[store.Scope][]Action{
	store.UploadScope: {UploadSnapshot, ReadSnapshotState},
}

// Known reports whether the action is one of ours.
func Known(action Action) bool {
	_, ok := table[action]
	return ok || action == Public || action == SignedIn
}

// InOrganization reports whether the action needs a role in an organization.
func InOrganization(action Action) bool { return table[action] != nil }

// Allows reports whether a member of the role may do the action.
func Allows(role store.Role, action Action) bool { return slices.Contains(table[action], role) }

// ScopeAllows reports whether a token of the scope may do the action.
func ScopeAllows(scope store.Scope, action Action) bool {
	return slices.Contains(scopes[scope], action)
}

// MayGive reports whether a member of one role may give, take or change another: an admin makes no owners and unmakes none.
func MayGive(role, other store.Role) bool {
	return Allows(role, ManageMembers) && (role == store.Owner || other != store.Owner)
}
