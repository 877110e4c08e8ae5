package main

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"

	"plimsoll/web"
)

// logosPath is where the pictures of the states' organizations are.
const logosPath = "/gallery-logos/"

var (
	sea      = color.RGBA{15, 118, 110, 255}
	sand     = color.RGBA{214, 158, 46, 255}
	navy     = color.RGBA{14, 41, 62, 255}
	whitened = color.RGBA{236, 246, 250, 255}
)

// logos of all proportions: a disc over waves, drawn large, small, wide and tall.
var logos = map[string]struct {
	w, h          int
	ground        color.Color
	sun, waterInk color.RGBA
}{
	"logo.png":  {320, 160, color.White, sand, sea},
	"light.png": {320, 160, navy, whitened, whitened},
	"wide.png":  {480, 48, color.White, sand, sea},
	"tall.png":  {120, 240, color.White, sand, sea},
	"small.png": {16, 16, color.White, sand, sea},
}

func showLogo(w http.ResponseWriter, r *http.Request) {
	logo, ok := logos[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	m := image.NewRGBA(image.Rect(0, 0, logo.w, logo.h))
	draw.Draw(m, m.Bounds(), image.NewUniform(logo.ground), image.Point{}, draw.Src)
	radius := min(logo.w, logo.h) * 3 / 8
	centre := image.Pt(logo.w/2, logo.h/2)
	for y := range logo.h {
		for x := range logo.w {
			dx, dy := x-centre.X, y-centre.Y
			switch {
			case dy > 0 && dy*8/max(1, radius)%2 == 1:
				m.SetRGBA(x, y, logo.waterInk)
			case dy <= 0 && dx*dx+dy*dy <= radius*radius:
				m.SetRGBA(x, y, logo.sun)
			}
		}
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, m)
}

func logoNamed(name string) *web.Logo {
	logo := logos[name]
	return &web.Logo{Path: logosPath + name, Width: logo.w, Height: logo.h, Dark: logo.ground == navy, Alt: "A sun that sets into the sea", Bytes: 8_214, By: "Ada Marsh", At: at(12, 9)}
}

func logoStates() []state {
	none := web.OrganizationSettingsPage{Shell: shellOf("Settings", web.TabOrganizationSettings), MaxBytes: 1 << 20, MaxSide: 2048}
	with := func(name string) web.OrganizationSettingsPage {
		page := none
		page.Logo = logoNamed(name)
		page.Form.Alt = page.Logo.Alt
		return page
	}
	long := with("wide.png")
	long.Logo.Alt, long.Logo.By, long.Form.Alt = longName, longName, longName
	wrong := with("logo.png")
	wrong.Form = web.LogoForm{Alt: "one\ntwo", Problem: "This is an SVG, which can hold more than a picture. A PNG or JPEG can be taken.", AltProblem: "Letters, digits and signs only, on one line."}
	looking, lookingNone := with("light.png"), none
	looking.Viewer, lookingNone.Viewer = viewer("viewer"), viewer("viewer")
	home := func(name, title string) web.OrganizationPage {
		page := web.OrganizationPage{Shell: shellOf(title, web.TabPlatforms), Logo: logoNamed(name)}
		page.Organization = &web.Organization{Key: "north-sea", Name: title}
		return page
	}
	return []state{
		{"organization-settings", web.OrganizationSettings(none)}, {"organization-settings-logo", web.OrganizationSettings(with("logo.png"))},
		{"organization-settings-tall", web.OrganizationSettings(with("tall.png"))}, {"organization-settings-small", web.OrganizationSettings(with("small.png"))},
		{"organization-settings-long", web.OrganizationSettings(long)}, {"organization-settings-wrong", web.OrganizationSettings(wrong)},
		{"organization-settings-viewer", web.OrganizationSettings(looking)}, {"organization-settings-viewer-none", web.OrganizationSettings(lookingNone)},
		{"organization-logo", web.OrganizationHome(home("logo.png", "North Sea Logistics"))}, {"organization-logo-light", web.OrganizationHome(home("light.png", longName))},
		{"organization-logo-wide", web.OrganizationHome(home("wide.png", "North Sea Logistics"))},
	}
}
