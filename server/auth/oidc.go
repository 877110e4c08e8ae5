package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"plimsoll/server/store"
)

// Kinds of failure to sign in.
var (
	// ErrSignIn says that a sign-in can't be taken: begin again.
	ErrSignIn = errors.New("sign-in was refused")
	// ErrProviderAway says that the identity provider can't be reached.
	ErrProviderAway = errors.New("the identity provider can't be reached")
)

// ProviderConfig is an OpenID Connect provider and what it knows us by.
type ProviderConfig struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	RedirectURL  string
	// KnownAs is what its people are kept under, where its issuer is an address that may change; empty: the issuer.
	KnownAs string
}

// providerPatience bounds each conversation with the provider.
const providerPatience = 10 * time.Second

// Provider signs people in at an OpenID Connect provider, by the code flow with PKCE, state and nonce.
type Provider struct {
	config ProviderConfig
	client *http.Client

	mu         sync.Mutex
	discovered *oidc.Provider // nil until the provider was reached once
}

// NewProvider returns a provider that is looked up when it is first needed, so that the service starts also while it is away.
func NewProvider(config ProviderConfig) *Provider {
	return &Provider{config: config, client: &http.Client{Timeout: providerPatience}}
}

// Flow is what must be kept in the session between leaving for the provider and coming back.
type Flow struct {
	State, Nonce, Verifier string
	ReturnTo               string // path of ours to go on to
}

// Begin starts a sign-in: the address to send the browser to.
func (p *Provider) Begin(ctx context.Context, returnTo string) (address string, flow Flow, err error) {
	config, _, err := p.discover(ctx)
	if err != nil {
		return "", flow, err
	}
	flow = Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), ReturnTo: SafePath(returnTo)}
	return config.AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish ends a sign-in with what the browser brought back: who the provider vouches for.
func (p *Provider) Finish(ctx context.Context, flow Flow, query url.Values) (store.Identity, error) {
	if flow.State == "" || subtle.ConstantTimeCompare([]byte(flow.State), []byte(query.Get("state"))) != 1 {
		return store.Identity{}, fmt.Errorf("%w: it did not begin in this browser, or was used already", ErrSignIn)
	}
	if code := query.Get("error"); code != "" {
		return store.Identity{}, fmt.Errorf("%w by the identity provider: %.200q %.500q", ErrSignIn, code, query.Get("error_description"))
	}
	config, provider, err := p.discover(ctx)
	if err != nil {
		return store.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := config.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return store.Identity{}, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: p.config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return store.Identity{}, fmt.Errorf("%w: id token: %w", ErrSignIn, err)
	}
	if subtle.ConstantTimeCompare([]byte(flow.Nonce), []byte(id.Nonce)) != 1 {
		return store.Identity{}, fmt.Errorf("%w: the id token's nonce is not ours", ErrSignIn)
	}
	return p.identity(ctx, provider, token, id)
}

// exchangeError tells a refusal of the provider from a provider that is away.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("%w by the identity provider: %.200q", ErrSignIn, refused.ErrorCode)
	}
	return fmt.Errorf("%w: %w", ErrProviderAway, err)
}

type claims struct {
	Email             string `json:"email"`
	Name              string `json:"name"`
	PreferredUsername string `json:"preferred_username"`
}

// identity reads name and address from the id token, and where it carries none from UserInfo, as some providers do.
func (p *Provider) identity(ctx context.Context, provider *oidc.Provider, token *oauth2.Token, id *oidc.IDToken) (store.Identity, error) {
	var said claims
	if err := id.Claims(&said); err != nil {
		return store.Identity{}, fmt.Errorf("%w: id token: %w", ErrSignIn, err)
	}
	if said.Email == "" || said.Name == "" {
		more, err := p.userInfo(ctx, provider, token, id.Subject)
		if err != nil {
			return store.Identity{}, err
		}
		said.Email, said.Name = first(said.Email, more.Email), first(said.Name, more.Name)
		said.PreferredUsername = first(said.PreferredUsername, more.PreferredUsername)
	}
	name := first(said.Name, said.PreferredUsername, said.Email, "Person "+id.Subject)
	return store.Identity{Issuer: first(p.config.KnownAs, id.Issuer), Subject: id.Subject, Email: bounded(said.Email, 320), Name: bounded(name, 200)}, nil
}

func (p *Provider) userInfo(ctx context.Context, provider *oidc.Provider, token *oauth2.Token, subject string) (said claims, err error) {
	if provider.UserInfoEndpoint() == "" {
		return said, nil
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return said, fmt.Errorf("%w: UserInfo: %w", ErrProviderAway, err)
	}
	if info.Subject != subject {
		return said, fmt.Errorf("%w: UserInfo speaks of another person than the id token", ErrSignIn)
	}
	if err := info.Claims(&said); err != nil {
		return said, fmt.Errorf("%w: UserInfo: %w", ErrSignIn, err)
	}
	return said, nil
}

// discover reaches the provider once, and again after it was away.
func (p *Provider) discover(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovered == nil {
		// The keys are fetched anew long after this request: its end must not end that.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.config.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrProviderAway, err)
		}
		p.discovered = found
	}
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: p.discovered.Endpoint(), RedirectURL: p.config.RedirectURL,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}, p.discovered, nil
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// bounded cuts a text to at most n bytes, at a letter's edge.
func bounded(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}

// SafePath returns the path where it is one of this site, else the front page: what goes on after signing in must not lead away.
func SafePath(path string) string {
	parsed, err := url.Parse(path)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 1000 {
		return "/"
	}
	return path
}
