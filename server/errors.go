package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

// Errors of requests themselves.
var (
	errNotSignedIn = errors.New("nobody is signed in")
	errNoToken     = errors.New("there is no good token")
	errForbidden   = errors.New("the role does not allow it")
	errBusy        = errors.New("too many uploads at once")
	errMediaType   = errors.New("want a gzipped snapshot (application/gzip)")
)

// retryAfterSeconds is when somebody who was turned away may come again.
const retryAfterSeconds = 5

// invalid says what is wrong with what somebody sent, place by place.
type invalid struct{ details []detail }

// detail is one place in bad input.
type detail struct {
	Line   int    `json:"line,omitzero"`
	Field  string `json:"field,omitzero"`
	Reason string `json:"reason"`
}

func (e *invalid) Error() string {
	reasons := make([]string, len(e.details))
	for i, d := range e.details {
		reasons[i] = strings.TrimPrefix(d.Field+": "+d.Reason, ": ")
	}
	return strings.Join(reasons, "; ")
}

// wrong is bad input in one field.
func wrong(field, reason string) error { return &invalid{[]detail{{Field: field, Reason: reason}}} }

// failure is how an error is told: the only mapping from errors to answers.
type failure struct {
	status  int
	code    string // names the kind for programs
	text    string // for people; empty: by status
	details []detail
}

func failureOf(err error) failure {
	var bad *snapshot.Error
	var input *invalid
	var tooLarge *http.MaxBytesError
	var httpErr *echo.HTTPError
	switch {
	case errors.As(err, &tooLarge):
		return failure{http.StatusRequestEntityTooLarge, "too-large", "The file is larger than " + strconv.FormatInt(tooLarge.Limit, 10) + " bytes.", nil}
	case errors.As(err, &bad):
		return snapshotFailure(bad)
	case errors.As(err, &input):
		return failure{http.StatusUnprocessableEntity, "invalid", "", input.details}
	case errors.Is(err, errNotSignedIn):
		return failure{http.StatusUnauthorized, "not-signed-in", "", nil}
	case errors.Is(err, errNoToken):
		return failure{http.StatusUnauthorized, "no-token", "Send a token as \"Authorization: Bearer plim_…\". This one is missing, unknown, expired or revoked.", nil}
	case errors.Is(err, auth.ErrSignIn):
		return failure{http.StatusBadRequest, "sign-in", "The sign-in could not be completed. Begin again from the front page.", nil}
	case errors.Is(err, auth.ErrProviderAway):
		return failure{http.StatusServiceUnavailable, "provider-away", "The identity provider can't be reached. Try again in a minute.", nil}
	case errors.Is(err, errForbidden):
		return failure{http.StatusForbidden, "forbidden", "", nil}
	case errors.Is(err, errBusy):
		return failure{http.StatusTooManyRequests, "busy", "Too many uploads at once. Try again in a few seconds.", nil}
	case errors.Is(err, errSlow):
		return failure{http.StatusRequestTimeout, "too-slow", "The file came too slowly. Nothing of it was kept.", nil}
	case errors.Is(err, errMediaType):
		return failure{http.StatusUnsupportedMediaType, "media-type", "A snapshot is sent as application/gzip.", nil}
	case errors.Is(err, errSignature):
		return failure{http.StatusUnprocessableEntity, "signature", "The signature does not verify: the file was changed after a token of this platform had signed it. Take the snapshot again.", nil}
	case errors.Is(err, store.ErrNotFound):
		return failure{http.StatusNotFound, "not-found", "", nil}
	case errors.Is(err, store.ErrOtherCluster):
		return failure{http.StatusConflict, "other-cluster", "The snapshot is of another cluster than this platform's. Upload it to a platform of its own, or say under Snapshots that the cluster was rebuilt.", nil}
	case errors.Is(err, store.ErrLastOwner):
		return failure{http.StatusConflict, "last-owner", "An organization needs an owner. Make somebody else one first.", nil}
	case errors.Is(err, store.ErrUnfit): // the database's bounds, where a form's own let something by
		return failure{http.StatusUnprocessableEntity, "unfit", "Something in it is too long, or holds characters that can't be kept.", nil}
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrExists):
		return failure{http.StatusConflict, "conflict", "", nil}
	case errors.As(err, &httpErr):
		return failure{httpErr.Code, "http", "", nil}
	}
	return failure{http.StatusInternalServerError, "internal", "", nil}
}

