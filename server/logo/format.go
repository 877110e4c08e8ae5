package logo

import (
	"bytes"
	"fmt"
)

// others are formats that are known and not taken, by how their files begin.
var others = []struct {
	at    int
	magic string
	words string
}{
	{0, "GIF8", "This is a GIF."},
	{8, "WEBP", "This is a WebP picture."},
	{4, "ftyp", "This is a film, or an AVIF or HEIC picture."},
	{0, "%PDF", "This is a PDF."},
	{0, "II*\x00", "This is a TIFF picture."},
	{0, "MM\x00*", "This is a TIFF picture."},
	{0, "BM", "This is a BMP picture."},
	{0, "\x00\x00\x01\x00", "This is an icon file."},
	{0, "\x1f\x8b", "This is a compressed file."},
	{0, "PK", "This is an archive."},
}

const wanted = " A PNG or JPEG can be taken."

// formatOf knows a file by its first bytes; its name and what the browser calls it count for nothing.
func formatOf(file []byte) (*format, error) {
	switch {
	case len(file) == 0:
		return nil, Refusal("The file is empty.")
	case len(file) > MaxBytes:
		return nil, tooLarge
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return pngFormat, nil
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		// A scan of a few bytes may go over every pixel, so that their number and not the file's size is what decoding costs.
		if bytes.Count(file, []byte("\xff\xda")) > maxScans {
			return nil, Refusal("The JPEG is drawn in too many passes. Save it again, and send the new file.")
		}
		return jpegFormat, nil
	}
	for _, other := range others {
		if len(file) >= other.at && bytes.HasPrefix(file[other.at:], []byte(other.magic)) {
			return nil, Refusal(other.words + wanted)
		}
	}
	if text := bytes.TrimLeft(file, "\ufeff \t\r\n"); bytes.HasPrefix(text, []byte("<")) {
		if bytes.Contains(bytes.ToLower(text[:min(len(text), 4096)]), []byte("<svg")) {
			return nil, Refusal("This is an SVG, which can hold more than a picture." + wanted)
		}
		return nil, Refusal("This is a text, and no picture." + wanted)
	}
	return nil, Refusal("This is no picture that we know." + wanted)
}

// tooLarge is said of a file beyond MaxBytes, also where it was not read to its end.
var tooLarge = Refusal(fmt.Sprintf("The file is larger than %d MiB. Save the picture smaller.", MaxBytes>>20))

// TooLarge is why a file beyond MaxBytes is not taken.
func TooLarge() Refusal { return tooLarge }
