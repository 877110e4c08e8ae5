package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/internal/dbtest"
	"plimsoll/server"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

const (
	docs         = "../../docs"
	pictureBytes = 150 << 10 // that a picture has at most
	pictureWidth = 1200      // in pixels of CSS
	pictureScale = 1.5       // pixels of the picture for each of those
)

// pictureDay is the day on which the pictures are taken, so that they are the same whenever that is.
var pictureDay = time.Date(2026, time.November, 20, 9, 30, 0, 0, time.UTC)

// TestPictures takes the pictures that README and docs show: of the example organization as everybody has it after `make run`, on one
// day, in the real browser. With -update they are written.
func TestPictures(t *testing.T) {
	site := newExampleSite(t, nil)
	site.work(t)
	p := newPersonAt(t, site.URL)
	taken := map[string][]byte{}
	p.signsIn("Mara")
	const organization, platform = "/o/harbour-logistics", "/o/harbour-logistics/platforms/production-hamburg"
	of := func(name, last string, dark bool) { taken[name] = p.picture(last, dark) }

	p.opens(platform)
	of("result", "section[aria-labelledby=load-line]", false)
	of("result-dark", "section[aria-labelledby=load-line]", true)
	taken["report"] = p.pagesOf(p.downloadsReport(), 1, 3)
	p.opens(platform + "/findings")
	p.follows(func() { p.presses("streaming/kafka · kafka") })
	of("finding", "section[aria-labelledby=mend]", false)
	p.opens(platform + "/probe")
	of("probe", "#start", false)
	p.opens(platform + "/history")
	of("history", "tbody tr:nth-child(5)", false)
	p.opens(organization + "/platforms/new")
	p.types("#name", "Shop, eu-west")
	p.follows(func() { p.presses("Create platform") })
	p.follows(func() { p.presses("Make the command") })
	p.settlesTheCommand()
	of("first-steps", ".pair", false)
	p.noComplaints()

	for name, picture := range taken {
		require.LessOrEqual(t, len(picture), pictureBytes, name)
		if *update {
			require.NoError(t, os.WriteFile(filepath.Join(docs, "images", name+".png"), picture, 0o644))
		}
	}
	require.ElementsMatch(t, slices.Collect(keysOf(taken)), picturesIn(t, filepath.Join(docs, "images")), "make picture renews them")
}

func keysOf(taken map[string][]byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range taken {
			if !yield(name) {
				return
			}
		}
	}
}

func picturesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".png"))
	}
	return names
}

var pictureLink = regexp.MustCompile(`images/([a-z-]+)\.png`)

// Every picture is shown somewhere, and every one that is shown is there.
func TestDocsShowThePicturesThatThereAre(t *testing.T) {
	shown := map[string][]byte{}
	pages, err := filepath.Glob(filepath.Join(docs, "*.md"))
	require.NoError(t, err)
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range pictureLink.FindAllStringSubmatch(string(text), -1) {
			shown[link[1]] = nil
		}
	}
	require.ElementsMatch(t, slices.Collect(keysOf(shown)), picturesIn(t, filepath.Join(docs, "images")))
}

// exampleSite is the service over a database with the example organization, on the day of the pictures.
type exampleSite struct {
	*httptest.Server
	queue *jobs.Queue
}

