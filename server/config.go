package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
)

// Config is what a server is told by its environment. See Variables.
type Config struct {
	Address        string   // to listen on
	URL            *url.URL // by which browsers reach it
	MetricsAddress string   // empty: no metrics
	DatabaseURL    string
	Pooled         bool // a pooler in transaction mode stands before the database
	DatabaseConns  int
	Provider       auth.ProviderConfig
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	UploadBytes    int64          // of one snapshot as uploaded
	LogLevel       slog.Level
	LogJSON        bool

	// Local is for one person on one machine: only loopback is listened on, and only its own names are answered to.
	Local bool
	// Collector is how a shell on this machine calls the collector; empty: by its name. It stands in the first steps' command.
	Collector string
}

// Variable is one setting of the environment.
type Variable struct {
	Name, Text, Default string
	Secret              bool // may also be given as a file, by the same name and _FILE
}

// Variables are all settings, in the order of the help.
var Variables = []Variable{
	{Name: "DATABASE_URL", Text: "PostgreSQL, as a login that is a member of the role plimsoll_app (serve) or owns the schema (migrate)", Secret: true},
	{Name: "PLIMSOLL_URL", Text: "address by which browsers reach the service; https, but for this machine itself"},
	{Name: "PLIMSOLL_ADDRESS", Text: "address to listen on", Default: ":8080"},
	{Name: "PLIMSOLL_OIDC_ISSUER", Text: "issuer of the OpenID Connect provider"},
	{Name: "PLIMSOLL_OIDC_CLIENT_ID", Text: "client id at the provider"},
	{Name: "PLIMSOLL_OIDC_CLIENT_SECRET", Text: "client secret at the provider", Secret: true},
	{Name: "PLIMSOLL_DATABASE_POOLER", Text: "\"transaction\" where a pooler such as PgBouncer stands before the database in that mode"},
	{Name: "PLIMSOLL_DATABASE_CONNECTIONS", Text: "most connections to the database", Default: "20"},
	{Name: "PLIMSOLL_TRUSTED_PROXIES", Text: "networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, separated by commas"},
	{Name: "PLIMSOLL_MAX_UPLOAD_BYTES", Text: "largest snapshot that is taken, as uploaded", Default: strconv.FormatInt(snapshot.DefaultLimits().CompressedBytes, 10)},
	{Name: "PLIMSOLL_METRICS_ADDRESS", Text: "address of /metrics, on a port of its own; empty: none"},
	{Name: "PLIMSOLL_LOG_LEVEL", Text: "debug, info, warn or error", Default: "info"},
	{Name: "PLIMSOLL_LOG_FORMAT", Text: "json or text", Default: "json"},
}

