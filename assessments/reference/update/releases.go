package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// minorsToDate is how many of the newest minors are asked for their newest patch's day: each costs a request.
const minorsToDate = 6

// newestPatches reads the newest patch of each minor from the versions of k8s.io/api, which is tagged with Kubernetes: v0.34.2 is 1.34.2.
func newestPatches(ctx context.Context, from upstream) ([]row, error) {
	versions, err := from.versions(ctx, apiModule)
	if err != nil {
		return nil, err
	}
	newest := map[int]string{}
	for _, v := range versions {
		minor, err := strconv.Atoi(strings.TrimPrefix(semver.MajorMinor(v), "v0."))
		if err == nil && semver.Prerelease(v) == "" && semver.Compare(v, newest[minor]) > 0 {
			newest[minor] = v
		}
	}
	minors := slices.SortedFunc(maps.Keys(newest), func(a, b int) int { return cmp.Compare(b, a) })
	var rows []row
	for _, minor := range minors[:min(minorsToDate, len(minors))] {
		info, err := from.info(ctx, apiModule, newest[minor])
		if err != nil {
			return nil, err
		}
		day := ""
		if at, err := time.Parse(time.RFC3339, info.Time); err == nil {
			day = at.UTC().Format(time.DateOnly)
		}
		patch := newest[minor][strings.LastIndexByte(newest[minor], '.')+1:]
		rows = append(rows, row{{"minor", fmt.Sprintf("1.%d", minor)}, {"latestPatch", patch}, {"latestPatchDate", day}})
	}
	return rows, nil
}

// cycle is a release line of endoflife.date.
type cycle struct {
	Name     string `json:"name"`
	Released string `json:"releaseDate"`
	Support  string `json:"eoasFrom"` // active support ends
	End      string `json:"eolFrom"`
	Extended string `json:"eoesFrom"`
	Latest   struct {
		Name string `json:"name"`
	} `json:"latest"`
}

func productURL(product string) string {
	return "https://endoflife.date/api/v1/products/" + product + "/"
}

func cyclesOf(ctx context.Context, from upstream, product string) ([]cycle, error) {
	text, err := from.get(ctx, productURL(product))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Result struct {
			Releases []cycle `json:"releases"`
		} `json:"result"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", productURL(product), err)
	}
	if len(answer.Result.Releases) == 0 {
		return nil, fmt.Errorf("%s: no releases in the answer", productURL(product))
	}
	return answer.Result.Releases, nil
}

// of is a step that reads one product of endoflife.date and makes a row of each of its lines.
func of(product string, key []string, make func(cycle) row) step {
	return step{what: productURL(product), key: key, read: func(ctx context.Context, from upstream) ([]row, error) {
		cycles, err := cyclesOf(ctx, from, product)
		if err != nil {
			return nil, err
		}
		var rows []row
		for _, c := range cycles {
			rows = append(rows, make(c))
		}
		return rows, nil
	}}
}
