package logo_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/logo"
)

var (
	teal  = color.NRGBA{15, 118, 110, 255}
	cream = color.NRGBA{252, 250, 240, 255}
	none  = color.NRGBA{}
)

// flat is a picture of one colour.
func flat(w, h int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

// halved has one colour on its left and another on its right.
func halved(w, h int, l, r color.Color) *image.NRGBA {
	m := flat(w, h, l)
	draw.Draw(m, image.Rect(w/2, 0, w, h), image.NewUniform(r), image.Point{}, draw.Src)
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

// chunk is one of a PNG.
func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

const headed = 8 + 25 // the signature and the header of a PNG

// behindHeader puts chunks where a PNG has those that go before its pixels.
func behindHeader(file []byte, chunks ...[]byte) []byte {
	return bytes.Join([][]byte{file[:headed], bytes.Join(chunks, nil), file[headed:]}, nil)
}

// sized says of a PNG that it is of another size than it is.
func sized(file []byte, w, h uint32) []byte {
	header := bytes.Clone(file[16:29])
	binary.BigEndian.PutUint32(header, w)
	binary.BigEndian.PutUint32(header[4:], h)
	return bytes.Join([][]byte{file[:8], chunk("IHDR", header), file[headed:]}, nil)
}

// turned says in a JPEG's Exif how it is turned.
func turned(file []byte, order binary.AppendByteOrder, how uint16) []byte {
	tiff := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II*\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x010f, 1}, {0x0112, how}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	segment = append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(segment))), segment...)
	return bytes.Join([][]byte{file[:2], segment, file[2:]}, nil)
}

// inks is a JPEG of 8 × 8 pixels in four inks as print shops send it: cyan alone, each channel one flat block.
var inks = []byte("\xff\xd8" +
	"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00" + // inks, stored as their absence
	"\xff\xdb\x00\x43\x00" + "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" +
	"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" +
	"\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00" +
	"\xff\xc4\x00\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a" + // one code: ten bits follow
	"\xff\xc4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + // one code: the block ends
	"\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00" +
	"\x00\xe7\xf0\x7f\x07\xf0" +
	"\xff\xd9")

func read(t testing.TB, p logo.Picture) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(p.PNG))
	require.NoError(t, err)
	require.Equal(t, image.Pt(p.Width, p.Height), m.Bounds().Size())
	return m
}

// near says that a pixel has a colour, as far as a JPEG keeps it.
func near(t *testing.T, m image.Image, x, y int, want color.Color) {
	t.Helper()
	r, g, b, a := m.At(x, y).RGBA()
	wr, wg, wb, wa := want.RGBA()
	for i, pair := range [][2]uint32{{r, wr}, {g, wg}, {b, wb}, {a, wa}} {
		require.InDelta(t, pair[1]>>8, pair[0]>>8, 6, "channel %d at %d, %d: %v", i, x, y, m.At(x, y))
	}
}

func TestWhatIsTaken(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 20, 10))
	draw.Draw(deep, deep.Bounds(), image.NewUniform(teal), image.Point{}, draw.Src)
	palette := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{none, teal})
	draw.Draw(palette, image.Rect(0, 0, 10, 10), image.NewUniform(teal), image.Point{}, draw.Src)
	grey := image.NewGray16(image.Rect(0, 0, 20, 10))
	still := asPNG(t, halved(20, 10, teal, cream))
	for name, c := range map[string]struct {
		file        []byte
		w, h        int
		left, right color.Color
		dark        bool
	}{
		"a PNG":                        {still, 20, 10, teal, cream, false},
		"a JPEG":                       {asJPEG(t, halved(32, 16, teal, cream)), 32, 16, teal, cream, false},
		"16 bits a channel":            {asPNG(t, deep), 20, 10, teal, teal, false},
		"grey of 16 bits":              {asPNG(t, grey), 20, 10, color.Black, color.Black, false},
		"a palette with transparency":  {asPNG(t, palette), 20, 10, teal, color.White, false},
		"four inks":                    {inks, 8, 8, color.NRGBA{1, 255, 255, 255}, color.NRGBA{1, 255, 255, 255}, false},
		"an animation's still picture": {behindHeader(still, chunk("acTL", []byte("\x00\x00\x00\x02\x00\x00\x00\x00"))), 20, 10, teal, cream, false},
		"wide, made smaller":           {asPNG(t, halved(960, 96, teal, cream)), 480, 48, teal, cream, false},
		"tall, made smaller":           {asPNG(t, halved(1000, 2000, teal, cream)), 120, 240, teal, cream, false},
		"a line, made smaller":         {asPNG(t, flat(2048, 1, teal)), 480, 1, teal, teal, false},
		"the largest":                  {asPNG(t, halved(2048, 2048, teal, cream)), 240, 240, teal, cream, false},
		"one pixel":                    {asPNG(t, flat(1, 1, teal)), 1, 1, teal, teal, false},
		"light on nothing":             {asPNG(t, halved(20, 10, cream, none)), 20, 10, cream, logo.Dark, true},
		"dark on nothing":              {asPNG(t, halved(20, 10, teal, none)), 20, 10, teal, color.White, false},
		"light on its own ground":      {asPNG(t, flat(20, 10, cream)), 20, 10, cream, cream, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := logo.Make(c.file)
			require.NoError(t, err)
			require.Equal(t, [2]int{c.w, c.h}, [2]int{p.Width, p.Height})
			require.Equal(t, c.dark, p.Dark)
			m := read(t, p)
			near(t, m, 0, 0, c.left)
			near(t, m, c.w-1, c.h-1, c.right)
			again, err := logo.Make(c.file)
			require.NoError(t, err)
			require.Equal(t, p, again)
		})
	}
}

