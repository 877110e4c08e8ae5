package repository

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

var (
	errUnborn = errors.New("no commit yet")
	errNoGit  = errors.New("no git repository: name the top folder of a checked-out one, or a bare one")
)

// git is an open repository.
type git struct {
	own     *readOnly // the folder that HEAD stands in: of a worktree its own
	shared  *readOnly // the folder that objects and references stand in
	storage *filesystem.Storage
	objects *objects
}

// maxSmallFile bounds the small files that git keeps beside its objects.
const maxSmallFile = 64 << 10

// cacheBytes is how much of what was inflated is kept: deltas build on it.
const cacheBytes = 16 << 20

func openGit(folder string) (*git, error) {
	own, err := findGit(folder)
	if err != nil {
		return nil, err
	}
	shared := own
	if common, err := readSmall(own, "commondir"); err == nil {
		if shared, err = openFolder(own.path(strings.TrimSpace(string(common)))); err != nil {
			own.close()
			return nil, fmt.Errorf("the repository that this worktree belongs to: %w", plainError(err))
		}
	}
	g := &git{own: own, shared: shared}
	if err := g.check(); err != nil {
		g.close()
		return nil, err
	}
	g.storage = filesystem.NewStorageWithOptions(shared, cache.NewObjectLRU(cacheBytes), filesystem.Options{KeepDescriptors: true})
	g.objects = newObjects(shared, g.storage)
	return g, nil
}

func (g *git) close() {
	if g.storage != nil {
		g.storage.Close()
	}
	g.own.close()
	if g.shared != g.own {
		g.shared.close()
	}
}

// findGit opens the folder .git, or what a file of that name points to (a worktree, a submodule), or the folder itself where it is a
// bare repository.
func findGit(folder string) (*readOnly, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.IsDir() {
		return nil, errNoGit
	}
	inside := filepath.Join(folder, ".git")
	switch info, err := os.Lstat(inside); {
	case errors.Is(err, os.ErrNotExist):
		return openBare(folder)
	case err != nil:
		return nil, plainError(err)
	case info.Mode()&os.ModeSymlink != 0:
		return nil, errors.New("its .git is a link, which is not followed")
	case info.IsDir():
		return openFolder(inside)
	case info.Mode().IsRegular():
		return openPointer(folder)
	}
	return nil, errNoGit
}

func openBare(folder string) (*readOnly, error) {
	if !isBare(folder) {
		return nil, errNoGit
	}
	return openFolder(folder)
}

// openPointer follows a .git file to the folder that it names, which must look like one of git's.
func openPointer(folder string) (*readOnly, error) {
	top, err := openFolder(folder)
	if err != nil {
		return nil, plainError(err)
	}
	defer top.close()
	text, err := readSmall(top, ".git")
	if err != nil {
		return nil, plainError(err)
	}
	target, pointer := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir:")
	if !pointer {
		return nil, errors.New("its .git file names no folder")
	}
	found, err := openFolder(top.path(strings.TrimSpace(target)))
	if err != nil {
		return nil, fmt.Errorf("the folder that its .git file names: %w", plainError(err))
	}
	if _, err := found.Stat("HEAD"); err != nil {
		found.close()
		return nil, errors.New("the folder that its .git file names is none of git's")
	}
	return found, nil
}

var (
	otherHashes  = regexp.MustCompile(`(?im)^\s*objectformat\s*=\s*"?sha256`)
	otherStorage = regexp.MustCompile(`(?im)^\s*refstorage\s*=\s*"?reftable`)
)

// check refuses what can't be read, by the two keys of git's configuration that say so. Nothing else of it is looked at.
func (g *git) check() error {
	if info, err := g.shared.Stat("objects"); err != nil || !info.IsDir() {
		return errNoGit
	}
	config, err := readSmall(g.shared, "config")
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("its configuration: %w", plainError(err))
	case otherHashes.Match(config):
		return errors.New("its objects are named by SHA-256, which is not read yet")
	case otherStorage.Match(config):
		return errors.New("its references are kept in reftables, which are not read yet")
	}
	return nil
}