// newExampleSite starts the service; behind something that requests pass, where that is not nil. No job is done before work is called.
func newExampleSite(t *testing.T, behind func(http.Handler) http.Handler) *exampleSite {
	t.Helper()
	now := func() time.Time { return pictureDay }
	db := dbtest.New(t)
	site := httptest.NewUnstartedServer(nil)
	config, err := server.LocalConfig(site.Listener.Addr().String())
	require.NoError(t, err)
	identity, err := config.EmbedIdentity()
	require.NoError(t, err)
	var said tail
	log := slog.New(slog.NewTextHandler(&said, nil))
	queue, err := jobs.New(db.App, content.V1(), jobs.Options{Log: log, Now: now, Sampler: seed.Sample})
	require.NoError(t, err)
	require.NoError(t, seed.Example(t.Context(), store.New(db.App), &jobs.Assessor{Store: store.New(db.App), Content: content.V1(), Now: now}))
	service, err := server.New(server.Parts{Config: config, Pool: db.App, Content: content.V1(), Queue: queue, Identity: identity, Log: log, Version: "1.0", Now: now})
	require.NoError(t, err)
	site.Config.Handler = service.Handler()
	if behind != nil {
		site.Config.Handler = behind(service.Handler())
	}
	site.Start()
	t.Cleanup(func() {
		service.Close()
		site.Close()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	return &exampleSite{site, queue}
}

// work has jobs done, until work is left or the test ends.
func (s *exampleSite) work(t *testing.T) (leave func()) {
	t.Helper()
	require.NoError(t, s.queue.Start(t.Context()))
	leave = sync.OnceFunc(func() { require.NoError(t, s.queue.Stop(context.Background())) })
	t.Cleanup(leave)
	return leave
}

// settlesTheCommand puts words in the place of what is by chance in the command of the first steps: address, token and platform.
func (p *person) settlesTheCommand() {
	p.t.Helper()
	require.True(p.t, look[bool](p, `(() => {
		const command = document.querySelector("#first-command code"), said = command.textContent;
		command.textContent = said.replace(/TOKEN=\S+/, "TOKEN=plim_…").replace(/--upload \S+/, "--upload https://plimsoll.example").replace(/--platform \S+/, "--platform 019aa0c4-…");
		return command.textContent.includes("plim_… ") && command.textContent.includes("019aa0c4-… ");
	})()`))
}

// picture is the page from its top to the end of an element.
func (p *person) picture(last string, dark bool) []byte {
	p.t.Helper()
	p.show(screen{width: pictureWidth, height: 800, dark: dark})
	foot := look[float64](p, `(async () => {
		document.activeElement.blur();
		scrollTo(0, 0);
		await document.fonts.ready;
		document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).forEach(a => a.finish());
		return document.querySelector(`+quote(last)+`).getBoundingClientRect().bottom;
	})()`)
	p.do(chromedp.EmulateViewport(pictureWidth, int64(foot)+24, chromedp.EmulateScale(pictureScale)))
	shot, err := chromedp.Run(p.tab, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	p.show(day)
	whole, err := png.Decode(bytes.NewReader(shot))
	require.NoError(p.t, err)
	return small(p.t, whole)
}

// pagesOf are pages of a PDF, side by side.
func (p *person) pagesOf(path string, numbers ...int) []byte {
	p.t.Helper()
	const gap = 24
	var sheet *image.RGBA
	for i, number := range numbers {
		drawn, err := exec.Command("pdftoppm", "-png", "-r", "80", "-singlefile", "-f", fmt.Sprint(number), path).Output()
		require.NoError(p.t, err)
		page, err := png.Decode(bytes.NewReader(drawn))
		require.NoError(p.t, err)
		width, height := page.Bounds().Dx(), page.Bounds().Dy()
		if sheet == nil {
			sheet = image.NewRGBA(image.Rect(0, 0, len(numbers)*(width+gap)+gap, height+2*gap))
			draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.RGBA{0xd9, 0xdf, 0xe5, 0xff}), image.Point{}, draw.Src)
		}
		corner := image.Pt(gap+i*(width+gap), gap)
		draw.Draw(sheet, image.Rectangle{corner, corner.Add(page.Bounds().Size())}, page, page.Bounds().Min, draw.Src)
	}
	return small(p.t, sheet)
}

// small is a picture in 256 colours: those that it has most of, and for each other one the nearest of them. Pages are flat, so that only
// edges of letters have more.
func small(t *testing.T, whole image.Image) []byte {
	t.Helper()
	bounds := whole.Bounds()
	counted := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(whole.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counted[at(x, y)]++
		}
	}
	var colors []color.RGBA
	for c := range counted {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		if counted[a] != counted[b] {
			return counted[b] - counted[a]
		}
		return bytes.Compare([]byte{a.R, a.G, a.B}, []byte{b.R, b.G, b.B})
	})
	var palette color.Palette
	for _, c := range colors[:min(256, len(colors))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	reduced := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			index, known := nearest[c]
			if !known {
				index = uint8(palette.Index(c))
				nearest[c] = index
			}
			reduced.SetColorIndex(x, y, index)
		}
	}
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	require.NoError(t, encoder.Encode(&file, reduced))
	return file.Bytes()
}
