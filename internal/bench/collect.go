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
	"time"

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
	file := filepath.Join(dir, "cluster.plimsoll.gz")
	got, wall, err := timed(3, "bin/plimsoll-collect", "cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000", "--out", file)
	if err != nil {
		return err
	}
	floor, floorWall, err := timed(3, self, "-part", "pages-floor", "-file", server.Kubeconfig)
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
	t.add(figure{name + "wall, ratio", wall / floorWall, at.wall, "×", fmt.Sprintf("%s: %.1f s", pages, floorWall)})
	t.add(figure{name + "memory", got.megabytes, at.megabytes, "MB", fmt.Sprintf("%.2f × the same (%.0f MB)", got.megabytes/floor.megabytes, floor.megabytes)})
	t.add(figure{name + "snapshot", float64(info.Size()) / 1e6, at.snapshot, "MB", "–"})
	return nil
}

// timed is run with the median wall time beside the cost.
func timed(times int, name string, args ...string) (cost, float64, error) {
	var walls []float64
	var costs cost
	var cpus, peaks []float64
	for range times {
		start := time.Now()
		once, err := run(1, name, args...)
		if err != nil {
			return costs, 0, err
		}
		walls, cpus, peaks = append(walls, time.Since(start).Seconds()), append(cpus, once.cpu), append(peaks, once.megabytes)
	}
	return cost{median(cpus), median(peaks)}, median(walls), nil
}

// floorPaths are the collections whose size grows with a cluster.
var floorPaths = []string{
	"/api/v1/nodes", "/api/v1/namespaces", "/api/v1/services", "/apis/apps/v1/deployments", "/apis/apps/v1/replicasets",
	"/api/v1/pods", "/apis/discovery.k8s.io/v1/endpointslices",
}

// pagesFloor reads the pages that the collector reads, and throws them away but for the token of the next one.
func pagesFloor(kubeconfig string) error {
	client, base, token, err := clientOf(kubeconfig)
	if err != nil {
		return err
	}
	for _, path := range floorPaths {
		for next := ""; ; {
			query := url.Values{"limit": {"500"}}
			if next != "" {
				query.Set("continue", next)
			}
			request, err := http.NewRequest(http.MethodGet, base+path+"?"+query.Encode(), nil)
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+token)
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

func clientOf(kubeconfig string) (client *http.Client, base, token string, err error) {
	text, err := os.ReadFile(kubeconfig)
	if err != nil {
		return nil, "", "", err
	}
	var config struct {
		Clusters []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     string `json:"certificate-authority"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Token string `json:"token"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := json.Unmarshal(text, &config); err != nil || len(config.Clusters) != 1 || len(config.Users) != 1 {
		return nil, "", "", fmt.Errorf("%s: want one cluster and one user, as JSON: %w", kubeconfig, err)
	}
	authority, err := os.ReadFile(config.Clusters[0].Cluster.CA)
	if err != nil {
		return nil, "", "", err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	return &http.Client{Transport: transport}, config.Clusters[0].Cluster.Server, config.Users[0].User.Token, nil
}
