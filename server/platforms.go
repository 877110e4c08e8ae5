package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/questionnaire"
	"plimsoll/server/store"
	"plimsoll/web"
)

// showOrganization lists the organization's platforms with their last results.
func (s *Server) showOrganization(c echo.Context, v *visit) error {
	page := web.OrganizationPage{ShowsAll: c.QueryParam("archived") == "1"}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		platforms, err := tx.Platforms(ctx)
		if err != nil {
			return err
		}
		overview, err := tx.PlatformOverviews(ctx)
		if err != nil {
			return err
		}
		if page.Logo, err = logoOf(ctx, tx, v); err != nil {
			return err
		}
		for _, platform := range platforms {
			page.HasSample = page.HasSample || platform.Sample
			if platform.ArchivedAt != nil {
				page.Archived++
				if !page.ShowsAll {
					continue
				}
			}
			page.Platforms = append(page.Platforms, s.card(platform, overview[platform.ID]))
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Platforms", web.TabPlatforms, nil)
	return render(c, http.StatusOK, web.OrganizationHome(page))
}

func (s *Server) card(platform store.Platform, o store.PlatformOverview) web.PlatformCard {
	card := web.PlatformCard{Platform: *shownPlatform(platform, o.Plan), Scoring: o.Queued, Answered: o.Answered, Asked: s.asked()}
	if o.Assessment != nil {
		card.Score, card.LoadLine, card.Pillars = rangeOf(*o.Assessment), loadLineOf(*o.Assessment), o.Pillars
		if o.Answered > 0 {
			card.Verdict = web.VerdictWords(questionnaire.VerdictCode(o.Assessment.Verdict))
		}
	}
	if o.LastSnapshot != nil {
		card.LastSnapshot = *o.LastSnapshot
	}
	return card
}

// asked is how many questions the questionnaire has.
func (s *Server) asked() int { return len(s.Content.Questionnaire.Questions()) }

func (s *Server) newPlatform(c echo.Context, v *visit) error {
	return render(c, http.StatusOK, web.NewPlatform(web.NewPlatformPage{Shell: s.around(c, "New platform", web.TabPlatforms, nil)}))
}

// createPlatform makes a platform. One without a cluster yet has its first context question answered with it.
func (s *Server) createPlatform(c echo.Context, v *visit) error {
	form, ok := nameFrom(c, "name")
	plan := c.FormValue("plan") == "1"
	if !ok {
		return render(c, http.StatusUnprocessableEntity, web.NewPlatform(web.NewPlatformPage{Shell: s.around(c, "New platform", web.TabPlatforms, nil), Form: form, Plan: plan}))
	}
	var platform store.Platform
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		platform, err = tx.CreatePlatform(ctx, form.Name, "")
		if err != nil || !plan {
			return err
		}
		_, err = tx.PutAnswer(ctx, platform.ID, v.person.ID, questionnaire.Answer{
			Question: "C1", State: questionnaire.Answered, Options: []string{noClusterYet}, Basis: questionnaire.Measured, AnsweredAt: s.now().UTC(),
		}, 0)
		return err
	})
	if err != nil {
		return err
	}
	next := []string{}
	if plan {
		next = []string{"questions", "gate"}
	}
	return seeOther(c, web.Platform{Key: platform.Slug}.Path(v.shown(), next...))
}

func (s *Server) showSettings(c echo.Context, v *visit) error {
	return s.settingsPage(c, v, http.StatusOK, nil, "")
}

func (s *Server) settingsPage(c echo.Context, v *visit, status int, rename *web.NameForm, deleteProblem string) error {
	var page web.SettingsPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) (err error) {
		page = web.SettingsPage{Shell: s.around(c, "Settings", web.TabSettings, &platform), ID: platform.ID.String(), Rename: web.NameForm{Name: platform.Name}, DeleteProblem: deleteProblem}
		if rename != nil {
			page.Rename = *rename
		}
		page.Snapshots, page.Assessments, err = tx.CountHistory(ctx, platform.ID)
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Settings(page))
}

func (s *Server) renamePlatform(c echo.Context, v *visit) error {
	form, ok := nameFrom(c, "name")
	if !ok {
		return s.settingsPage(c, v, http.StatusUnprocessableEntity, &form, "")
	}
	return s.changePlatform(c, v, "renamed", func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		if platform.Sample {
			return errSample
		}
		return tx.RenamePlatform(ctx, platform.ID, form.Name, platform.Description)
	})
}

func (s *Server) archivePlatform(c echo.Context, v *visit) error {
	done := "back"
	if c.FormValue("archived") == "1" {
		done = "archived"
	}
	return s.changePlatform(c, v, done, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		if done == "archived" {
			return tx.ArchivePlatform(ctx, platform.ID)
		}
		return tx.UnarchivePlatform(ctx, platform.ID)
	})
}

func (s *Server) changePlatform(c echo.Context, v *visit, done string, change func(context.Context, *store.Tx, store.Platform) error) error {
	var shown web.Platform
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		shown = *shownPlatform(platform, false)
		return change(ctx, tx, platform)
	})
	if err != nil {
		return err
	}
	return seeOther(c, shown.Path(v.shown(), "settings")+"?done="+done)
}

// deletePlatform erases a platform once its name was typed.
func (s *Server) deletePlatform(c echo.Context, v *visit) error {
	wrong := false
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		if strings.TrimSpace(c.FormValue("confirm")) != platform.Name {
			wrong = true
			return nil
		}
		return tx.DeletePlatform(ctx, platform.ID)
	})
	if err != nil {
		return err
	}
	if wrong {
		return s.settingsPage(c, v, http.StatusUnprocessableEntity, nil, "This is not the platform's name. Nothing was deleted.")
	}
	return seeOther(c, v.shown().Path()+"?done=deleted")
}
