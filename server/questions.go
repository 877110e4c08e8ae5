package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/store"
	"plimsoll/web"
)

// interview is a platform's questionnaire as it stands.
type interview struct {
	platform store.Platform
	answers  []questionnaire.Answer
	sheet    questionnaire.Sheet
	latest   *store.AssessmentRow
}

func (s *Server) interview(ctx context.Context, tx *store.Tx, platform store.Platform) (interview, error) {
	i := interview{platform: platform}
	var err error
	if i.answers, err = tx.Answers(ctx, platform.ID); err != nil {
		return i, err
	}
	if i.sheet, err = s.Content.Questionnaire.Sheet(i.answers); err != nil {
		return i, err
	}
	latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
	if err == nil {
		i.latest = &latest
	} else if !errors.Is(err, store.ErrNotFound) {
		return i, err
	}
	return i, nil
}

// answer that stands for a question and seat; an unanswered one where there is none.
func (i interview) answer(question string, seat questionnaire.Seat) questionnaire.Answer {
	for _, a := range i.answers {
		if a.Question == question && a.Seat == seat {
			return a
		}
	}
	return questionnaire.Answer{Question: question, Seat: seat, State: questionnaire.Unanswered}
}

// seatOf is from which seat a person answers a question for both: the one given, else the manager's.
func seatOf(q *questionnaire.Question, seat questionnaire.Seat) questionnaire.Seat {
	switch {
	case q.Who != questionnaire.Both:
		return ""
	case seat == questionnaire.Engineer:
		return questionnaire.Engineer
	}
	return questionnaire.Manager
}

// seatFor is the seat that a question for both opens at: the one asked for; else the manager's, but where somebody else sits there
// already, so that nobody sees the other's answer before giving their own.
func (i interview) seatFor(q *questionnaire.Question, asked questionnaire.Seat, viewer string) questionnaire.Seat {
	if q.Who != questionnaire.Both || asked == questionnaire.Manager || asked == questionnaire.Engineer {
		return asked
	}
	if manager := i.answer(q.ID, questionnaire.Manager); manager.State != questionnaire.Unanswered && manager.Respondent != viewer {
		return questionnaire.Engineer
	}
	return questionnaire.Manager
}

// secondsAQuestion is about how long an answer takes: 53 questions in 47 minutes by the design's own estimate.
const secondsAQuestion = 53

func (s *Server) progress(i interview) web.Progress {
	var p web.Progress
	for _, section := range s.Content.Questionnaire.Sections {
		line := web.SectionProgress{ID: section.ID, Title: section.Title, Intro: section.Intro}
		for _, q := range section.Questions {
			switch given := i.sheet.Given(q.ID); given.State {
			case questionnaire.Skipped:
				line.Skipped++
				line.Because = s.skipWords(given.SkippedBy, i.sheet)
			case questionnaire.Unanswered:
				line.Asked++
			case questionnaire.Unknown:
				line.Asked, line.Answered, line.Unknown = line.Asked+1, line.Answered+1, line.Unknown+1
			default:
				line.Asked, line.Answered = line.Asked+1, line.Answered+1
			}
		}
		line.Minutes = ((line.Asked-line.Answered)*secondsAQuestion + 59) / 60
		p.Sections = append(p.Sections, line)
	}
	if i.latest != nil {
		p.Range, p.Verdict = rangeOf(*i.latest), ""
	}
	if gate := s.Content.Questionnaire.Gate(i.sheet); s.gateBegun(i.sheet) {
		p.Verdict = gate.Headline
	}
	return p
}

func (s *Server) gateBegun(sheet questionnaire.Sheet) bool {
	section, _ := s.Content.Questionnaire.Section(questionnaire.Gate)
	return slices.ContainsFunc(section.Questions, func(q *questionnaire.Question) bool { return sheet.Given(q.ID).State != questionnaire.Unanswered })
}

// skipWords says which answer hides a question.
func (s *Server) skipWords(question string, sheet questionnaire.Sheet) string {
	q, ok := s.Content.Questionnaire.Question(question)
	if !ok {
		return question
	}
	var words []string
	for _, id := range sheet.Given(question).Options {
		if option, ok := q.Option(id); ok {
			words = append(words, option.Text)
		}
	}
	return question + ", answered with “" + strings.Join(words, ", ") + "”"
}

func (s *Server) showQuestions(c echo.Context, v *visit) error {
	var page web.QuestionsPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		i, err := s.interview(ctx, tx, platform)
		if err != nil {
			return err
		}
		stated, err := tx.WorkloadFacts(ctx, platform.ID)
		page = web.QuestionsPage{Shell: s.around(c, "Questions", web.TabQuestions, &platform), Progress: s.progress(i), Facts: len(stated)}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, web.Questions(page))
}

// showQuestion leads to the section that a question stands in.
func (s *Server) showQuestion(c echo.Context, v *visit) error {
	q, ok := s.Content.Questionnaire.Question(c.Param("question"))
	if !ok {
		return store.ErrNotFound
	}
	return seeOther(c, web.Platform{Key: c.Param("platform")}.Path(v.shown(), "questions", string(q.Section))+"#q-"+url.PathEscape(q.ID))
}

func (s *Server) showSection(c echo.Context, v *visit) error {
	return s.sectionPage(c, v, http.StatusOK, nil)
}