// Help lists the settings for a command's help.
func Help() string {
	var b strings.Builder
	b.WriteString("Environment:\n")
	for _, v := range Variables {
		fmt.Fprintf(&b, "  %s\n        %s", v.Name, v.Text)
		if v.Default != "" {
			fmt.Fprintf(&b, " (default %s)", v.Default)
		}
		if v.Secret {
			fmt.Fprintf(&b, "; or a file with it as %s_FILE", v.Name)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// environment reads settings and gathers what is wrong with them, each named.
type environment struct {
	lookup   func(string) (string, bool)
	problems []error
}

func (e *environment) problem(name, format string, args ...any) {
	e.problems = append(e.problems, fmt.Errorf("%s: %w", name, fmt.Errorf(format, args...)))
}

func (e *environment) get(name string) string {
	var setting Variable
	for _, v := range Variables {
		if v.Name == name {
			setting = v
		}
	}
	value, set := e.lookup(name)
	if setting.Secret {
		if path, given := e.lookup(name + "_FILE"); given && path != "" {
			if set && value != "" {
				e.problem(name, "give it or %s_FILE, not both", name)
				return ""
			}
			return e.file(name+"_FILE", path)
		}
	}
	if value == "" {
		return setting.Default
	}
	return value
}

func (e *environment) file(name, path string) string {
	const most = 64 << 10
	info, err := os.Stat(path)
	if err == nil && info.Size() > most {
		err = fmt.Errorf("%s is larger than %d bytes", path, most)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		e.problem(name, "%w", err)
		return ""
	}
	return strings.TrimRight(string(text), "\r\n")
}

func (e *environment) need(name string) string {
	value := e.get(name)
	if value == "" {
		e.problem(name, "must be set")
	}
	return value
}

// secureURL reads an address that must be https where it leaves this machine.
func (e *environment) secureURL(name string) *url.URL {
	text := e.need(name)
	if text == "" {
		return nil
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		e.problem(name, "want an address such as https://plimsoll.example.com, got %q", text)
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		e.problem(name, "must be https: sessions and sign-ins would travel in the open to %s", parsed.Host)
	case parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "":
		e.problem(name, "must hold no user, query or fragment")
	}
	return parsed
}

func (e *environment) number(name string, least, most int64) int64 {
	text := e.get(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		e.problem(name, "want a number from %d to %d, got %q", least, most, text)
	}
	return n
}

// DatabaseURL reads the one setting that migrations need.
func DatabaseURL(lookup func(string) (string, bool)) (string, error) {
	e := &environment{lookup: lookup}
	value := e.need("DATABASE_URL")
	return value, errors.Join(e.problems...)
}

// ConfigFromEnvironment reads the settings of a service for others. The error names every variable that is missing, unreadable or not
// safe.
func ConfigFromEnvironment(lookup func(string) (string, bool)) (Config, error) {
	e := &environment{lookup: lookup}
	c := Config{
		DatabaseURL: e.need("DATABASE_URL"), URL: e.secureURL("PLIMSOLL_URL"), Address: e.get("PLIMSOLL_ADDRESS"),
		MetricsAddress: e.get("PLIMSOLL_METRICS_ADDRESS"),
		DatabaseConns:  int(e.number("PLIMSOLL_DATABASE_CONNECTIONS", 4, 1000)),
		UploadBytes:    e.number("PLIMSOLL_MAX_UPLOAD_BYTES", 1<<10, snapshot.DefaultLimits().CompressedBytes),
	}
	if c.URL != nil && strings.Trim(c.URL.Path, "/") != "" {
		e.problem("PLIMSOLL_URL", "must have no path: the service answers at the root of its host")
	}
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		e.problem("PLIMSOLL_ADDRESS", "want host:port, got %q", c.Address)
	}
	e.provider(&c)
	e.database(&c)
	e.log(&c)
	for _, text := range strings.FieldsFunc(e.get("PLIMSOLL_TRUSTED_PROXIES"), func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			e.problem("PLIMSOLL_TRUSTED_PROXIES", "want networks such as 10.0.0.0/8, got %q", text)
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix)
	}
	return c, errors.Join(e.problems...)
}

func (e *environment) provider(c *Config) {
	issuer := e.secureURL("PLIMSOLL_OIDC_ISSUER")
	c.Provider = auth.ProviderConfig{ClientID: e.need("PLIMSOLL_OIDC_CLIENT_ID"), ClientSecret: e.need("PLIMSOLL_OIDC_CLIENT_SECRET")}
	if issuer != nil {
		c.Provider.Issuer = e.get("PLIMSOLL_OIDC_ISSUER")
	}
	if c.URL != nil {
		c.Provider.RedirectURL = c.URL.JoinPath(CallbackPath).String()
	}
}

func (e *environment) database(c *Config) {
	switch pooler := e.get("PLIMSOLL_DATABASE_POOLER"); pooler {
	case "":
	case "transaction":
		c.Pooled = true
	default:
		e.problem("PLIMSOLL_DATABASE_POOLER", "want \"transaction\" or nothing, got %q", pooler)
	}
}

func (e *environment) log(c *Config) {
	if err := c.LogLevel.UnmarshalText([]byte(e.get("PLIMSOLL_LOG_LEVEL"))); err != nil {
		e.problem("PLIMSOLL_LOG_LEVEL", "want debug, info, warn or error, got %q", e.get("PLIMSOLL_LOG_LEVEL"))
	}
	switch format := e.get("PLIMSOLL_LOG_FORMAT"); format {
	case "json", "text":
		c.LogJSON = format == "json"
	default:
		e.problem("PLIMSOLL_LOG_FORMAT", "want json or text, got %q", format)
	}
}

// LocalConfig is the configuration for one person on one machine. An address that others could reach is refused.
func LocalConfig(address string) (Config, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return Config{}, fmt.Errorf("address %q: %w", address, err)
	}
	if !isLoopback(host) {
		return Config{}, fmt.Errorf("address %s: anybody who reaches this server can sign in as anybody, so that it listens on loopback alone (127.0.0.1)", address)
	}
	base := &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	return Config{
		Address: address, URL: base, DatabaseConns: 10, UploadBytes: snapshot.DefaultLimits().CompressedBytes, LogLevel: slog.LevelWarn, Local: true,
	}, nil
}

// EmbedIdentity makes the development identity provider below the configuration's own URL, and points the configuration at it.
func (c *Config) EmbedIdentity() (*devidentity.Provider, error) {
	c.Provider = auth.ProviderConfig{
		Issuer: c.URL.JoinPath(IdentityPath).String(), ClientID: "plimsoll", ClientSecret: "loopback only",
		RedirectURL: c.URL.JoinPath(CallbackPath).String(), KnownAs: devidentity.Issuer,
	}
	return devidentity.New(c.Provider.Issuer, c.Provider.ClientID, c.Provider.ClientSecret, c.Provider.RedirectURL)
}

// isLoopback takes a name that stands for this machine, or one of its loopback addresses.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
