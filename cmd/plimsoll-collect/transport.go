package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// pemBytes bound a file of certificates; a bundle of all public CAs has 0.3 MB.
const pemBytes = 4 << 20

// errProxyPassword is a proxy's answer, whether it was asked for a connection or for the request itself.
var errProxyPassword = errors.New("it wants a name and a password (407)")

// client speaks to the server as the flags and the environment's proxies say. It follows no redirection: another host would be
// given the token, and a method that carries no body.
func (f *uploadFlags) client() (*http.Client, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.caFile != "" {
		bundle, err := readPEM(f.caFile)
		if err != nil {
			return nil, fmt.Errorf("read --ca-file: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(bundle) {
			return nil, fmt.Errorf("read --ca-file: %s holds no certificate in PEM", f.caFile)
		}
	}
	if (f.clientCert == "") != (f.clientKey == "") {
		return nil, errors.New("--client-cert and --client-key go together: give both")
	}
	if f.clientCert != "" {
		pair, err := readPair(f.clientCert, f.clientKey)
		if err != nil {
			return nil, err
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = settings
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusProxyAuthRequired {
			return errProxyPassword
		}
		return nil
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func readPair(certificate, key string) (tls.Certificate, error) {
	first, err := readPEM(certificate)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read --client-cert: %w", err)
	}
	second, err := readPEM(key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read --client-key: %w", err)
	}
	pair, err := tls.X509KeyPair(first, second)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read --client-cert %s and --client-key %s: %w", certificate, key, err)
	}
	return pair, nil
}

func readPEM(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, pemBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	if len(text) > pemBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, pemBytes)
	}
	return text, nil
}

// throughProxy names the proxy of a request, without the password that its address may hold; "" where there is none.
func throughProxy(request *http.Request) string {
	proxy, err := http.ProxyFromEnvironment(request)
	if err != nil || proxy == nil {
		return ""
	}
	return fmt.Sprintf(" through the proxy %s (%s_PROXY)", proxy.Host, strings.ToUpper(request.URL.Scheme))
}

// lostOn makes an outcome of a request that got no answer.
func lostOn(request *http.Request, err error) outcome {
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	var wait outcome
	hint := ""
	var untrusted *tls.CertificateVerificationError
	var alert *net.OpError
	switch {
	case errors.Is(err, errProxyPassword):
		wait.wait = never
	case errors.As(err, &untrusted):
		wait.wait = never
		if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
			hint = " (name its CA with --ca-file FILE)"
		}
	case errors.As(err, &alert) && alert.Op == "remote error": // the server ended the handshake, and would again
		wait.wait = never
		if strings.Contains(alert.Err.Error(), "certificate") {
			hint = " (it may want another --client-cert)"
		}
	}
	wait.err = fmt.Errorf("%s cannot be reached%s: %w%s", request.URL.Host, throughProxy(request), err, hint)
	return wait
}

// host is the server's name and port, as messages name it.
func (u *upload) host() string {
	address, err := url.Parse(u.address)
	if err != nil {
		return u.address
	}
	return address.Host
}