func snapshotFailure(bad *snapshot.Error) failure {
	f := failure{http.StatusUnprocessableEntity, "snapshot-" + string(bad.Kind), "", []detail{{bad.Line, bad.Field, bad.Reason}}}
	switch bad.Kind {
	case snapshot.ErrTooLarge, snapshot.ErrBomb:
		f.status = http.StatusRequestEntityTooLarge
	case snapshot.ErrNotGzip:
		f.status = http.StatusUnsupportedMediaType
	}
	return f
}

// answerError answers with an error, once. What broke on our side is logged here and nowhere else.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		s.logError(c, err, "an answer broke off")
		return
	}
	f := failureOf(err)
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		f.status = 499 // who asked has left; for the log alone
	}
	switch {
	case f.status >= http.StatusInternalServerError:
		s.logError(c, err, "a request was not answered")
	case errors.Is(err, auth.ErrSignIn): // the person is told to begin again; why, is for the operator
		s.Log.LogAttrs(c.Request().Context(), slog.LevelWarn, "a sign-in was refused", slog.String("error", err.Error()), slog.String("request_id", requestID(c)))
	}
	if f.status == http.StatusTooManyRequests {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(retryAfterSeconds))
	}
	if err := s.writeFailure(c, f); err != nil {
		s.logError(c, err, "an error could not be told")
	}
}

func (s *Server) logError(c echo.Context, err error, what string) {
	s.Log.LogAttrs(c.Request().Context(), slog.LevelError, what,
		slog.String("error", err.Error()), slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.String("request_id", requestID(c)))
}

func (s *Server) writeFailure(c echo.Context, f failure) error {
	request := c.Request()
	switch {
	case request.Method == http.MethodHead:
		return c.NoContent(f.status)
	case strings.HasPrefix(request.URL.Path, "/api/"):
		return writeProblem(c, f)
	case f.status == http.StatusUnauthorized && request.Method == http.MethodGet && request.Header.Get("HX-Request") == "":
		return c.Redirect(http.StatusSeeOther, web.SignInPath+"?"+url.Values{"return": {request.URL.RequestURI()}}.Encode())
	}
	shown := web.FailurePage{Shell: s.shell(c, ""), Status: f.status, Text: f.text}
	for _, d := range f.details {
		shown.Details = append(shown.Details, web.FailureDetail{Line: d.Line, Field: d.Field, Reason: d.Reason})
	}
	if f.status >= http.StatusInternalServerError {
		shown.RequestID = requestID(c)
	}
	shown.Title = http.StatusText(f.status)
	if request.Header.Get("HX-Request") != "" {
		return render(c, f.status, web.FailureFragment(shown))
	}
	return render(c, f.status, web.Failure(shown))
}

// problem is an error as RFC 9457 has it.
type problem struct {
	Type      string   `json:"type"`
	Title     string   `json:"title"`
	Status    int      `json:"status"`
	Detail    string   `json:"detail,omitzero"`
	Code      string   `json:"code"`
	RequestID string   `json:"requestId"`
	Errors    []detail `json:"errors,omitzero"`
}

func writeProblem(c echo.Context, f failure) error {
	if f.status == http.StatusUnauthorized {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	p := problem{
		Type: "about:blank", Title: http.StatusText(f.status), Status: f.status, Detail: f.text, Code: f.code, RequestID: requestID(c), Errors: f.details,
	}
	if p.Detail == "" && len(f.details) == 1 {
		p.Detail = f.details[0].Reason
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(f.status, "application/problem+json", body)
}

// answerSessionError tells that sessions can't be read or kept.
func (s *Server) answerSessionError(w http.ResponseWriter, r *http.Request, err error) {
	s.answerError(err, s.echo.NewContext(r, w))
}
