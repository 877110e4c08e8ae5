package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"plimsoll/assessments/redaction"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
)

var namespaceName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// check refuses what does not go together.
func (f *scopeFlags) check() error {
	switch {
	case f.history && f.noReleases:
		return errors.New("--helm-history and --no-releases exclude each other")
	case f.exporters != "" && len(f.namespaces) > 0:
		return errors.New("--node-metrics and -n exclude each other: with -n the nodes are not read")
	case f.exporters != "" && !namespaceName.MatchString(f.exporters):
		return fmt.Errorf("--node-metrics: want the name of a namespace, got %q", f.exporters)
	}
	return nil
}

// prepare reads the key of redaction and refuses what does not go together.
func (f *clusterFlags) prepare(upload bool) (err error) {
	if len(f.clusterID) > snapshot.MaxNameBytes || plain(f.clusterID) != f.clusterID {
		return fmt.Errorf("--cluster-id: want at most %d bytes that show, got %d", snapshot.MaxNameBytes, len(f.clusterID))
	}
	if err := f.scope.check(); err != nil {
		return err
	}
	if f.key, err = f.redact.key(); err != nil || !f.allOf {
		return err
	}
	if upload {
		return errors.New("--all-contexts sends nothing, for each platform has a token of its own: upload the files one by one")
	}
	return f.checkContexts()
}

// redaction is nil where names stay as they are.
func (f *clusterFlags) redaction() func(snapshot.Record) snapshot.Record {
	if f.key == nil {
		return nil
	}
	return redaction.New(f.key).Record
}

// checkContexts refuses what cannot be said of several clusters at once.
func (f *clusterFlags) checkContexts() error {
	switch {
	case f.connection.Context != "":
		return errors.New("--context and --all-contexts exclude each other")
	case f.clusterID != "":
		return errors.New("--cluster-id names one cluster: it can't be said with --all-contexts")
	case f.out == "" || f.out == "-":
		return errors.New("--all-contexts writes a file for each context: name their folder with --out FOLDER")
	}
	return nil
}

// runAll takes a snapshot of each context's cluster, one after the other. What one of them refuses costs the others nothing; the error
// says at the end how many there were.
func (f *clusterFlags) runAll(command *cobra.Command) error {
	contexts, err := cluster.Contexts(f.connection.Kubeconfig)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return fmt.Errorf("make the folder %s: %w", f.out, cause(err))
	}
	stderr := command.ErrOrStderr()
	failed := 0
	for _, name := range contexts {
		file := filepath.Join(f.out, f.fileOf(name)+".plimsoll.gz")
		fmt.Fprintf(stderr, "context %s → %s\n", plain(name), file)
		err := f.runContext(command, name, file)
		if command.Context().Err() != nil {
			return fmt.Errorf("stopped at context %s: %w", plain(name), context.Canceled)
		}
		if err != nil {
			failed++
			fmt.Fprintf(stderr, "  not read: %s\n", sentence(command.Context(), err))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be read; %d snapshots are in %s", failed, plural(len(contexts), "context", "contexts"), len(contexts)-failed, f.out)
	}
	fmt.Fprintf(stderr, "%s read, in %s\n", plural(len(contexts), "context", "contexts"), f.out)
	return nil
}

func (f *clusterFlags) runContext(command *cobra.Command, name, file string) error {
	ctx, cancel := context.WithTimeout(command.Context(), f.timeout)
	defer cancel()
	connection := f.connection
	connection.Context, connection.UserAgent = name, "plimsoll-collect/"+version
	client, err := cluster.Connect(connection)
	if err != nil {
		return err
	}
	return writeTo(file, command.OutOrStdout(), func(w io.Writer) error { return f.collect(ctx, command.ErrOrStderr(), client, w) })
}

// fileOf is what a context's snapshot is called. Where names don't leave, the file's doesn't tell one either: files are carried.
func (f *clusterFlags) fileOf(name string) string {
	if f.key != nil {
		return f.key.Of("context", name)
	}
	return safeName(name)
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// safeName is a name that can be a file's on any system. One that had to be changed carries a digest, so that two stay two: as do those that
// differ in capitals alone, which some systems take for one file, and those that a system keeps for itself.
func safeName(name string) string {
	const longest = 100
	safe := strings.TrimLeft(unsafe.ReplaceAllString(name, "-"), ".-")
	safe = strings.TrimRight(safe[:min(len(safe), longest)], ".")
	if safe != "" && safe == name && name == strings.ToLower(name) && !reserved.MatchString(name) {
		return safe
	}
	digest := sha256.Sum256([]byte(name))
	return strings.TrimLeft(safe+"-"+hex.EncodeToString(digest[:4]), "-")
}

var reserved = regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)`)
