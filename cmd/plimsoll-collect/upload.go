package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
)

const tokenBytes = 4 << 10

// uploadFlags say where a snapshot goes. The token is never an argument, since those are seen by everybody on the machine.
type uploadFlags struct {
	url, platform, tokenFile      string
	caFile, clientCert, clientKey string
	plainHTTP                     bool
	sign                          bool
}

func (f *uploadFlags) add(command *cobra.Command, urlFlag string) {
	flags := command.Flags()
	flags.StringVar(&f.url, urlFlag, "", "`URL` of the Plimsoll to send the snapshot to")
	flags.StringVar(&f.platform, "platform", "", "`ID` of the platform there")
	flags.StringVar(&f.tokenFile, "token-file", "", "`FILE` with an API token (default: PLIMSOLL_TOKEN_FILE, or the token itself in PLIMSOLL_TOKEN)")
	flags.StringVar(&f.caFile, "ca-file", "", "trust the CAs in `FILE` (PEM) for Plimsoll's certificate instead of the machine's")
	flags.StringVar(&f.clientCert, "client-cert", "", "show the certificate in `FILE` (PEM) to a server that asks for one")
	flags.StringVar(&f.clientKey, "client-key", "", "`FILE` (PEM) with the key of --client-cert")
	flags.BoolVar(&f.plainHTTP, "plain-http", false, "send the token over http:// to another machine, where everybody on the way can read it")
}

func newUpload() *cobra.Command {
	f := &uploadFlags{}
	var timeout time.Duration
	command := &cobra.Command{
		Use:   "upload FILE",
		Short: "Send a snapshot to Plimsoll; the same file twice is one snapshot",
		Long: `Send a snapshot to Plimsoll; the same file twice is one snapshot.

It tries again where the network or the server may come back, as long as --timeout allows. HTTPS_PROXY,
HTTP_PROXY and NO_PROXY are respected. No redirection is followed: the token goes to the server that
is named, and to no other.`,
		Example: `  plimsoll-collect upload cluster.plimsoll.gz --url https://plimsoll.example --platform ID --token-file token
  PLIMSOLL_TOKEN=… plimsoll-collect upload cluster.plimsoll.gz --url https://plimsoll.example --platform ID`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), timeout)
			defer cancel()
			if f.url == "" {
				return errors.New("where to? Name the server with --url URL")
			}
			target, err := f.target()
			if err != nil {
				return err
			}
			if target.key, err = digestOf(arguments[0]); err != nil {
				return err
			}
			return target.send(ctx, command.ErrOrStderr(), fileSource(arguments[0]))
		},
	}
	command.Flags().DurationVar(&timeout, "timeout", 15*time.Minute, "give up after this `TIME`")
	f.add(command, "url")
	return command
}

// upload is where a snapshot goes.
type upload struct {
	address string
	token   string
	key     string // the same for each attempt at one snapshot
	client  *http.Client
}

// target is nil where no URL was given.
func (f *uploadFlags) target() (*upload, error) {
	if f.url == "" {
		return nil, f.withoutURL()
	}
	base, err := f.base()
	if err != nil {
		return nil, err
	}
	if f.platform == "" {
		return nil, errors.New("which platform? Name it with --platform ID, as its settings page shows it")
	}
	token, err := f.token()
	if err != nil {
		return nil, err
	}
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	return &upload{
		address: base.JoinPath("api/v1/platforms", url.PathEscape(f.platform), "snapshots").String(),
		token:   token,
		key:     rand.Text(),
		client:  client,
	}, nil
}

// renew is for the next snapshot by the same way.
func (u *upload) renew() { u.key = rand.Text() }

// withoutURL refuses what says how to send where nothing says where to: whoever gave it thinks that something is sent.
func (f *uploadFlags) withoutURL() error {
	toSend := map[string]string{"--platform": f.platform, "--token-file": f.tokenFile, "--ca-file": f.caFile, "--client-cert": f.clientCert, "--client-key": f.clientKey}
	if f.sign { // which takes the token too
		delete(toSend, "--token-file")
	}
	for flag, value := range toSend {
		if value != "" {
			return fmt.Errorf("%s is for sending: say where to with --upload URL", flag)
		}
	}
	return nil
}

// base is the address of the server.
func (f *uploadFlags) base() (*url.URL, error) {
	base, err := url.Parse(f.url)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return nil, fmt.Errorf("want a URL such as https://plimsoll.example, got %q", f.url)
	case base.User != nil:
		return nil, errors.New("the URL must hold no name or password: the token goes into --token-file or PLIMSOLL_TOKEN")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the URL must end with its path: want one such as https://plimsoll.example")
	case base.Scheme == "http" && !f.plainHTTP && !isLoopback(base.Hostname()):
		return nil, fmt.Errorf("http://%s would show the token to everybody on the way: use https://, or say --plain-http", base.Host)
	case base.Scheme == "http" && f.caFile+f.clientCert+f.clientKey != "":
		return nil, errors.New("--ca-file, --client-cert and --client-key are for https://")
	}
	return base, nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

func (f *uploadFlags) token() (string, error) {
	file := cmp.Or(f.tokenFile, os.Getenv("PLIMSOLL_TOKEN_FILE"))
	token := os.Getenv("PLIMSOLL_TOKEN")
	if file != "" {
		opened, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("read the token: %s: %w", file, cause(err))
		}
		defer opened.Close()
		text, err := io.ReadAll(io.LimitReader(opened, tokenBytes))
		if err != nil {
			return "", fmt.Errorf("read the token: %s: %w", file, cause(err))
		}
		token = string(text)
	}
	if token = strings.TrimSpace(token); token == "" {
		return "", errors.New("no token: name its file with --token-file FILE, or set PLIMSOLL_TOKEN")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("the token holds blanks or characters that no token has")
	}
	return token, nil
}

// checkWhole reads a file as a server would, so that a damaged one is found out before it travels.
func checkWhole(name string) error {
	_, err := digestOf(name)
	return err
}

// digestOf is the SHA-256 of a whole snapshot's lines.
func digestOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, cause(err))
	}
	defer file.Close()
	reader := snapshot.NewReader(file, snapshot.DefaultLimits())
	for _, err := range reader.Records() {
		if err != nil {
			return "", fmt.Errorf("%s is no whole snapshot: %w", name, err)
		}
	}
	return reader.Digest(), nil
}