// maxHops bounds references that name references.
const maxHops = 8

var hexHash = regexp.MustCompile(`^[0-9a-f]{40}$`)

// head is the commit that is checked out.
func (g *git) head() (plumbing.Hash, error) {
	text, err := readSmall(g.own, "HEAD")
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("its HEAD: %w", plainError(err))
	}
	line := strings.TrimSpace(string(text))
	for range maxHops {
		if hexHash.MatchString(line) {
			return plumbing.NewHash(line), nil
		}
		name, symbolic := strings.CutPrefix(line, "ref:")
		if !symbolic {
			break
		}
		reference, err := g.storage.Reference(plumbing.ReferenceName(strings.TrimSpace(name)))
		switch {
		case errors.Is(err, plumbing.ErrReferenceNotFound):
			return plumbing.ZeroHash, errUnborn
		case err != nil:
			return plumbing.ZeroHash, errors.New("the reference that its HEAD names is damaged")
		case reference.Type() == plumbing.HashReference:
			return reference.Hash(), nil
		}
		line = "ref: " + string(reference.Target())
	}
	return plumbing.ZeroHash, errors.New("its HEAD names no commit")
}

// shallow are the commits at which a shallow clone ends.
func (g *git) shallow() (map[plumbing.Hash]bool, error) {
	text, err := readFile(g.shared, "shallow", maxPackedRefs)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("its list of shallow commits: %w", plainError(err))
	}
	cut := map[plumbing.Hash]bool{}
	for line := range strings.FieldsSeq(string(text)) {
		if hexHash.MatchString(line) {
			cut[plumbing.NewHash(line)] = true
		}
	}
	return cut, nil
}

// maxPackedRefs bounds the file of packed references.
const maxPackedRefs = 64 << 20

// tags are the names of tags by the commit that they name, and whether all of them were read.
func (g *git) tags() (map[plumbing.Hash][]string, bool) {
	found := map[string]plumbing.Hash{}
	if packed, err := readFile(g.shared, "packed-refs", maxPackedRefs); err == nil {
		lines := bufio.NewScanner(bytes.NewReader(packed))
		for lines.Scan() && len(found) < maxTags {
			hash, name, _ := strings.Cut(lines.Text(), " ")
			if tag, is := strings.CutPrefix(name, "refs/tags/"); is && hexHash.MatchString(hash) {
				found[tag] = plumbing.NewHash(hash)
			}
		}
	}
	g.looseTags("refs/tags", "", 0, found)
	byCommit := map[plumbing.Hash][]string{}
	for name, hash := range found {
		if commit, err := g.objects.peel(hash); err == nil {
			byCommit[commit] = append(byCommit[commit], name)
		}
	}
	return byCommit, len(found) < maxTags
}

func (g *git) looseTags(folder, prefix string, depth int, into map[string]plumbing.Hash) {
	entries, err := g.shared.ReadDir(folder)
	if err != nil || depth > maxHops {
		return
	}
	for _, entry := range entries {
		name := prefix + entry.Name()
		switch {
		case len(into) >= maxTags:
			return
		case entry.IsDir():
			g.looseTags(folder+"/"+entry.Name(), name+"/", depth+1, into)
		case entry.Mode().IsRegular():
			text, err := readSmall(g.shared, folder+"/"+entry.Name())
			if hash := strings.TrimSpace(string(text)); err == nil && hexHash.MatchString(hash) {
				into[name] = plumbing.NewHash(hash)
			}
		}
	}
}

func readSmall(from *readOnly, name string) ([]byte, error) {
	return readFile(from, name, maxSmallFile)
}

func readFile(from *readOnly, name string, most int64) ([]byte, error) {
	file, err := from.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAtMost(file, most)
}

var errTooLarge = errors.New("larger than what is read of such a file")

func readAtMost(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, errTooLarge
	}
	return data, err
}

// plainError is an error of the file system without the path, which the message names already.
func plainError(err error) error {
	if inner := (*os.PathError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
