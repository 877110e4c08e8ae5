package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

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
	mark     string // of what pages follow
}

func (s *Server) interview(ctx context.Context, tx *store.Tx, platform store.Platform) (interview, error) {
	i := interview{platform: platform}
	var err error
	if i.mark, err = tx.Mark(ctx, platform.ID); err != nil { // first: what comes after it is news
		return i, err
	}
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
	p := web.Progress{Mark: i.mark}
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
		p.Verdict, p.Gate = gate.Headline, &gate
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
