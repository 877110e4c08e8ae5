package server

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/web"
)

const formBytes = 256 << 10 // most bytes of a form

// middleware is what every request passes, from the outside inwards.
func (s *Server) middleware() {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answerError(errForbidden, s.echo.NewContext(r, w))
	}))
	s.echo.Pre(number, s.log, s.recover, s.secureHeaders)
	if s.Config.Local {
		s.echo.Pre(s.ownName)
	}
	s.echo.Pre(echo.WrapMiddleware(crossOrigin.Handler))
}

// extractor finds out from which address a request came. Forwarded addresses are believed of named proxies alone.
func extractor(c Config) echo.IPExtractor {
	if len(c.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range c.TrustedProxies {
		masked := prefix.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: masked.Addr().AsSlice(), Mask: net.CIDRMask(masked.Bits(), masked.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// number gives each request an id of ours: one that comes with a request could be anything.
func number(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text())
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// log writes one line a request: the route, never the address with its query, which may hold codes; no header, no body.
func (s *Server) log(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size), slog.Duration("took", time.Since(began)),
			slog.String("address", c.RealIP()), slog.String("request_id", requestID(c)))
		return nil
	}
}

// recover turns a panic into an error of this request alone.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				err = &panicked{cause, debug.Stack()}
			}
		}()
		return next(c)
	}
}

func (s *Server) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderContentSecurityPolicy, web.ContentSecurityPolicy)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderXFrameOptions, "DENY")
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.Config.URL.Scheme == "https" {
			h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		return next(c)
	}
}

// ownName answers only to the name in our own address, so that a foreign site whose name was made to lead here is not us.
func (s *Server) ownName(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Host == s.Config.URL.Host {
			return next(c)
		}
		host, _, err := net.SplitHostPort(r.Host)
		if err == nil && isLoopback(host) && r.Method == http.MethodGet { // its sessions belong to the one name
			target := *s.Config.URL
			target.Path, target.RawQuery = r.URL.Path, r.URL.RawQuery
			return c.Redirect(http.StatusTemporaryRedirect, target.String())
		}
		return echo.NewHTTPError(http.StatusMisdirectedRequest)
	}
}

// bounded cuts a request's body off after limit bytes.
func bounded(limit int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > limit {
				err := &http.MaxBytesError{Limit: limit}
				readOut(c, limit, err)
				return err
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
			return next(c)
		}
	}
}

// readForm reads a form before its handler does: one that is too large or broken is refused, and not taken for an empty one.
func readForm(c echo.Context, limit int64) error {
	err := c.Request().ParseForm() // first: the other passes over its faults
	if err == nil {
		err = c.Request().ParseMultipartForm(limit)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, http.ErrNotMultipart):
		return nil
	case errors.As(err, &tooLarge):
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}
