package devidentity

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

var errUnknown = errors.New("not known")

// How long things of the provider hold.
const (
	requestLifetime = 10 * time.Minute
	tokenLifetime   = 5 * time.Minute
	maxRequests     = 1000 // under way at once; the oldest give way
)

// storage keeps the provider's state in memory: a restart ends what is under way, and nothing else.
type storage struct {
	client *client
	secret string
	key    *rsa.PrivateKey
	keyID  string

	mu       sync.Mutex
	requests []*request // the oldest first
	tokens   map[string]issued
}

type issued struct {
	login   string
	expires time.Time
}

func newStorage(path, clientID, secret, redirectURL string) (*storage, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("development identity provider: %w", err)
	}
	c := &client{id: clientID, redirectURL: redirectURL, signInPath: path + SignInPath}
	return &storage{client: c, secret: secret, key: key, keyID: rand.Text(), tokens: map[string]issued{}}, nil
}

func person(login string) (Person, bool) {
	i := slices.IndexFunc(People, func(p Person) bool { return p.Login == login })
	if i < 0 {
		return Person{}, false
	}
	return People[i], true
}

// find returns the newest request that is not too old and fits.
func (s *storage) find(fits func(*request) bool) (*request, error) {
	for _, r := range slices.Backward(s.requests) {
		if fits(r) && time.Since(r.begun) < requestLifetime {
			return r, nil
		}
	}
	return nil, errUnknown
}

func (s *storage) pick(id, login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(func(r *request) bool { return r.id == id && r.login == "" })
	if _, known := person(login); err != nil || !known {
		return false
	}
	r.login, r.at = login, time.Now()
	return true
}

// CreateAuthRequest begins a sign-in.
func (s *storage) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{id: rand.Text(), asked: *asked, begun: time.Now()}
	s.requests = append(s.requests[max(0, len(s.requests)-maxRequests+1):], r)
	return *r, nil
}

// AuthRequestByID returns a sign-in that is under way.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(func(r *request) bool { return r.id == id })
	if err != nil {
		return nil, err
	}
	return *r, nil
}

// AuthRequestByCode returns a sign-in by the code that was given for it.
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(func(r *request) bool { return r.code != "" && r.code == code })
	if err != nil {
		return nil, err
	}
	return *r, nil
}

// SaveAuthCode keeps the code of a sign-in.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(func(r *request) bool { return r.id == id })
	if err == nil {
		r.code = code
	}
	return err
}

// DeleteAuthRequest ends a sign-in: its code is good once.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = slices.DeleteFunc(s.requests, func(r *request) bool { return r.id == id })
	return nil
}

// CreateAccessToken gives a token, which is good for UserInfo alone.
func (s *storage) CreateAccessToken(_ context.Context, asked op.TokenRequest) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for id, token := range s.tokens {
		if now.After(token.expires) {
			delete(s.tokens, id)
		}
	}
	id, expires := rand.Text(), now.Add(tokenLifetime)
	s.tokens[id] = issued{asked.GetSubject(), expires}
	return id, expires, nil
}

// SetUserinfoFromToken says who a token speaks for.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, tokenID, _, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, ok := s.tokens[tokenID]
	who, known := person(token.login)
	if !ok || !known || time.Now().After(token.expires) {
		return errUnknown
	}
	info.Subject, info.Name, info.Email, info.EmailVerified = who.Login, who.Name, who.Email, true
	return nil
}

// GetClientByClientID returns the one client.
func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.client.id {
		return nil, errUnknown
	}
	return s.client, nil
}

// AuthorizeClientIDSecret lets the one client in.
func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.client.id || subtle.ConstantTimeCompare([]byte(secret), []byte(s.secret)) != 1 {
		return errUnknown
	}
	return nil
}

// SigningKey signs id tokens.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return signingKey{s}, nil }

// SignatureAlgorithms are those of the key.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet is the public half.
func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s}}, nil }

// Health is good: there is nothing that could be away.
func (s *storage) Health(context.Context) error { return nil }

// What follows belongs to grants that this provider does not offer.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, oidc.ErrUnsupportedGrantType()
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, oidc.ErrUnsupportedGrantType()
}
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }
func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrUnsupportedGrantType()
}

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnknown
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnknown
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, oidc.ErrUnsupportedGrantType()
}

// request is a sign-in that is under way.
type request struct {
	id    string
	asked oidc.AuthRequest
	begun time.Time
	login string // picked
	at    time.Time
	code  string
}

func (r request) GetID() string          { return r.id }
func (r request) GetACR() string         { return "" }
func (r request) GetAMR() []string       { return nil }
func (r request) GetAudience() []string  { return []string{r.asked.ClientID} }
func (r request) GetAuthTime() time.Time { return r.at }
func (r request) GetClientID() string    { return r.asked.ClientID }
func (r request) GetCodeChallenge() *oidc.CodeChallenge {
	if r.asked.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}
func (r request) GetNonce() string                   { return r.asked.Nonce }
func (r request) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r request) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r request) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r request) GetScopes() []string                { return r.asked.Scopes }
func (r request) GetState() string                   { return r.asked.State }
func (r request) GetSubject() string                 { return r.login }
func (r request) Done() bool                         { return r.login != "" }

// client is the product as the provider knows it.
type client struct{ id, redirectURL, signInPath string }

func (c *client) GetID() string                       { return c.id }
func (c *client) RedirectURIs() []string              { return []string{c.redirectURL} }
func (c *client) PostLogoutRedirectURIs() []string    { return nil }
func (c *client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c *client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodBasic }
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c *client) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c *client) LoginURL(id string) string            { return c.signInPath + "?request=" + url.QueryEscape(id) }
func (c *client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (c *client) IDTokenLifetime() time.Duration       { return tokenLifetime }
func (c *client) DevMode() bool                        { return true } // http on this machine
func (c *client) IsScopeAllowed(string) bool           { return false }
func (c *client) IDTokenUserinfoClaimsAssertion() bool { return false }
func (c *client) ClockSkew() time.Duration             { return 0 }
func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

type signingKey struct{ *storage }

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) Key() any                                    { return k.key }
func (k signingKey) ID() string                                  { return k.keyID }

type publicKey struct{ *storage }

func (k publicKey) ID() string                         { return k.keyID }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return k.key.Public() }
