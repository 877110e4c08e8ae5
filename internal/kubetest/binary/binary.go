// Package binary builds the control plane that tests run against, once for each version of its sources, and keeps it outside
// the tree.
package binary

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	// sources is the folder of the control plane's module, from the root of the project.
	sources    = "internal/kubetest/apiserver"
	executable = "kube-apiserver"
	kubernetes = "k8s.io/kubernetes"
)

// Path returns the path of the control plane's executable. It is built where it is missing, which takes minutes on a cold build
// cache; processes that ask at the same time wait for one build. The cache is os.UserCacheDir()/plimsoll/kubetest, one folder
// for each combination of sources, dependencies and toolchain. The working directory must lie inside the project, as a test's
// does.
func Path(ctx context.Context) (string, error) {
	dir, err := sourceDir()
	if err != nil {
		return "", err
	}
	environment := append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	toolchain, err := goTool(ctx, dir, environment, "env", "GOVERSION", "GOEXPERIMENT")
	if err != nil {
		return "", err
	}
	flags, err := linkerFlags(filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	key, err := digest(dir, toolchain, runtime.GOOS, runtime.GOARCH, flags)
	if err != nil {
		return "", err
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find cache directory: %w", err)
	}
	cache := filepath.Join(caches, "plimsoll", "kubetest", key)
	target := filepath.Join(cache, executable)
	if present(target) {
		return target, nil
	}

	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("create cache directory: %w", err)
	}
	unlock, err := lock(filepath.Join(cache, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if present(target) {
		return target, nil
	}
	unfinished := target + ".unfinished"
	if _, err := goTool(ctx, dir, environment, "build", "-buildvcs=false", "-mod=readonly", "-ldflags", flags, "-o", unfinished, "."); err != nil {
		return "", err
	}
	if err := os.Rename(unfinished, target); err != nil {
		return "", fmt.Errorf("keep control plane: %w", err)
	}
	return target, nil
}

func present(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// sourceDir finds the control plane's module from the working directory upwards.
func sourceDir() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find sources of the control plane: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, filepath.FromSlash(sources))
		if present(filepath.Join(candidate, "go.mod")) {
			return candidate, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find sources of the control plane: no %s in %s or above it", sources, start)
		}
	}
}

// linkerFlags stamps the version of Kubernetes that go.mod requires, as a release build does: without it the server would call
// itself v0.0.0.
func linkerFlags(goMod string) (string, error) {
	content, err := os.ReadFile(goMod)
	if err != nil {
		return "", fmt.Errorf("read module of the control plane: %w", err)
	}
	module, err := modfile.Parse(goMod, content, nil)
	if err != nil {
		return "", fmt.Errorf("read module of the control plane: %w", err)
	}
	at := slices.IndexFunc(module.Require, func(r *modfile.Require) bool { return r.Mod.Path == kubernetes })
	if at < 0 {
		return "", fmt.Errorf("%s requires no %s", goMod, kubernetes)
	}
	version := module.Require[at].Mod.Version
	numbers := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(numbers) != 3 {
		return "", fmt.Errorf("%s requires %s at %q: want v<major>.<minor>.<patch>", goMod, kubernetes, version)
	}
	flags := []string{"-s", "-w"}
	for _, stamp := range []string{"gitVersion=" + version, "gitMajor=" + numbers[0], "gitMinor=" + numbers[1], "gitTreeState=clean"} {
		flags = append(flags, "-X", "k8s.io/component-base/version."+stamp)
	}
	return strings.Join(flags, " "), nil
}

// digest names a build: the same files and inputs give the same executable.
func digest(dir string, inputs ...string) (string, error) {
	hash := sha256.New()
	for _, input := range inputs {
		fmt.Fprintf(hash, "%q\n", input)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return "", fmt.Errorf("list sources of the control plane: %w", err)
	}
	for _, path := range files {
		if name := filepath.Base(path); name != "go.mod" && name != "go.sum" && filepath.Ext(name) != ".go" {
			continue
		}
		if err := add(hash, path); err != nil {
			return "", fmt.Errorf("hash sources of the control plane: %w", err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:24], nil
}

func add(hash io.Writer, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(path), len(content), content)
	return err
}

// goTool runs the go command in dir and returns what it printed; an error holds its complaints.
func goTool(ctx context.Context, dir string, environment []string, arguments ...string) (string, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return "", fmt.Errorf("the control plane for tests is built with the go command, which is not on the PATH: %w", err)
	}
	command := exec.CommandContext(ctx, tool, arguments...)
	command.Dir, command.Env = dir, environment
	var output, complaints bytes.Buffer
	command.Stdout, command.Stderr = &output, &complaints
	if err := command.Run(); err != nil {
		text := strings.TrimSpace(complaints.String())
		return "", fmt.Errorf("go %s in %s: %w", arguments[0], sources, errors.Join(err, errors.New(text)))
	}
	return strings.TrimSpace(output.String()), nil
}
