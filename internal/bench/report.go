package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"

	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/logo"
	"plimsoll/server/report"
	"plimsoll/server/store"
)

// What reports are measured over.
const (
	reportWorkloads = 900 // some 2,000 findings
	reportsAlone    = 20
	reportsAtOnce   = 1000
)

// measureReport has reports made of a platform with some 2,000 findings, by the queue as people have them made.
func measureReport(t *table, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	s, err := startService(ctx, filepath.Join(dir, "report"))
	defer s.close()
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := snapshottest.Write(&file, snapshottest.Generate(reportWorkloads, 1)); err != nil {
		return err
	}
	if err := s.upload(ctx, &file); err != nil {
		return err
	}
	if _, err := s.scoreMeasured(ctx); err != nil {
		return err
	}
	if err := s.queue.Start(ctx); err != nil {
		return err
	}
	defer func() { _ = s.queue.Stop(context.WithoutCancel(ctx)) }()
	example, large, err := s.reported(ctx)
	if err != nil {
		return err
	}
	for _, of := range []store.AssessmentRow{example, large} {
		findings := of.CriticalFindings + of.HighFindings + of.MediumFindings + of.LowFindings
		for _, format := range report.Formats() {
			cpu, megabytes, size, err := s.reportsOneByOne(ctx, of, format)
			if err != nil {
				return err
			}
			name := fmt.Sprintf("%s report, %d findings", format, findings)
			most := 0.0 // of what is for programs, no limit is set
			if format.IsPDF() {
				most = 1
			}
			t.add(figure{name + ": CPU, with reading it and keeping it", cpu * 1000, most * 100, "ms", fmt.Sprintf("%.0f KB", size/1000)})
			t.add(figure{name + ": all memory that it asks for", megabytes, most * 64, "MiB", "an upper bound of what it holds at a time"})
		}
	}
	return s.measureThousand(ctx, t, large.ID)
}

// reported gives the organization a logo of the largest size, and returns the results that reports are made of: the sample's, which is of
// the size that people have, and the one with many findings.
func (s *service) reported(ctx context.Context) (example, large store.AssessmentRow, err error) {
	response, err := s.browser.Post(s.address+"/o/"+s.house.Slug+"/sample", "application/x-www-form-urlencoded", nil)
	if err != nil {
		return example, large, err
	}
	if err := response.Body.Close(); err != nil {
		return example, large, err
	}
	picture, err := colourful()
	if err != nil {
		return example, large, err
	}
	err = s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
		if _, err := tx.PutLogo(ctx, s.person, store.Logo{Width: picture.Width, Height: picture.Height, Alt: "Colours"}, picture.PNG); err != nil {
			return err
		}
		large, err = tx.LatestAssessmentRow(ctx, s.platform.ID)
		return err
	})
	if err != nil {
		return example, large, err
	}
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		whole := false
		err := s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
			sample, err := tx.Sample(ctx)
			if whole = err == nil && sample.Making == ""; whole {
				example, err = tx.LatestAssessmentRow(ctx, sample.ID)
			}
			return err
		})
		if err != nil || whole {
			return example, large, err
		}
	}
	return example, large, errors.New("the sample takes longer than two minutes")
}

// colourful is a logo that hardly compresses.
func colourful() (logo.Picture, error) {
	noise := rand.New(rand.NewPCG(1, 1))
	m := image.NewRGBA(image.Rect(0, 0, logo.Width, logo.Height))
	for i := range m.Pix {
		m.Pix[i] = byte(noise.Uint32()) | 0xc0
		if i%4 == 3 {
			m.Pix[i] = 0xff
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return logo.Picture{}, err
	}
	return logo.Make(b.Bytes())
}

func (s *service) upload(ctx context.Context, file io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+"/api/v1/platforms/"+s.platform.ID.String()+"/snapshots", file)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/gzip")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("upload: %s", response.Status)
	}
	return nil
}

// reportsOneByOne has reports made after one another, and takes the mean.
func (s *service) reportsOneByOne(ctx context.Context, of store.AssessmentRow, format report.Format) (cpu, megabytes, size float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, err = cpuOf(func() error {
		for range reportsAlone {
			var id store.ReportID
			err := s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) (err error) {
				if id, _, err = tx.AskReport(ctx, of.PlatformID, of.ID, string(format), s.person); err != nil {
					return err
				}
				return s.queue.Report(ctx, tx, of.PlatformID, id)
			})
			if err != nil {
				return err
			}
			bytes, err := s.awaitReport(ctx, of.PlatformID, id)
			if size = float64(bytes); err != nil {
				return err
			}
		}
		return nil
	})
	runtime.ReadMemStats(&after)
	return cpu / reportsAlone, float64(after.TotalAlloc-before.TotalAlloc) / reportsAlone / (1 << 20), size, err
}

func (s *service) awaitReport(ctx context.Context, platform store.PlatformID, id store.ReportID) (bytes int, err error) {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var found store.Report
		err := s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) (err error) {
			found, err = tx.ReportByID(ctx, platform, id)
			return err
		})
		switch {
		case err != nil:
			return 0, err
		case found.State == store.ReportDone:
			return found.Bytes, nil
		case found.State == store.ReportFailed:
			return 0, errors.New(found.Problem)
		}
	}
	return 0, errors.New("a report takes longer than two minutes")
}

// measureThousand has a thousand full reports made, which wait at once: past the bounds that people are held to.
func (s *service) measureThousand(ctx context.Context, t *table, assessment store.AssessmentID) error {
	owner, err := pgx.Connect(ctx, s.owner)
	if err != nil {
		return err
	}
	defer owner.Close(ctx)
	if _, err := owner.Exec(ctx, "drop index reports_waiting_idx"); err != nil {
		return err
	}
	began := time.Now()
	err = s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
		for range reportsAtOnce {
			id := store.NewID[store.Report]()
			_, err := tx.Queue().Exec(ctx, `
				insert into reports (organization_id, id, platform_id, assessment_id, format) values ($1, $2, $3, $4, 'full')`, s.house.ID, id, s.platform.ID, assessment)
			if err != nil {
				return err
			}
			if err := s.queue.Report(ctx, tx, s.platform.ID, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	cpu, err := cpuOf(func() error {
		for until := time.Now().Add(5 * time.Minute); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
			waiting := 0
			err := s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
				return tx.Queue().QueryRow(ctx, "select count(*) from reports where state = 'queued'").Scan(&waiting)
			})
			if err != nil || waiting == 0 {
				return err
			}
		}
		return errors.New("a thousand reports take longer than five minutes")
	})
	t.add(figure{"1,000 full reports at once: until the last is made", time.Since(began).Seconds(), 100, "s", fmt.Sprintf("%.0f s of CPU, on %d cores", cpu, runtime.NumCPU())})
	return err
}