// sectionPage shows a section; forms that were posted and not taken stand in the place of what is stored.
func (s *Server) sectionPage(c echo.Context, v *visit, status int, refused map[string]web.QuestionForm) error {
	section, ok := s.Content.Questionnaire.Section(questionnaire.SectionID(c.Param("section")))
	if !ok {
		return store.ErrNotFound
	}
	var page web.SectionPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		i, err := s.interview(ctx, tx, platform)
		if err != nil {
			return err
		}
		page = web.SectionPage{Shell: s.around(c, section.Title, web.TabQuestions, &platform), ID: section.ID, Heading: section.Title, Intro: section.Intro, Progress: s.progress(i)}
		page.Platform.Plan = i.sheet.Plan()
		page.Previous, page.Next = s.neighbours(section.ID, i.sheet)
		for _, q := range section.Questions {
			form, wrong := refused[q.ID]
			if !wrong {
				form = s.questionForm(q, i, i.seatFor(q, questionnaire.Seat(c.QueryParam("seat")), v.person.Name))
			}
			page.Questions = append(page.Questions, form)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return render(c, status, web.SectionQuestions(page))
}

func (s *Server) questionForm(q *questionnaire.Question, i interview, seat questionnaire.Seat) web.QuestionForm {
	form := web.QuestionForm{Question: q, Text: s.Content.Questionnaire.Wording(q, i.sheet), Answer: i.answer(q.ID, seatOf(q, seat))}
	if q.Who == questionnaire.Both {
		other := questionnaire.Engineer
		if form.Answer.Seat == questionnaire.Engineer {
			other = questionnaire.Manager
		}
		form.OtherSeat = i.answer(q.ID, other).State != questionnaire.Unanswered
	}
	if given := i.sheet.Given(q.ID); given.State == questionnaire.Skipped {
		form.SkippedBy, form.SkippedID = s.skipWords(given.SkippedBy, i.sheet), given.SkippedBy
	}
	form.ReadOnly = i.platform.ArchivedAt != nil
	return form
}

// neighbours are the sections before and after one, passing over those that are hidden whole.
func (s *Server) neighbours(id questionnaire.SectionID, sheet questionnaire.Sheet) (previous, next questionnaire.SectionID) {
	var shown []questionnaire.SectionID
	for _, section := range s.Content.Questionnaire.Sections {
		asked := slices.ContainsFunc(section.Questions, func(q *questionnaire.Question) bool { return sheet.Given(q.ID).State != questionnaire.Skipped })
		if asked || section.ID == id {
			shown = append(shown, section.ID)
		}
	}
	at := slices.Index(shown, id)
	if at > 0 {
		previous = shown[at-1]
	}
	if at+1 < len(shown) {
		next = shown[at+1]
	}
	return previous, next
}

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

const factReviewDays = 180

func (s *Server) showFacts(c echo.Context, v *visit) error {
	return s.factsPage(c, v, http.StatusOK, web.FactForm{})
}

func (s *Server) factsPage(c echo.Context, v *visit, status int, form web.FactForm) error {
	var page web.FactsPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page = web.FactsPage{Shell: s.around(c, "What you know of single workloads", web.TabQuestions, &platform), Form: form}
		stated, err := tx.WorkloadFacts(ctx, platform.ID)
		if err != nil {
			return err
		}
		for _, fact := range stated {
			page.Facts = append(page.Facts, web.WorkloadFact{WorkloadFact: fact, Stale: !fact.ReviewBy.IsZero() && fact.ReviewBy.Before(s.now())})
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			page.Workloads, err = tx.WorkloadsWithFindings(ctx, latest.ID, 500)
		}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Facts(page))
}

func (s *Server) stateFact(c echo.Context, v *visit) error {
	form := web.FactForm{Kind: c.FormValue("kind"), Workload: strings.TrimSpace(c.FormValue("workload")), Key: facts.FactKey(c.FormValue("key")),
		Value: strings.TrimSpace(c.FormValue("value")), Basis: questionnaire.Basis(c.FormValue("basis"))}
	namespace, name, found := strings.Cut(form.Workload, "/")
	fact := facts.WorkloadFact{Namespace: namespace, Kind: form.Kind, Name: name, Key: form.Key, Value: form.Value, Basis: string(form.Basis),
		At: s.now().UTC(), ReviewBy: s.now().UTC().AddDate(0, 0, factReviewDays)}
	if !found {
		form.Problem = "Name the workload as namespace/name."
	} else if !web.KnownFactKind(form.Kind) {
		form.Problem = "Choose the workload's kind."
	} else if err := questionnaire.ValidateFact(fact); err != nil {
		form.Problem = problemWords(err)
	}
	if form.Problem != "" {
		return s.factsPage(c, v, http.StatusUnprocessableEntity, form)
	}
	return s.changeFacts(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		return tx.PutWorkloadFact(ctx, platform.ID, v.person.ID, fact)
	})
}

func (s *Server) removeFact(c echo.Context, v *visit) error {
	namespace, name, _ := strings.Cut(c.FormValue("workload"), "/")
	return s.changeFacts(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		return tx.DeleteWorkloadFact(ctx, platform.ID, facts.WorkloadFact{Namespace: namespace, Kind: c.FormValue("kind"), Name: name, Key: facts.FactKey(c.FormValue("key"))})
	})
}

func (s *Server) changeFacts(c echo.Context, v *visit, change func(context.Context, *store.Tx, store.Platform) error) error {
	var key string
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		if err := change(ctx, tx, platform); err != nil {
			return err
		}
		return s.Queue.Reassess(ctx, tx, platform.ID)
	})
	if err != nil {
		return err
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), "facts")+"?done=saved")
}
