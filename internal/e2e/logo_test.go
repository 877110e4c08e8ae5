package e2e

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestALogoOnPagesAndOnPaper puts a logo by the browser's own file field, sees it, and finds it on the cover of a report.
func TestALogoOnPagesAndOnPaper(t *testing.T) {
	dir := t.TempDir()
	teal := color.NRGBA{15, 118, 110, 255}
	picture := image.NewNRGBA(image.Rect(0, 0, 960, 320))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(teal), image.Point{}, draw.Src)
	good, bad := filepath.Join(dir, "crane.png"), filepath.Join(dir, "crane.svg")
	file, err := os.Create(good)
	require.NoError(t, err)
	require.NoError(t, png.Encode(file, picture))
	require.NoError(t, file.Close())
	require.NoError(t, os.WriteFile(bad, []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='stolen'"/>`), 0o644))

	p := newPerson(t)
	p.signsIn("Mara")
	p.types("#name", "Southwind Cranes")
	p.follows(func() { p.presses("Create organization") })
	home := p.location()
	p.follows(func() { p.presses("Settings") })
	p.isAccessible()

	p.step("an SVG is refused in words", func() {
		p.types("#alt", "A crane over the water")
		p.do(chromedp.SetUploadFiles(chromedp.CSS("#logo"), []string{bad}))
		p.follows(func() { p.presses("Save") })
		p.reads("This is an SVG, which can hold more than a picture.")
		require.Equal(p.t, "A crane over the water", look[string](p, "document.getElementById('alt').value"))
		p.forgivesRefusal()
	})
	p.step("a PNG is kept and shown", func() {
		p.do(chromedp.SetUploadFiles(chromedp.CSS("#logo"), []string{good}))
		p.follows(func() { p.presses("Save") })
		p.reads("The logo is kept.")
		p.isAccessible()
		p.opens(home)
		p.sees("document.querySelector('.title img').naturalWidth === 480 && document.querySelector('.title img').naturalHeight === 160")
		require.Equal(p.t, "A crane over the water", look[string](p, "document.querySelector('.title img').alt"))
	})
	p.step("a report carries it", func() {
		p.follows(func() { p.presses("Look at a sample first") })
		p.sees("document.getElementById('load-line')")
		p.follows(func() { p.presses("Make the PDF") })
		p.reads("The PDF is ready.")
		p.presses("Download the PDF")
		var report string
		p.eventually(func() error {
			found, err := filepath.Glob(filepath.Join(p.downloads, "*.pdf"))
			if err == nil && len(found) == 0 {
				err = os.ErrNotExist
			}
			if err == nil {
				report = found[0]
			}
			return err
		})
		listed, err := exec.CommandContext(p.t.Context(), "pdfimages", "-list", report).CombinedOutput()
		require.NoError(p.t, err, string(listed))
		images := strings.Split(strings.TrimSpace(string(listed)), "\n")[2:]
		require.Len(p.t, images, 1)
		require.Equal(p.t, []string{"1", "0", "image", "480", "160"}, strings.Fields(images[0])[:5], "on the cover")
	})
	p.step("it is taken away", func() {
		p.opens(home + "/settings")
		p.follows(func() { p.presses("Take it away") })
		p.reads("The logo is gone.")
		p.opens(home)
		require.False(p.t, look[bool](p, "!!document.querySelector('.title img')"))
	})
	p.noComplaints()
}

// forgivesRefusal waits for the one thing that a console says of a form that was refused, and takes it away.
func (p *person) forgivesRefusal() {
	p.t.Helper()
	p.eventually(func() error {
		p.lock.Lock()
		defer p.lock.Unlock()
		i := slices.IndexFunc(p.complaints, func(said string) bool { return strings.Contains(said, "status of 422") })
		if i < 0 {
			return errors.New("the console does not know of it yet")
		}
		p.complaints = slices.Delete(p.complaints, i, i+1)
		return nil
	})
}
