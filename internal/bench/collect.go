package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"plimsoll/internal/kubetest"
)

// The clusters that the collector's limits speak of, and the steps between them.
var (
	middling = kubetest.Population{Nodes: 200, Namespaces: 50, Workloads: 1_000, Pods: 5_000}
	largest  = kubetest.Population{Nodes: 5_000, Namespaces: 200, Workloads: 30_000, Pods: 150_000}
	curve    = []kubetest.Population{
		{Nodes: 200, Namespaces: 50, Workloads: 1_000, Pods: 1_000},
		{Nodes: 200, Namespaces: 50, Workloads: 1_000, Pods: 20_000},
		{Nodes: 200, Namespaces: 50, Workloads: 4_000, Pods: 20_000},
	}
)

// measureCollecting collects from a real API server and holds it against reading the same pages and throwing them away.
func measureCollecting(t *table, dir string) error {
	if err := collect(t, dir, middling, limits{cpu: 1, megabytes: 40}); err != nil {
		return err
	}
	for _, p := range curve {
		if err := collect(t, dir, p, limits{}); err != nil {
			return err
		}
	}
	return collect(t, dir, largest, limits{megabytes: 64, ratio: 2, wall: 1.3, snapshot: 8})
}

// limits of one population; zero: none.
type limits struct{ cpu, megabytes, ratio, wall, snapshot float64 }

func collect(t *table, dir string, p kubetest.Population, at limits) error {
	server, err := kubetest.Launch(context.Background(), kubetest.Populated(p))
	if err != nil {
		return err
	}
	defer server.Stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file, floorFile := filepath.Join(dir, "cluster.plimsoll.gz"), filepath.Join(dir, "target.json")
	if err := writeTarget(floorFile, server); err != nil {
		return err
	}
	got, err := run(3, "bin/plimsoll-collect", "cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000", "--out", file)
	if err != nil {
		return err
	}
	floor, err := run(3, self, "-part", "pages-floor", "-file", floorFile)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("collect %d pods, %d workloads, %d nodes: ", p.Pods, p.Workloads, p.Nodes)
	pages := "reading the same pages"
	t.add(figure{name + "CPU", got.cpu, at.cpu, "s", fmt.Sprintf("%s: %.3f s", pages, floor.cpu)})
	t.add(figure{name + "CPU, ratio", got.cpu / floor.cpu, at.ratio, "×", pages})
	t.add(figure{name + "wall, ratio", got.wall / floor.wall, at.wall, "×", fmt.Sprintf("%s: %.1f s", pages, floor.wall)})
	t.add(figure{name + "memory", got.megabytes, at.megabytes, "MB", fmt.Sprintf("%.2f × the same (%.0f MB)", got.megabytes/floor.megabytes, floor.megabytes)})
	t.add(figure{name + "snapshot", float64(info.Size()) / 1e6, at.snapshot, "MB", "–"})
	return nil
}

// floorPaths are the collections whose size grows with a cluster.
var floorPaths = []string{
	"/api/v1/nodes", "/api/v1/namespaces", "/api/v1/services", "/apis/apps/v1/deployments", "/apis/apps/v1/replicasets",
	"/api/v1/pods", "/apis/discovery.k8s.io/v1/endpointslices",
}

// pagesFloor reads the pages that the collector reads, and throws them away but for the token of the next one.
func pagesFloor(file string) error {
	server, client, err := readTarget(file)
	if err != nil {
		return err
	}
	for _, path := range floorPaths {
		for next := ""; ; {
			query := url.Values{"limit": {"500"}}
			if next != "" {
				query.Set("continue", next)
			}
			request, err := http.NewRequest(http.MethodGet, server.URL+path+"?"+query.Encode(), nil)
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+server.Token)
			request.Header.Set("Accept", "application/json")
			if next, err = throwAway(client, request); err != nil {
				return err
			}
			if next == "" {
				break
			}
		}
	}
	return nil
}

// headOfList holds a list's metadata, which stands before its items.
const headOfList = 4 << 10

func throwAway(client *http.Client, request *http.Request) (next string, err error) {
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", request.URL.Path, answer.Status)
	}
	body := bufio.NewReaderSize(answer.Body, headOfList)
	head, err := body.Peek(headOfList)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	next = tokenIn(string(head))
	_, err = io.Copy(io.Discard, body)
	return next, err
}

// tokenIn finds "metadata":{"resourceVersion":"…","continue":"…" at the beginning of a list.
func tokenIn(head string) string {
	decoder := json.NewDecoder(strings.NewReader(head))
	for depth, key := 0, ""; ; {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '[' {
				return ""
			}
			if token == '{' {
				depth++
			} else {
				depth--
			}
			key = ""
		case string:
			if depth == 2 && key == "continue" {
				return token
			}
			if key == "" {
				key = token
			} else {
				key = ""
			}
		default:
			key = ""
		}
	}
}

// target is the server that the floor reads from.
type target struct{ URL, Token, CA string }

func writeTarget(file string, s *kubetest.Server) error {
	text, err := json.Marshal(target{s.URL, s.Token, s.CA})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func readTarget(file string) (t target, client *http.Client, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return t, nil, err
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return t, nil, fmt.Errorf("%s: %w", file, err)
	}
	authority, err := os.ReadFile(t.CA)
	if err != nil {
		return t, nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	return t, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}, nil
}
