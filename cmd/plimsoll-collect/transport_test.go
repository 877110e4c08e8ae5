package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// taker takes everything; TLS is as configured.
func taker(t *testing.T, asked *atomic.Int64, configure func(*httptest.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	server.Config.ErrorLog = discarded
	if configure == nil {
		server.Start()
	} else {
		configure(server)
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server
}

// clientPair is a certificate that signs itself, in two files, and a pool that trusts it.
func clientPair(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "collector"}, NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return pemFile(t, "client.pem", "CERTIFICATE", der), pemFile(t, "client.key", "PRIVATE KEY", encoded), pool
}

func TestCertificatesOfBothEnds(t *testing.T) {
	t.Setenv("PLIMSOLL_TOKEN", "plim_secret")
	file := written(t)
	certificate, key, pool := clientPair(t)
	var asked atomic.Int64
	open := taker(t, &asked, func(*httptest.Server) {})
	closed := taker(t, &asked, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	})
	send := func(server *httptest.Server, more ...string) []string {
		return append([]string{"upload", file, "--url", server.URL, "--platform", "p1"}, more...)
	}
	got := start(t, send(open, "--ca-file", caOf(t, open))...)
	require.Zero(t, got.code, got.stderr)
	got = start(t, send(closed, "--ca-file", caOf(t, closed), "--client-cert", certificate, "--client-key", key)...)
	require.Zero(t, got.code, got.stderr)
	require.EqualValues(t, 2, asked.Load())

	require.Regexp(t, `^\S+ cannot be reached: .*certificate signed by unknown authority \(name its CA with --ca-file FILE\)$`, fails(t, send(open)...))
	require.Regexp(t, `^\S+ cannot be reached: .*certificate required \(it may want another --client-cert\)$`, fails(t, send(closed, "--ca-file", caOf(t, closed))...))
	_, _, other := clientPair(t)
	stranger := taker(t, &asked, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: other}
	})
	require.Regexp(t, `\(it may want another --client-cert\)$`, fails(t, send(stranger, "--ca-file", caOf(t, stranger), "--client-cert", certificate, "--client-key", key)...))
	require.EqualValues(t, 2, asked.Load())

	for name, c := range map[string]struct {
		more []string
		want string
	}{
		"no such CA":        {[]string{"--ca-file", "/nowhere"}, "read --ca-file: /nowhere: no such file or directory"},
		"no CA in it":       {[]string{"--ca-file", file}, "read --ca-file: " + file + " holds no certificate in PEM"},
		"one of two":        {[]string{"--client-cert", certificate}, "--client-cert and --client-key go together: give both"},
		"no such key":       {[]string{"--client-cert", certificate, "--client-key", "/nowhere"}, "read --client-key: /nowhere: no such file or directory"},
		"no such cert":      {[]string{"--client-cert", "/nowhere", "--client-key", key}, "read --client-cert: /nowhere: no such file or directory"},
		"mixed up":          {[]string{"--client-cert", key, "--client-key", certificate}, "read --client-cert " + key + " and --client-key " + certificate + ": tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"},
		"a folder as a key": {[]string{"--client-cert", certificate, "--client-key", "/"}, "read --client-key: /: is a directory"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fails(t, send(open, c.more...)...)) })
	}
	require.Equal(t, "--ca-file, --client-cert and --client-key are for https://", fails(t, "upload", file, "--url", "http://127.0.0.1:1", "--platform", "p1", "--ca-file", certificate))
	require.Equal(t, "the URL must end with its path: want one such as https://plimsoll.example", fails(t, "upload", file, "--url", "https://p.example?token=x", "--platform", "p1"))
}

// TestNoRedirectionCarriesTheToken: not to another host, and not to another path of the same.
func TestNoRedirectionCarriesTheToken(t *testing.T) {
	t.Setenv("PLIMSOLL_TOKEN", "plim_secret")
	var asked atomic.Int64
	other := taker(t, &asked, nil)
	for _, code := range []int{301, 302, 303, 307, 308} {
		var turned atomic.Int64
		first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			turned.Add(1)
			http.Redirect(w, r, other.URL+"/elsewhere", code)
		}))
		got := fails(t, "upload", written(t), "--url", first.URL, "--platform", "p1")
		first.Close()
		require.Contains(t, got, "points to another address ("+other.URL)
		require.Contains(t, got, "where the token does not go")
		require.EqualValues(t, 1, turned.Load(), code)
	}
	require.Zero(t, asked.Load())
}

// forwarder is a proxy that connects whatever it is asked for to one server.
func forwarder(t *testing.T, server string, asked *atomic.Int64) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := proxyAuth(r); name != "carrier" || password != "hush" {
			w.Header().Set("Proxy-Authenticate", "Basic")
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		asked.Add(1)
		far, err := net.Dial("tcp", server)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer far.Close()
		w.WriteHeader(http.StatusOK)
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		sound(near, far)
	}))
	t.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