// A corner of the picture is followed to where each way of turning puts it.
func TestACameraSaysHowItIsTurned(t *testing.T) {
	const w, h = 64, 32
	marked := flat(w, h, cream)
	draw.Draw(marked, image.Rect(0, 0, 16, 16), image.NewUniform(teal), image.Point{}, draw.Src)
	file := asJPEG(t, marked)
	for how, want := range map[uint16]struct {
		corner image.Point // 0 or 1: first or last column and row
		swaps  bool
	}{
		0: {image.Pt(0, 0), false}, 1: {image.Pt(0, 0), false}, 2: {image.Pt(1, 0), false}, 3: {image.Pt(1, 1), false}, 4: {image.Pt(0, 1), false},
		5: {image.Pt(0, 0), true}, 6: {image.Pt(1, 0), true}, 7: {image.Pt(1, 1), true}, 8: {image.Pt(0, 1), true}, 9: {image.Pt(0, 0), false},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			p, err := logo.Make(turned(file, order, how))
			require.NoError(t, err)
			size := image.Pt(w, h)
			if want.swaps {
				size = image.Pt(h, w)
			}
			require.Equal(t, size, image.Pt(p.Width, p.Height), how)
			m := read(t, p)
			for x := range 2 {
				for y := range 2 {
					colour := cream
					if want.corner == image.Pt(x, y) {
						colour = teal
					}
					near(t, m, x*(size.X-1), y*(size.Y-1), colour)
				}
			}
		}
	}
}

// Large and turned: the bounds hold for what is seen.
func TestTheBoundsAreOfTheUprightPicture(t *testing.T) {
	p, err := logo.Make(turned(asJPEG(t, flat(200, 1000, teal)), binary.BigEndian, 6))
	require.NoError(t, err)
	require.Equal(t, [2]int{480, 96}, [2]int{p.Width, p.Height})
}

