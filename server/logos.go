package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/server/logo"
	"plimsoll/server/report"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	logoFormBytes  = 16 << 20 // of a form with a picture: one that is too large is refused in words, up to here
	longestAlt     = 160      // letters of what a logo shows
	longestAltText = 4 * longestAlt
)

// showOrganizationSettings is what an organization can set for itself.
func (s *Server) showOrganizationSettings(c echo.Context, v *visit) error {
	return s.organizationSettingsPage(c, v, http.StatusOK, web.LogoForm{})
}

func (s *Server) organizationSettingsPage(c echo.Context, v *visit, status int, form web.LogoForm) error {
	page := web.OrganizationSettingsPage{Form: form, MaxBytes: logo.MaxBytes, MaxSide: logo.MaxSide}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		page.Logo, err = logoOf(ctx, tx, v)
		return err
	})
	if err != nil {
		return err
	}
	if page.Logo != nil && form == (web.LogoForm{}) {
		page.Form.Alt = page.Logo.Alt
	}
	page.Shell = s.around(c, "Settings", web.TabOrganizationSettings, nil)
	return render(c, status, web.OrganizationSettings(page))
}

// logoOf is the organization's logo as pages show it; nil without one.
func logoOf(ctx context.Context, tx *store.Tx, v *visit) (*web.Logo, error) {
	found, err := tx.Logo(ctx)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &web.Logo{
		Path: v.shown().Path("logo.png") + "?v=" + found.Digest, Width: found.Width, Height: found.Height, Dark: found.Dark, Alt: found.Alt,
		Bytes: int64(found.Bytes), By: found.By, At: found.UploadedAt,
	}, nil
}

// showLogo is the picture itself. An address that names its digest is good for ever.
func (s *Server) showLogo(c echo.Context, v *visit) error {
	var png []byte
	var found store.Logo
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		found, png, err = tx.LogoPNG(ctx)
		return err
	})
	if err != nil {
		return err
	}
	kept := "private, no-cache"
	if c.QueryParam("v") == found.Digest {
		kept = "private, max-age=31536000, immutable"
	}
	c.Response().Header().Set(echo.HeaderCacheControl, kept)
	return c.Blob(http.StatusOK, "image/png", png)
}

// putLogo takes a picture, or other words for the one that is there.
func (s *Server) putLogo(c echo.Context, v *visit) error {
	file, alt, err := logoForm(c)
	var refused logo.Refusal
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	form := web.LogoForm{Alt: alt, Problem: string(refused)}
	if form.AltProblem = altProblem(alt); form.AltProblem != "" || form.Problem != "" {
		return s.organizationSettingsPage(c, v, http.StatusUnprocessableEntity, form)
	}
	if alt == "" {
		alt = "Logo of " + v.membership.Name
	}
	done := "described"
	if len(file) == 0 {
		err = s.describeLogo(c, v, alt)
	} else {
		done, err = "logo", s.replaceLogo(c, v, file, alt)
	}
	switch {
	case errors.As(err, &refused):
		form.Problem = string(refused)
		return s.organizationSettingsPage(c, v, http.StatusUnprocessableEntity, form)
	case err != nil:
		return err
	}
	return seeOther(c, v.shown().Path("settings")+"?done="+done)
}

// logoForm reads the form as a stream. What is longer than may be is read past, so that the browser gets to see the answer.
func logoForm(c echo.Context) (file []byte, alt string, err error) {
	form, err := c.Request().MultipartReader()
	if err != nil {
		return nil, "", logo.Refusal("Choose a file.")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, alt, unreadable(err)
		}
		bound := int64(longestAltText)
		if part.FormName() == "logo" {
			bound = logo.MaxBytes
		}
		read, err := io.ReadAll(io.LimitReader(part, bound+1))
		if err != nil {
			return nil, alt, unreadable(err)
		}
		switch part.FormName() {
		case "logo":
			file = read
		case "alt":
			alt = strings.TrimSpace(string(read))
		}
	}
	if len(file) > logo.MaxBytes {
		return nil, alt, logo.TooLarge()
	}
	return file, alt, nil
}

// unreadable tells a form that is too long from one that is broken.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}

func altProblem(alt string) string {
	switch {
	case utf8.RuneCountInString(alt) > longestAlt:
		return "At most 160 letters."
	case !utf8.ValidString(alt) || strings.ContainsFunc(alt, unicode.IsControl):
		return "Letters, digits and signs only, on one line."
	}
	return ""
}

func (s *Server) replaceLogo(c echo.Context, v *visit, file []byte, alt string) error {
	picture, err := logo.Make(file)
	if err != nil {
		return err
	}
	return s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		digest, err := tx.PutLogo(ctx, v.person.ID, store.Logo{Width: picture.Width, Height: picture.Height, Dark: picture.Dark, Alt: alt}, picture.PNG)
		if err != nil {
			return err
		}
		details := map[string]any{"digest": digest, "width": picture.Width, "height": picture.Height, "alt": alt}
		return tx.Audit(ctx, s.event(c, v, "organization.logo.put", "organization", v.organization.String(), details))
	})
}

// describeLogo says in other words what the logo shows; without one, a file was forgotten.
func (s *Server) describeLogo(c echo.Context, v *visit, alt string) error {
	return s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		err := tx.DescribeLogo(ctx, alt)
		if errors.Is(err, store.ErrNotFound) {
			return logo.Refusal("Choose a file.")
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "organization.logo.describe", "organization", v.organization.String(), map[string]any{"alt": alt}))
	})
}

// removeLogo takes the logo away. Reports that are made already keep theirs.
func (s *Server) removeLogo(c echo.Context, v *visit) error {
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.RemoveLogo(ctx); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "organization.logo.remove", "organization", v.organization.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, v.shown().Path("settings")+"?done=unlogo")
}

// coverLogo is the organization's logo for the cover of a report; nil without one.
func coverLogo(ctx context.Context, tx *store.Tx) (*report.Logo, error) {
	found, png, err := tx.LogoPNG(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &report.Logo{PNG: png, Width: found.Width, Height: found.Height, Dark: found.Dark, Alt: found.Alt}, nil
}
