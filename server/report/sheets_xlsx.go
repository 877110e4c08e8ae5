package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// writeXLSX writes the sheets as a workbook: a header that stays, filters, numbers as numbers, days as days, and every text as a text, so
// that none becomes a formula.
func writeXLSX(w io.Writer, in Input) (err error) {
	file := excelize.NewFile()
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	stamp := in.Assessment.AsOf.UTC().Format(time.RFC3339) // not the clock: the same input gives the same bytes
	err = file.SetDocProps(&excelize.DocProperties{Title: plain(in.Organization) + " · " + plain(in.Platform), Creator: "Plimsoll", LastModifiedBy: "Plimsoll", Created: stamp, Modified: stamp})
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	styles, err := newStyles(file)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for i, s := range sheetsOf(in) {
		if i == 0 {
			err = file.SetSheetName("Sheet1", s.Title)
		} else {
			_, err = file.NewSheet(s.Title)
		}
		if err == nil {
			err = onPaper(file, s.Title)
		}
		if err == nil {
			err = styles.write(file, s)
		}
		if err != nil {
			return fmt.Errorf("write workbook, sheet %s: %w", s.Title, err)
		}
	}
	var packed bytes.Buffer
	if err := file.Write(&packed); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := inOrder(w, packed.Bytes()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// inOrder writes a package with its parts by name: the library's order is that of a map.
func inOrder(w io.Writer, packed []byte) error {
	parts, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// onPaper lets a sheet be printed: as wide as a page, and as long as it takes.
func onPaper(file *excelize.File, name string) error {
	fit, landscape, one, any, a4 := true, "landscape", 1, 0, 9
	if err := file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &any})
}

// styles of cells, by what they hold.
type styles struct{ header, note, text, number, day int }

func newStyles(file *excelize.File) (s styles, err error) {
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	for _, style := range []struct {
		id *int
		of excelize.Style
	}{
		{&s.header, excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B2437"}}, Alignment: top}},
		{&s.note, excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Italic: true}, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.text, excelize.Style{NumFmt: 49, Alignment: top}}, // 49: text, also when it is edited
		{&s.number, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.day, excelize.Style{NumFmt: 14, Alignment: &excelize.Alignment{Vertical: "top"}}}, // 14: a day as the reader's machine writes it
	} {
		if *style.id, err = file.NewStyle(&style.of); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (st styles) write(file *excelize.File, s sheet) error {
	out, err := file.NewStreamWriter(s.Title)
	if err != nil {
		return err
	}
	for i, column := range s.Columns {
		if err := out.SetColWidth(i+1, i+1, float64(column.width)); err != nil {
			return err
		}
	}
	first := 1
	if s.Note != "" {
		first = 2
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: first, TopLeftCell: "A" + strconv.Itoa(first+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if s.Note != "" {
		if err := out.SetRow("A1", []any{excelize.Cell{StyleID: st.note, Value: s.Note}}); err != nil {
			return err
		}
	}
	header := make([]any, len(s.Columns))
	for i, column := range s.Columns {
		header[i] = excelize.Cell{StyleID: st.header, Value: column.Name}
	}
	if err := out.SetRow("A"+strconv.Itoa(first), header); err != nil {
		return err
	}
	cells := make([]any, len(s.Columns))
	for n, row := range s.Rows {
		for i, cell := range row {
			if cells[i], err = st.cell(s.Columns[i].Kind, cell); err != nil {
				return fmt.Errorf("row %d, %s: %w", n+1, s.Columns[i].Name, err)
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(first+1+n), cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(s.Columns), first+max(len(s.Rows), 1))
	if err != nil {
		return err
	}
	return file.AutoFilter(s.Title, "A"+strconv.Itoa(first)+":"+last, nil)
}

func (st styles) cell(of kind, cell string) (any, error) {
	switch {
	case cell == "":
		return nil, nil
	case of == isNumber:
		value, err := strconv.ParseFloat(cell, 64)
		return excelize.Cell{StyleID: st.number, Value: value}, err
	case of == isDay:
		day, err := time.Parse(time.DateOnly, cell)
		return excelize.Cell{StyleID: st.day, Value: day}, err
	}
	return excelize.Cell{StyleID: st.text, Value: cell}, nil
}
