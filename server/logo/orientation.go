package logo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a camera says that its picture is turned (Exif 2.32, tag 274): where the first row and column of the pixels
// belong. Zero and what is unknown mean as it is.
type orientation uint16

const (
	asIs             orientation = 1
	firstTurned      orientation = 5 // from here on rows are columns
	last             orientation = 8
	orientationTag               = 0x0112
	orientationShort             = 3 // the type of its value: 16 bits
)

// swaps reports whether width and height change places.
func (o orientation) swaps() bool { return o >= firstTurned && o <= last }

// apply turns the picture upright.
func (o orientation) apply(from *image.RGBA) *image.RGBA {
	if o <= asIs || o > last {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	size := image.Pt(w, h)
	if o.swaps() {
		size = image.Pt(h, w)
	}
	to := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			at := o.place(x, y, w, h)
			copy(to.Pix[to.PixOffset(at.X, at.Y):][:4], from.Pix[from.PixOffset(x, y):][:4])
		}
	}
	return to
}

// place is where a pixel of a picture of the size belongs.
func (o orientation) place(x, y, w, h int) image.Point {
	right, bottom := w-1-x, h-1-y
	switch o {
	case 2:
		return image.Pt(right, y)
	case 3:
		return image.Pt(right, bottom)
	case 4:
		return image.Pt(x, bottom)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(bottom, x)
	case 7:
		return image.Pt(bottom, right)
	case 8:
		return image.Pt(y, right)
	}
	return image.Pt(x, y)
}

// exifOrientation finds it in a JPEG's Exif segment. Whatever is not as it should be is as it is.
func exifOrientation(file []byte) orientation {
	const marker, startOfScan, app1 = 0xff, 0xda, 0xe1
	for rest := file[2:]; len(rest) >= 4 && rest[0] == marker && rest[1] != startOfScan; {
		length := int(binary.BigEndian.Uint16(rest[2:])) // of the segment, itself included
		if length < 2 || 2+length > len(rest) {
			break
		}
		segment := rest[4 : 2+length]
		if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && rest[1] == app1 {
			return tiffOrientation(tiff)
		}
		rest = rest[2+length:]
	}
	return asIs
}

// tiffOrientation reads the tag from the first directory.
func tiffOrientation(tiff []byte) orientation {
	const header, entry = 8, 12
	if len(tiff) < header {
		return asIs
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return asIs
	}
	directory := tiff[start:]
	entries := directory[2:]
	for range order.Uint16(directory) {
		if len(entries) < entry {
			return asIs
		}
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == orientationShort {
			return orientation(order.Uint16(entries[8:]))
		}
		entries = entries[entry:]
	}
	return asIs
}
