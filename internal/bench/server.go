package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/store"
)

// patience bounds what is waited for.
const patience = 2 * time.Minute

// measureServer brings a snapshot of 10,000 workloads in, has it scored, and opens its pages.
func measureServer(t *table, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	s, err := startService(ctx, dir)
	defer s.close()
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := snapshottest.Write(&file, snapshottest.Generate(10_000, 1)); err != nil {
		return err
	}
	floor, err := cpuOf(func() error { return readThrough(file.Bytes()) })
	if err != nil {
		return err
	}
	accepted, err := s.uploadMeasured(ctx, file.Bytes())
	if err != nil {
		return err
	}
	t.add(figure{"10,000 workloads: accepting, CPU after the last byte", accepted, 0.5, "s", fmt.Sprintf("%.2f × reading it through (%.3f s)", accepted/floor, floor)})
	scored, err := s.scoreMeasured(ctx)
	if err != nil {
		return err
	}
	t.add(figure{"10,000 workloads: scoring, CPU", scored, 2, "s", fmt.Sprintf("%.2f × reading it through", scored/floor)})
	return s.measurePages(t)
}

func readThrough(file []byte) error {
	reader := snapshot.NewReader(bytes.NewReader(file), snapshot.DefaultLimits())
	for _, err := range reader.Records() {
		if err != nil {
			return err
		}
	}
	return nil
}

// uploadMeasured uploads all but the end, waits until that is read, and measures from the last bytes to the answer.
func (s *service) uploadMeasured(ctx context.Context, file []byte) (float64, error) {
	out, in := io.Pipe()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+"/api/v1/platforms/"+s.platform.ID.String()+"/snapshots", out)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/gzip")
	type answer struct {
		response *http.Response
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		response, err := http.DefaultClient.Do(request)
		answers <- answer{response, err}
	}()
	const end = 1024
	if _, err := in.Write(file[:len(file)-end]); err != nil {
		return 0, err
	}
	for before := time.Duration(-1); before != cpuNow().Truncate(20*time.Millisecond); time.Sleep(300 * time.Millisecond) {
		before = cpuNow().Truncate(20 * time.Millisecond)
	}
	return cpuOf(func() error {
		if _, err := in.Write(file[len(file)-end:]); err != nil {
			return err
		}
		if err := in.Close(); err != nil {
			return err
		}
		got := <-answers
		if got.err != nil {
			return got.err
		}
		defer got.response.Body.Close()
		if got.response.StatusCode != http.StatusAccepted {
			body, _ := io.ReadAll(got.response.Body)
			return fmt.Errorf("upload: %s: %s", got.response.Status, body)
		}
		return nil
	})
}

// scoreMeasured lets the queue work until the snapshot is assessed.
func (s *service) scoreMeasured(ctx context.Context) (float64, error) {
	return cpuOf(func() error {
		if err := s.queue.Start(ctx); err != nil {
			return err
		}
		defer func() { _ = s.queue.Stop(context.WithoutCancel(ctx)) }()
		for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
			state := store.Queued
			err := s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
				latest, err := tx.LatestSnapshot(ctx, s.platform.ID)
				state = latest.State
				return err
			})
			if err != nil || state == store.Assessed {
				return err
			}
			if state == store.Failed {
				return errors.New("the snapshot could not be assessed")
			}
		}
		return errors.New("scoring takes longer than two minutes")
	})
}

// measurePages opens pages many times over and takes the mean of this process's CPU, the client's part included.
func (s *service) measurePages(t *table) error {
	platform := "/o/" + s.house.Slug + "/platforms/" + s.platform.Slug
	empty, _, err := s.page("/healthz", 200)
	if err != nil {
		return err
	}
	for _, p := range []struct {
		name, path string
		cpu        float64
		times      int
	}{
		{"10,000 workloads: result page", platform, 30, 40}, {"10,000 workloads: findings page", platform + "/findings?page=40", 30, 40},
	} {
		cpu, queries, err := s.page(p.path, p.times)
		if err != nil {
			return err
		}
		t.add(figure{p.name + ", CPU", cpu * 1000, p.cpu, "ms", fmt.Sprintf("%.0f × an empty answer (%.2f ms)", cpu/empty, empty*1000)})
		t.add(figure{p.name + ", statements to the database", queries, 12, "", "begin and commit counted"})
	}
	return nil
}

func (s *service) page(path string, times int) (cpu, queries float64, err error) {
	if _, err := s.get(path); err != nil { // once before, so that caches and connections are there
		return 0, 0, err
	}
	before := s.counter.n.Load()
	cpu, err = cpuOf(func() error {
		for range times {
			if _, err := s.get(path); err != nil {
				return err
			}
		}
		return nil
	})
	return cpu / float64(times), float64(s.counter.n.Load()-before) / float64(times), err
}
