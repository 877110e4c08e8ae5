// Package devidentity is an OpenID provider for one person on one machine: it signs anybody in who picks one of a few invented
// names. The product embeds it where everything is embedded, so that signing in takes the same road there as anywhere; it must never
// be reachable from another machine.
package devidentity

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Person is an invented name to sign in with.
type Person struct {
	Login string // the subject
	Name  string
	Email string
	About string
}

// Issuer is what people of this provider are kept under, on whatever port it listens.
const Issuer = "urn:plimsoll:development"

// People are the names that can be picked.
var People = []Person{
	{"mara", "Mara Lindqvist", "mara@example.com", "Platform lead: owns the example organization"},
	{"tomas", "Tomas Okoye", "tomas@example.com", "Engineer: answers, and uploads snapshots"},
	{"ines", "Ines Albrecht", "ines@example.com", "Manager: reads results"},
	{"yuki", "Yuki Sato", "yuki@example.com", "Somebody new, without any organization"},
}

// Provider is the identity provider, to be mounted under the path of its issuer.
type Provider struct {
	storage *storage
	handler http.Handler
	path    string // of the issuer
}

// Page is what the page to pick a name needs.
type Page struct {
	Action  string // where its form is posted: fields request and login
	Request string
	People  []Person
}

// New makes a provider for one client, which redirectURL belongs to. The issuer must be an http address of this machine.
func New(issuer, clientID, clientSecret, redirectURL string) (*Provider, error) {
	parsed, err := url.Parse(issuer)
	if err != nil || parsed.Scheme != "http" || !loopback(parsed.Hostname()) {
		return nil, fmt.Errorf("development identity provider: %q is not an http address of this machine alone", issuer)
	}
	kept, err := newStorage(parsed.Path, clientID, clientSecret, redirectURL)
	if err != nil {
		return nil, err
	}
	config := &op.Config{CodeMethodS256: true, SupportedScopes: []string{"openid", "profile", "email"}}
	_, _ = rand.Read(config.CryptoKey[:])
	provider, err := op.NewProvider(config, kept, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler))) // who asks logs what was refused
	if err != nil {
		return nil, fmt.Errorf("development identity provider: %w", err)
	}
	return &Provider{storage: kept, handler: http.StripPrefix(parsed.Path, provider), path: parsed.Path}, nil
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// Handler answers the protocol, and nothing else, under the path of its issuer.
func (p *Provider) Handler() http.Handler { return p.handler }

// SignInPath is the page to pick a name, within that path.
const SignInPath = "/sign-in"

// Page returns what the page to pick a name needs, for a request that is under way; false where there is none.
func (p *Provider) Page(request string) (Page, bool) {
	_, err := p.storage.AuthRequestByID(context.Background(), request)
	return Page{Action: p.path + SignInPath, Request: request, People: People}, err == nil
}

// Pick signs a name in for a request that is under way, and returns the address to go on to; false where either is not known.
func (p *Provider) Pick(request, login string) (next string, ok bool) {
	if !p.storage.pick(request, login) {
		return "", false
	}
	return p.path + "/authorize/callback?id=" + url.QueryEscape(request), true
}
