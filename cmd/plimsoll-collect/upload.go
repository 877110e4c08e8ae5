package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/retry"
)

const (
	uploadAttempts = 6
	firstPause     = 500 * time.Millisecond
	longestPause   = time.Minute // whatever Retry-After says
	tokenBytes     = 4 << 10
	problemBytes   = 64 << 10
)

// uploadFlags say where a snapshot goes. The token is never an argument, since those are seen by everybody on the machine.
type uploadFlags struct {
	url, platform, tokenFile string
	plainHTTP                bool
}

func (f *uploadFlags) add(command *cobra.Command, urlFlag string) {
	flags := command.Flags()
	flags.StringVar(&f.url, urlFlag, "", "`URL` of the Plimsoll to send the snapshot to")
	flags.StringVar(&f.platform, "platform", "", "`ID` of the platform there")
	flags.StringVar(&f.tokenFile, "token-file", "", "`FILE` with an API token (default: PLIMSOLL_TOKEN_FILE, or the token itself in PLIMSOLL_TOKEN)")
	flags.BoolVar(&f.plainHTTP, "plain-http", false, "send the token over http:// to another machine, where everybody on the way can read it")
}

func newUpload() *cobra.Command {
	f := &uploadFlags{}
	var timeout time.Duration
	command := &cobra.Command{
		Use:   "upload FILE",
		Short: "Send a snapshot to Plimsoll; the same file twice is one snapshot",
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
			if err := checkWhole(arguments[0]); err != nil {
				return err
			}
			return target.send(ctx, command.ErrOrStderr(), arguments[0])
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
	client  *http.Client
}

// target is nil where no URL was given.
func (f *uploadFlags) target() (*upload, error) {
	if f.url == "" {
		return nil, nil
	}
	base, err := url.Parse(f.url)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("want a URL such as https://plimsoll.example, got %q", f.url)
	}
	if base.User != nil {
		return nil, errors.New("the URL must hold no name or password: the token goes into --token-file or PLIMSOLL_TOKEN")
	}
	if base.Scheme == "http" && !f.plainHTTP && !isLoopback(base.Hostname()) {
		return nil, fmt.Errorf("http://%s would show the token to everybody on the way: use https://, or say --plain-http", base.Host)
	}
	if f.platform == "" {
		return nil, errors.New("which platform? Name it with --platform ID, as its settings page shows it")
	}
	token, err := f.token()
	if err != nil {
		return nil, err
	}
	return &upload{
		address: base.JoinPath("api/v1/platforms", url.PathEscape(f.platform), "snapshots").String(),
		token:   token,
		client:  &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
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
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, cause(err))
	}
	defer file.Close()
	for _, err := range snapshot.NewReader(file, snapshot.DefaultLimits()).Records() {
		if err != nil {
			return fmt.Errorf("%s is no whole snapshot: %w", name, err)
		}
	}
	return nil
}

// send uploads the file, again where the server or the way to it may come back.
func (u *upload) send(ctx context.Context, stderr io.Writer, name string) error {
	for attempt := 1; ; attempt++ {
		wait, err := u.attempt(ctx, stderr, name)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil && (wait < 0 || attempt == uploadAttempts) {
			return err
		}
		if ctx.Err() == nil {
			_ = retry.Pause(ctx, cmp.Or(wait, retry.BackOff(firstPause, attempt))) // ends early only with the context
		}
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return fmt.Errorf("the snapshot could not be sent in the time given; the last answer was: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

const never = -1

// attempt gives the time that the server wants to be left alone, 0 where it does not say, never where asking again is in vain.
func (u *upload) attempt(ctx context.Context, stderr io.Writer, name string) (time.Duration, error) {
	file, err := os.Open(name)
	if err != nil {
		return never, fmt.Errorf("read %s: %w", name, cause(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return never, fmt.Errorf("read %s: %w", name, cause(err))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.address, file)
	if err != nil {
		return never, err
	}
	request.ContentLength = info.Size()
	request.Header.Set("Content-Type", "application/gzip")
	request.Header.Set("Authorization", "Bearer "+u.token)
	request.Header.Set("User-Agent", "plimsoll-collect/"+version)
	answer, err := u.client.Do(request)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return 0, fmt.Errorf("%s cannot be reached: %w", request.URL.Host, err)
	}
	defer answer.Body.Close()
	return u.judge(stderr, answer)
}

func (u *upload) judge(stderr io.Writer, answer *http.Response) (time.Duration, error) {
	host := answer.Request.URL.Host
	switch code := answer.StatusCode; {
	case code == http.StatusAccepted || code == http.StatusCreated:
		fmt.Fprintf(stderr, "sent to %s: a new snapshot%s\n", host, location(answer))
		return 0, nil
	case code == http.StatusOK:
		fmt.Fprintf(stderr, "sent to %s: it has this snapshot already\n", host)
		return 0, nil
	case code == http.StatusTooManyRequests || code >= 500:
		return retry.After(answer.Header, longestPause), fmt.Errorf("%s: %s", host, problem(answer))
	case code >= 300 && code < 400:
		return never, fmt.Errorf("%s points to another address (%s): give that one with its own --url", host, answer.Header.Get("Location"))
	}
	return never, fmt.Errorf("%s does not take the snapshot: %s", host, problem(answer))
}

// location is where the server tells what becomes of the snapshot.
func location(answer *http.Response) string {
	at, err := answer.Location()
	if err != nil {
		return ""
	}
	return "; what becomes of it: " + printable(at.String())
}

// place is one fault that a problem document lists.
type place struct {
	Line   int    `json:"line"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

func (p place) String() string {
	text := p.Reason
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	if p.Line > 0 {
		text = fmt.Sprintf("line %d: %s", p.Line, text)
	}
	return text
}

// hints are for answers that say nothing of themselves, so as not to tell strangers what exists.
var hints = map[int]string{
	http.StatusNotFound:  "there is no such platform, or this token may not send to it",
	http.StatusForbidden: "this token may not upload",
}

// problem makes a sentence of a problem document (RFC 9457).
func problem(answer *http.Response) string {
	var document struct {
		Title  string  `json:"title"`
		Detail string  `json:"detail"`
		Errors []place `json:"errors"`
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, problemBytes))
	_ = json.Unmarshal(text, &document) // a proxy in between answers in HTML: the code says enough
	said := cmp.Or(document.Detail, hints[answer.StatusCode], document.Title, http.StatusText(answer.StatusCode))
	if len(document.Errors) > 0 {
		said = document.Errors[0].String()
	}
	return fmt.Sprintf("%s (%d)", strings.TrimRight(printable(said), "."), answer.StatusCode)
}

// printable keeps a foreign text to one line, and from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
