// Package logo takes the pictures that organizations stand under. What comes is foreign: it is bounded before it is decoded, and
// what is kept was drawn anew here, so that nothing of the file but its pixels remains.
package logo

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"sync"

	"golang.org/x/image/draw"
)

// Bounds of a file that is taken.
const (
	MaxBytes = 1 << 20
	MaxSide  = 2048 // pixels, of each side
	maxScans = 64   // of a JPEG; one of many passes has about ten
)

// Bounds of what is kept, in pixels: enough for the cover of a report in print.
const (
	Width  = 480
	Height = 240
)

// Picture is a logo as it is kept: a PNG of opaque pixels of 8 bits, without any other data.
type Picture struct {
	PNG           []byte
	Width, Height int  // pixels
	Dark          bool // it stands on Dark, as it would not be seen on white
}

// Refusal is why a file is not taken, in words for whoever sent it.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// turn lets one picture be decoded at a time: the largest takes more than 100 MB while it lasts.
var turn sync.Mutex

// Make draws a PNG or JPEG anew: upright, within the bounds, on the ground that shows it. The error is a Refusal.
func Make(file []byte) (Picture, error) {
	format, err := formatOf(file)
	if err != nil {
		return Picture{}, err
	}
	config, err := format.config(bytes.NewReader(file))
	if err != nil {
		return Picture{}, broken(format)
	}
	if config.Width > MaxSide || config.Height > MaxSide {
		return Picture{}, Refusal(fmt.Sprintf("The picture is %d × %d pixels. At most %d × %d can be taken.", config.Width, config.Height, MaxSide, MaxSide))
	}
	turn.Lock()
	defer turn.Unlock()
	decoded, err := format.decode(bytes.NewReader(file))
	if err != nil {
		return Picture{}, broken(format)
	}
	return drawn(decoded, format.upright(file))
}

func broken(f *format) Refusal {
	return Refusal("The " + f.name + " is damaged or incomplete. Save it again, and send the new file.")
}

func drawn(from image.Image, turned orientation) (Picture, error) {
	small := turned.apply(shrunk(from, turned))
	dark, seen := ground(small)
	if !seen {
		return Picture{}, Refusal("Nothing can be seen in the picture: all of it is transparent.")
	}
	size := small.Bounds()
	kept := image.NewRGBA(size)
	colour := image.White
	if dark {
		colour = image.NewUniform(Dark)
	}
	draw.Draw(kept, size, colour, image.Point{}, draw.Src)
	draw.Draw(kept, size, small, image.Point{}, draw.Over)
	var b bytes.Buffer
	if err := png.Encode(&b, kept); err != nil {
		return Picture{}, fmt.Errorf("logo: encode: %w", err)
	}
	return Picture{PNG: b.Bytes(), Width: size.Dx(), Height: size.Dy(), Dark: dark}, nil
}

// shrunk is the picture within the bounds that it has once it is upright. A small one stays as it is.
func shrunk(from image.Image, turned orientation) *image.RGBA {
	bounds := from.Bounds()
	within := image.Pt(Width, Height)
	if turned.swaps() {
		within = image.Pt(Height, Width)
	}
	size := fit(bounds.Size(), within)
	to := image.NewRGBA(image.Rectangle{Max: size})
	draw.CatmullRom.Scale(to, to.Bounds(), from, bounds, draw.Src, nil)
	return to
}

// fit is a size within another, in its own proportions; never larger, and never nothing.
func fit(size, within image.Point) image.Point {
	switch {
	case size.X <= within.X && size.Y <= within.Y:
		return size
	case size.X*within.Y > size.Y*within.X:
		return image.Pt(within.X, max(1, (size.Y*within.X+size.X/2)/size.X))
	}
	return image.Pt(max(1, (size.X*within.Y+size.Y/2)/size.Y), within.Y)
}

// format is one that is taken.
type format struct {
	name    string
	config  func(*bytes.Reader) (image.Config, error)
	decode  func(*bytes.Reader) (image.Image, error)
	upright func(file []byte) orientation
}

var pngFormat = &format{
	name:    "PNG",
	config:  func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
	decode:  func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
	upright: func([]byte) orientation { return asIs },
}

var jpegFormat = &format{
	name:    "JPEG",
	config:  func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
	decode:  func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
	upright: exifOrientation,
}