func TestWhatIsRefused(t *testing.T) {
	still := asPNG(t, halved(200, 100, teal, cream))
	photo := asJPEG(t, halved(200, 100, teal, cream))
	var moving bytes.Buffer
	require.NoError(t, gif.Encode(&moving, flat(4, 4, teal), nil))
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":                       {nil, "empty"},
		"too many bytes":                {append(bytes.Clone(still), make([]byte, logo.MaxBytes)...), "larger than 1 MiB"},
		"a bomb of pixels":              {sized(still, 60_000, 60_000), "60000 × 60000 pixels. At most 2048 × 2048"},
		"one column too wide":           {sized(still, 2049, 1), "2049 × 1 pixels"},
		"one row too high":              {sized(still, 1, 2049), "1 × 2049 pixels"},
		"sides beyond any number":       {sized(still, 1<<31-1, 1<<31-1), "PNG is damaged"},
		"no pixels":                     {sized(still, 0, 0), "PNG is damaged"},
		"fewer pixels than it says":     {sized(still, 2000, 2000), "PNG is damaged"},
		"a PNG cut off":                 {still[:len(still)/2], "PNG is damaged"},
		"a PNG's first bytes":           {still[:8], "PNG is damaged"},
		"a JPEG cut off":                {photo[:len(photo)/2], "JPEG is damaged"},
		"a JPEG's first bytes":          {photo[:3], "JPEG is damaged"},
		"a JPEG of very many passes":    {append(bytes.Clone(photo), bytes.Repeat([]byte("\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"), 65)...), "too many passes"},
		"nothing to be seen":            {asPNG(t, flat(9, 9, none)), "transparent"},
		"a GIF":                         {moving.Bytes(), "a GIF. A PNG or JPEG can be taken."},
		"an SVG":                        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "an SVG"},
		"an SVG with a head":            {[]byte("\ufeff<?xml version=\"1.0\"?>\n<!-- a mark --><SVG/>"), "an SVG"},
		"a page":                        {[]byte("<!doctype html><h1>a logo</h1>"), "a text"},
		"a WebP":                        {[]byte("RIFF\x1a\x00\x00\x00WEBPVP8L"), "a WebP"},
		"an AVIF":                       {[]byte("\x00\x00\x00\x1cftypavif"), "AVIF"},
		"a PDF":                         {[]byte("%PDF-1.7"), "a PDF"},
		"an archive":                    {[]byte("PK\x03\x04"), "an archive"},
		"an SVG in gzip":                {[]byte("\x1f\x8b\x08"), "compressed"},
		"a program":                     {[]byte("\x7fELF"), "no picture that we know"},
		"a byte":                        {[]byte{0x89}, "no picture that we know"},
		"a page that ends in a picture": {append([]byte("<script>alert(1)</script>"), still...), "a text"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := logo.Make(c.file)
			require.ErrorAs(t, err, new(logo.Refusal))
			require.ErrorContains(t, err, c.says)
			require.Empty(t, p.PNG)
		})
	}
}

// What else a file holds is gone: text, places, another file behind it, an animation.
func TestOnlyPixelsRemain(t *testing.T) {
	const secret = "<script>alert(document.domain)</script>"
	still := asPNG(t, halved(20, 10, teal, cream))
	photo := asJPEG(t, halved(32, 16, teal, cream))
	comment := append([]byte{0xff, 0xfe, 0, byte(2 + len(secret))}, secret...)
	for name, file := range map[string][]byte{
		"in a PNG's text":   behindHeader(still, chunk("tEXt", []byte("Comment\x00"+secret)), chunk("acTL", []byte("\x00\x00\x00\x02\x00\x00\x00\x00"))),
		"behind a PNG":      append(bytes.Clone(still), "PK\x03\x04"+secret...),
		"in a JPEG's words": bytes.Join([][]byte{photo[:2], comment, photo[2:]}, nil),
		"behind a JPEG":     append(bytes.Clone(photo), secret...),
		"in a JPEG's Exif":  turned(photo, binary.LittleEndian, 1),
	} {
		p, err := logo.Make(file)
		require.NoError(t, err, name)
		require.Equal(t, []string{"IHDR", "IDAT", "IEND"}, chunksOf(t, p.PNG), name)
		require.NotContains(t, string(p.PNG), "script", name)
	}
}

// chunksOf are the kinds of a PNG's chunks in their order, repeated pixels once; nothing may stand behind them.
func chunksOf(t testing.TB, file []byte) (kinds []string) {
	t.Helper()
	for rest := file[8:]; len(rest) > 0; {
		kind := string(rest[4:8])
		if len(kinds) == 0 || kinds[len(kinds)-1] != kind {
			kinds = append(kinds, kind)
		}
		rest = rest[12+binary.BigEndian.Uint32(rest):]
	}
	return kinds
}

func FuzzMake(f *testing.F) {
	still, photo := asPNG(f, halved(20, 10, teal, none)), asJPEG(f, halved(32, 16, teal, cream))
	for _, seed := range [][]byte{nil, still, photo, inks, still[:40], turned(photo, binary.BigEndian, 6), turned(photo, binary.LittleEndian, 8), sized(still, 2048, 2048), []byte("<svg/>")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := logo.Make(file)
		if err != nil {
			require.ErrorAs(t, err, new(logo.Refusal))
			return
		}
		require.LessOrEqual(t, p.Width, logo.Width)
		require.LessOrEqual(t, p.Height, logo.Height)
		require.True(t, read(t, p).(interface{ Opaque() bool }).Opaque())
		require.Equal(t, []string{"IHDR", "IDAT", "IEND"}, chunksOf(t, p.PNG))
	})
}