func proxyAuth(r *http.Request) (name, password string, ok bool) {
	r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
	return r.BasicAuth()
}

// TestProxiesOfTheEnvironment runs the built program, since Go reads these variables once. Its server goes by a name that only the
// proxy finds, and by 0.0.0.0, which is this machine and yet not loopback: that is never sent through a proxy.
func TestProxiesOfTheEnvironment(t *testing.T) {
	var asked, through atomic.Int64
	server := taker(t, &asked, func(*httptest.Server) {})
	plain := taker(t, &asked, nil)
	_, port, err := net.SplitHostPort(plain.Listener.Addr().String())
	require.NoError(t, err)
	proxy := forwarder(t, server.Listener.Addr().String(), &through)
	gone := httptest.NewServer(http.NotFoundHandler())
	nobody := gone.Listener.Addr().String()
	gone.Close()

	for name, c := range map[string]struct {
		url         string
		environment []string
		code        int
		through     bool // the client may open a second connection beside the first
		says        string
	}{
		"through a proxy": {"https://example.com", []string{"HTTPS_PROXY=http://carrier:hush@" + proxy}, 0, true, `sent to example\.com: a new snapshot`},
		"one that is not there": {"https://example.com", []string{"HTTPS_PROXY=http://carrier:hush@" + nobody}, 1, false,
			`the last answer was: example\.com cannot be reached through the proxy ` + nobody + ` \(HTTPS_PROXY\): .*connection refused\n$`},
		"one that wants a password": {"https://example.com", []string{"HTTPS_PROXY=http://carrier:wrong@" + proxy}, 1, false,
			`^plimsoll-collect: example\.com cannot be reached through the proxy ` + proxy + ` \(HTTPS_PROXY\): it wants a name and a password \(407\)\n$`},
		"plain, and not let in": {"http://0.0.0.0:" + port, []string{"HTTP_PROXY=http://" + proxy}, 1, false,
			`^plimsoll-collect: 0\.0\.0\.0:` + port + ` cannot be reached through the proxy ` + proxy + ` \(HTTP_PROXY\): it wants a name and a password \(407\)\n$`},
		"left out of it": {"http://0.0.0.0:" + port, []string{"HTTP_PROXY=http://" + nobody, "NO_PROXY=0.0.0.0"}, 0, false, `a new snapshot`},
	} {
		t.Run(name, func(t *testing.T) {
			before := through.Load()
			environment := append([]string{"PLIMSOLL_TOKEN=plim_secret", "HTTP_PROXY=", "HTTPS_PROXY=", "NO_PROXY=", "http_proxy=", "https_proxy=", "no_proxy="}, c.environment...)
			arguments := []string{"upload", written(t), "--url", c.url, "--platform", "p1", "--timeout", "3s", "--plain-http"}
			if c.url == "https://example.com" {
				arguments = append(arguments, "--ca-file", caOf(t, server))
			}
			got := startProgram(t, environment, arguments...).end()
			require.Equal(t, c.code, got.code, got.stderr)
			require.Regexp(t, c.says, got.stderr)
			require.Equal(t, c.through, through.Load() > before)
			for _, secret := range []string{"hush", "wrong", "carrier", "plim_secret"} {
				require.NotContains(t, got.stderr, secret)
			}
		})
	}
}

func TestNoArgumentIsAToken(t *testing.T) {
	const token, signed = "plim_abcdefghijklmnopqrstuvwxyz234567", "eyJhbGciOiJSUzI1NiIs.eyJzdWIiOiJtYXJhIn0.c2lnbmF0dXJl"
	for _, arguments := range [][]string{
		{"upload", "file", "--url", "https://p.example", "--platform", "x", "--token-file", token},
		{"upload", "file", "--url", "https://p.example", "--platform", token},
		{"upload", "file", "--url", "https://p.example/?t=" + token},
		{"cluster", "--token=" + token},
		{"cluster", "--token-file=" + token},
		{"node", "--token-file", signed},
		{"cluster", "--context", "Bearer " + token},
		{token},
	} {
		got := fails(t, arguments...)
		require.Contains(t, got, "an argument looks like a token")
		require.NotContains(t, got, token)
		require.NotContains(t, got, signed)
	}
	for _, arguments := range [][]string{{"cluster", "--token", "hunter2"}, {"upload", "--token=hunter2"}} {
		got := fails(t, arguments...)
		require.Equal(t, "a token is never an argument, which everybody on this machine could read: give it by --token-file FILE or PLIMSOLL_TOKEN", got)
	}
	require.NoError(t, refuseSecrets([]string{"cluster", "--token-file", filepath.Join(os.TempDir(), "plim_token"), "-n", "payments", "--upload", "https://plimsoll.example"}))
}
