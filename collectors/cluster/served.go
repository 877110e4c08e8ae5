package cluster

import (
	"context"
	"fmt"
	"slices"

	"plimsoll/collectors/allow"
)

const (
	versionPath = "/version"
	groupsPath  = "/apis"
)

// served is what the API server says it serves.
type served struct {
	known    bool                // false: it did not say, and the newest version of everything is tried
	versions map[string][]string // group → versions
}

// serverVersion is the part of /version that is read.
type serverVersion struct {
	GitVersion string `json:"gitVersion"`
}

func (c *Client) version(ctx context.Context) (string, error) {
	var version serverVersion
	if err := c.getJSON(ctx, versionPath, allow.Path(versionPath).Sieve, &version); err != nil {
		return "", fmt.Errorf("read the server's version: %w", err)
	}
	return version.GitVersion, nil
}

// groups asks which API groups there are: one request, and one that tells everything.
func (c *Client) groups(ctx context.Context) (served, error) {
	var list struct {
		Groups []struct {
			Name     string `json:"name"`
			Versions []struct {
				Version string `json:"version"`
			} `json:"versions"`
		} `json:"groups"`
	}
	err := c.getJSON(ctx, groupsPath, allow.Path(groupsPath).Sieve, &list)
	if isRefusal(err) {
		return served{}, nil
	}
	if err != nil {
		return served{}, fmt.Errorf("read API groups: %w", err)
	}
	found := served{known: true, versions: map[string][]string{"": {"v1"}}}
	for _, group := range list.Groups {
		for _, version := range group.Versions {
			found.versions[group.Name] = append(found.versions[group.Name], version.Version)
		}
	}
	return found, nil
}

// readable are the versions of a kind whose group is served and that we can read, newest first. A group that is served need not
// serve the kind in each of them.
func (s served) readable(k kind) []string {
	if !s.known {
		return k.versions[:1]
	}
	var versions []string
	for _, version := range k.versions {
		if slices.Contains(s.versions[k.group], version) {
			versions = append(versions, version)
		}
	}
	return versions
}

// has reports whether a group is served in any version.
func (s served) has(group string) bool { return len(s.versions[group]) > 0 }
