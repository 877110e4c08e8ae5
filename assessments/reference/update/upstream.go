package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// upstream is where sources are read.
type upstream interface {
	get(ctx context.Context, url string) ([]byte, error)
	versions(ctx context.Context, module string) ([]string, error)
	info(ctx context.Context, module, version string) (moduleInfo, error)
}

// moduleInfo is what the Go command says of a downloaded module.
type moduleInfo struct {
	Version string
	Time    string // of its commit; empty where the proxy does not say
	Dir     string
}

// errOffline tells that a host could not be reached from an answer that could not be read.
var errOffline = errors.New("offline")

// maxAnswer bounds what is read of one address.
const maxAnswer = 16 << 20

// internet reads public pages by HTTP and Go modules by the Go command, through whatever proxies the environment names.
type internet struct{}

func (internet) get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errOffline, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("%s: more than %d bytes", url, maxAnswer)
	}
	return text, nil
}

func (internet) versions(ctx context.Context, module string) ([]string, error) {
	var listed struct{ Versions []string }
	if err := goCommand(ctx, &listed, "list", "-m", "-versions", "-json", module); err != nil {
		return nil, err
	}
	return listed.Versions, nil
}

func (internet) info(ctx context.Context, module, version string) (moduleInfo, error) {
	var downloaded struct{ Version, Dir, Info string }
	if err := goCommand(ctx, &downloaded, "mod", "download", "-json", module+"@"+version); err != nil {
		return moduleInfo{}, err
	}
	info := moduleInfo{Version: downloaded.Version, Dir: downloaded.Dir}
	if text, err := os.ReadFile(downloaded.Info); err == nil {
		var dated struct{ Time string }
		if json.Unmarshal(text, &dated) == nil {
			info.Time = dated.Time
		}
	}
	return info, nil
}

// goCommand runs the Go command outside of any module, so that it looks at the newest there is.
func goCommand(ctx context.Context, into any, args ...string) error {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("%w: go %s: %w: %s", errOffline, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
