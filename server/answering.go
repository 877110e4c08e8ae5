package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"plimsoll/assessments/questionnaire"
	"plimsoll/server/store"
	"plimsoll/web"
)

// saveSection takes a whole section at once, as a form without script posts it. What is taken stays taken; what is refused stands
// on the page with the reason.
func (s *Server) saveSection(c echo.Context, v *visit) error {
	section, ok := s.Content.Questionnaire.Section(questionnaire.SectionID(c.Param("section")))
	if !ok {
		return store.ErrNotFound
	}
	form, err := c.FormParams()
	if err != nil {
		return wrong("form", "it can't be read")
	}
	refused, status := map[string]web.QuestionForm{}, http.StatusOK
	var key string
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		i, err := s.interview(ctx, tx, platform)
		if err != nil {
			return err
		}
		changed := false
		for _, q := range section.Questions {
			if !web.HasAnswer(q.ID, form) || i.sheet.Given(q.ID).State == questionnaire.Skipped {
				continue
			}
			result, saved, err := s.save(ctx, v, tx, i, q, form)
			if err != nil {
				return err
			}
			changed = changed || saved
			switch {
			case result.Conflict != nil:
				refused[q.ID], status = result, http.StatusConflict
			case result.Problem != "":
				refused[q.ID], status = result, max(status, http.StatusUnprocessableEntity)
			}
		}
		if changed {
			return s.Queue.Reassess(ctx, tx, platform.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		return s.sectionPage(c, v, status, refused)
	}
	next := []string{}
	if then, ok := s.Content.Questionnaire.Section(questionnaire.SectionID(form.Get("then"))); ok {
		next = []string{"questions", string(then.ID)}
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), next...))
}

// saveAnswer takes one question's answer, as script posts it on every change.
func (s *Server) saveAnswer(c echo.Context, v *visit) error {
	q, ok := s.Content.Questionnaire.Question(c.Param("question"))
	if !ok || string(q.Section) != c.Param("section") {
		return store.ErrNotFound
	}
	form, err := c.FormParams()
	if err != nil || !web.HasAnswer(q.ID, form) {
		return wrong("form", "it holds no answer to "+q.ID)
	}
	var result web.QuestionForm
	var progress web.Progress
	var shell web.Shell
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		shell = s.around(c, "", web.TabQuestions, &platform)
		i, err := s.interview(ctx, tx, platform)
		if err != nil {
			return err
		}
		var saved bool
		if result, saved, err = s.save(ctx, v, tx, i, q, form); err != nil {
			return err
		}
		if saved {
			if err := s.Queue.Reassess(ctx, tx, platform.ID); err != nil {
				return err
			}
		}
		i, err = s.interview(ctx, tx, platform)
		progress = s.progress(i)
		return err
	})
	if err != nil {
		return err
	}
	if c.Request().Header.Get("HX-Request") == "" {
		return seeOther(c, shell.Platform.Path(*shell.Organization, "questions", string(q.Section))+"#q-"+url.PathEscape(q.ID))
	}
	return show(c, templ.Join(web.AnswerStatus(shell, q.Section, result), web.ProgressUpdate(shell, progress, q.Section)))
}

// save stores one answer of a posted form. The form that comes back says what came of it; saved is false where nothing changed.
func (s *Server) save(ctx context.Context, v *visit, tx *store.Tx, i interview, q *questionnaire.Question, values url.Values) (form web.QuestionForm, saved bool, err error) {
	answer, err := web.AnswerFromForm(q, values)
	answer.Seat = seatOf(q, answer.Seat)
	form = s.questionForm(q, i, answer.Seat)
	standing := form.Answer
	form.Answer = answer
	if err == nil {
		err = s.Content.Questionnaire.Validate(answer)
	}
	if err != nil {
		form.Problem = problemWords(err)
		return form, false, nil
	}
	answer = s.Content.Questionnaire.Canonical(answer)
	if sameAnswer(answer, standing) {
		form.Answer = standing
		return form, false, nil
	}
	from := answer.Revision
	answer.AnsweredAt, answer.Respondent = s.now().UTC(), v.person.Name
	answer.ReviewBy = answer.AnsweredAt.AddDate(0, 0, q.ReviewDays)
	stored, err := tx.PutAnswer(ctx, i.platform.ID, v.person.ID, answer, from)
	var conflict *store.AnswerConflict
	if errors.As(err, &conflict) {
		form.Conflict = &web.AnswerConflict{Theirs: conflict.Current, By: conflict.Current.Respondent, At: conflict.Current.AnsweredAt}
		form.Answer.Revision = conflict.Current.Revision
		return form, false, nil
	}
	if err != nil {
		return form, false, err
	}
	form.Answer, form.SavedAt = stored, answer.AnsweredAt
	return form, true, nil
}

func problemWords(err error) string {
	var wrong *questionnaire.AnswerError
	if errors.As(err, &wrong) {
		return wrong.Field + ": " + wrong.Problem + "."
	}
	return err.Error() + "."
}

// sameAnswer reports whether two answers say the same, whoever gave them and when.
func sameAnswer(a, b questionnaire.Answer) bool {
	sameFigure := a.Figure == nil && b.Figure == nil || a.Figure != nil && b.Figure != nil && *a.Figure == *b.Figure
	return a.State == b.State && slices.Equal(a.Options, b.Options) && sameFigure && a.Reason == b.Reason && a.Sentence == b.Sentence &&
		a.Basis == b.Basis && a.Note == b.Note && slices.Equal(a.Links, b.Links)
}
