package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	invopop "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"plimsoll/assessments"
	published "plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot/snapshottest"
)

// realInput is what our own content makes of a cluster and of a questionnaire that is filled in.
func realInput(t *testing.T) Input {
	t.Helper()
	builder := facts.NewBuilder(facts.Options{AsOf: asOf})
	for _, record := range snapshottest.Generate(40, 1) {
		builder.Add(record)
	}
	in := assessments.Input{Content: published.V1(), Facts: builder.Build(), Surveyed: true, AsOf: asOf}
	for i, q := range in.Content.Questionnaire.Questions() {
		answer := questionnaire.Answer{Question: q.ID, State: questionnaire.Answered, Basis: questionnaire.Measured, AnsweredAt: asOf, Respondent: "Ines Falk", Note: "as agreed"}
		switch {
		case i%9 == 8 || len(q.Options) == 0:
			answer.State, answer.Basis = questionnaire.Unknown, ""
		default:
			answer.Options = []string{q.Options[i%len(q.Options)].ID}
		}
		in.Answers = append(in.Answers, answer)
	}
	in.Waivers = []assessments.Waiver{{Rule: "delivery/*", Reason: "moves in January", Author: "Ines Falk", Until: asOf.AddDate(0, 2, 0)}}
	a := assessments.Assess(in)
	a.Contradictions = append(a.Contradictions, sample(1).Assessment.Contradictions...)
	before := a
	before.AsOf = asOf.AddDate(0, 0, -7)
	return Input{Organization: "Nordhafen Logistik", Platform: "Production, Hamburg", Content: in.Content, Assessment: &a, Previous: &before}
}

func wrote(t *testing.T, format Format, in Input) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteAs(&b, format, in))
	return b.Bytes()
}

// workbook reads a workbook back: its sheets by title, each with its rows.
func workbook(t *testing.T, bytesOf []byte) (titles []string, rows map[string][][]string, file *excelize.File) {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(bytesOf))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	rows = map[string][][]string{}
	for _, title := range file.GetSheetList() {
		titles = append(titles, title)
		rows[title], err = file.GetRows(title, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
	}
	return titles, rows, file
}

// Every format says what the sheets say, cell by cell.
func TestEveryFormatHoldsTheSameFigures(t *testing.T) {
	in := realInput(t)
	sheets := sheetsOf(in)
	var said book
	require.NoError(t, json.Unmarshal(wrote(t, JSON, in), &said))
	titles, rows, _ := workbook(t, wrote(t, XLSX, in))
	text := string(wrote(t, Markdown, in))
	require.Len(t, said.Sheets, len(sheets))
	for i, s := range sheets {
		require.NotEmpty(t, s.Rows, s.ID)
		require.Equal(t, s.Rows, said.Sheets[i].Rows, s.ID)
		require.Equal(t, s.Title, titles[i])
		found := rows[s.Title]
		if s.Note != "" {
			found = found[1:]
		}
		require.Len(t, found, 1+len(s.Rows), s.ID)
		for n, row := range s.Rows {
			for k, want := range row {
				got := ""
				if k < len(found[n+1]) {
					got = found[n+1][k]
				}
				if s.Columns[k].Kind == isDay && want != "" {
					got = dayOfSerial(t, got)
				}
				require.Equal(t, figureOf(want, s.Columns[k].Kind), figureOf(got, s.Columns[k].Kind), "%s, row %d, %s", s.ID, n+1, s.Columns[k].Name)
			}
		}
		require.Contains(t, text, "\n## "+s.Title+"\n")
		require.Equal(t, min(len(s.Rows), mostMarkdownRows)+2*min(len(s.Rows), 1), tableLines(text, s.Title), s.ID)
	}
	found, err := csv.NewReader(bytes.NewReader(wrote(t, CSV, in))).ReadAll()
	require.NoError(t, err)
	require.Len(t, found, 1+len(in.Assessment.Findings))
	require.NotEmpty(t, in.Assessment.Findings)
	require.Equal(t, in.Assessment.Findings[0].Fingerprint, found[1][len(found[1])-1])
}

// figureOf takes 7 and 7.00 for the same.
func figureOf(cell string, of kind) string {
	if of == isNumber && cell != "" {
		value, err := strconv.ParseFloat(cell, 64)
		if err == nil {
			return strconv.FormatFloat(value, 'g', -1, 64)
		}
	}
	return cell
}

func dayOfSerial(t *testing.T, cell string) string {
	t.Helper()
	serial, err := strconv.ParseFloat(cell, 64)
	require.NoError(t, err)
	day, err := excelize.ExcelDateToTime(serial, false)
	require.NoError(t, err)
	return day.Format(time.DateOnly)
}

// tableLines counts the lines of the table below a heading.
func tableLines(text, title string) (n int) {
	_, rest, _ := strings.Cut(text, "\n## "+title+"\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	for line := range strings.SplitSeq(rest, "\n") {
		if strings.HasPrefix(line, "|") {
			n++
		}
	}
	return n
}

func TestTheContributionsOfASheetSumToTheScore(t *testing.T) {
	in := realInput(t)
	sums := map[string]float64{}
	totals := map[string]float64{}
	for _, row := range controlsSheet(in).Rows {
		if row[9] == "" {
			continue
		}
		points, err := strconv.ParseFloat(row[9], 64)
		require.NoError(t, err)
		if row[2] == "Score" {
			totals[row[0]] = points
		} else {
			sums[row[0]] += points
		}
	}
	require.NotEmpty(t, totals)
	for pillar, total := range totals {
		require.InDelta(t, total, sums[pillar], 0.0001, pillar)
	}
}

func TestTheSameInputGivesTheSameBytesInEveryFormat(t *testing.T) {
	in := realInput(t)
	for _, format := range Formats() {
		first := wrote(t, format, in)
		for range 3 {
			require.Equal(t, first, wrote(t, format, in), format)
		}
	}
}

// What tenants name things by is text in every format: no formula, no markup, no broken row.
func TestHostileNamesStayText(t *testing.T) {
	hostile := []string{`=cmd|' /C calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1+1", "a|b\n|c|", "`x`", "<img src=x onerror=1>", "[x](javascript:1)",
		"https://evil.example", "@everyone", "\u202egpj.exe", "\x00\x1b[31m", "\ufffe\uffff", "\xff\xfe", strings.Repeat("x", 40_000), "日本語 🚢 עברית", "a,b;\"c\"", "# heading"}
	in := realInput(t)
	finding := in.Assessment.Findings[0]
	in.Assessment.Findings = nil
	for _, name := range hostile {
		one := finding
		one.Subject.Name, one.Message, one.Mend.Text = name, name, name
		in.Assessment.Findings = append(in.Assessment.Findings, one)
	}
	in.Organization, in.Platform = hostile[0], hostile[8]

	titles, rows, file := workbook(t, wrote(t, XLSX, in))
	require.Len(t, rows["Findings"], 1+len(hostile))
	for _, title := range titles {
		for r, row := range rows[title] {
			for c := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				require.NoError(t, err)
				formula, err := file.GetCellFormula(title, cell)
				require.NoError(t, err)
				require.Empty(t, formula, "%s %s", title, cell)
			}
		}
	}
	found, err := csv.NewReader(bytes.NewReader(wrote(t, CSV, in))).ReadAll()
	require.NoError(t, err)
	require.Len(t, found, 1+len(hostile))
	for _, row := range found[1:] {
		for _, cell := range row {
			require.True(t, utf8.ValidString(cell))
			require.NotRegexp(t, `^[=+\-@\t\r]`, cell)
			require.NotRegexp(t, `^\s*[=@＝]`, cell)
			require.NotContains(t, cell, "\n")
		}
	}
	text := string(wrote(t, Markdown, in))
	require.NotContains(t, text, "<img")
	require.NotRegexp(t, `[^\\]\]\(javascript`, text)
	require.NotContains(t, text, "https://evil")
	require.NotContains(t, text, " @everyone")
	require.NotContains(t, text, "\u202e")
	require.Equal(t, len(hostile)+2, tableLines(text, "Findings"))
	for line := range strings.SplitSeq(text, "\n") {
		require.False(t, strings.HasPrefix(line, "# heading"))
	}
	for _, format := range Formats() {
		require.NotEmpty(t, wrote(t, format, in), format)
	}
}

func TestFormatsAreNamed(t *testing.T) {
	for _, format := range Formats() {
		parsed, err := ParseFormat(string(format))
		require.NoError(t, err)
		require.Equal(t, format, parsed)
		require.NotEmpty(t, format.Extension())
		require.NotEmpty(t, format.MediaType())
		require.NotEqual(t, string(format), format.Words())
	}
	_, err := ParseFormat("docx")
	require.ErrorContains(t, err, `want one of full, short, markdown, csv, json, xlsx, got "docx"`)
	require.ErrorContains(t, WriteAs(&bytes.Buffer{}, "docx", Input{}), `no format "docx"`)
}

func FuzzInert(f *testing.F) {
	for _, seed := range []string{"=1", " =1", "\u00a0@x", "－1", "plain", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		made := inert(plain(text))
		require.NotRegexp(t, `^[ \x{a0}\x{3000}]*[=+\-@＝＋－＠]`, made)
		require.Contains(t, []string{plain(text), "'" + plain(text)}, made)
		require.LessOrEqual(t, utf8.RuneCountInString(plain(text)), longestCell)
		require.NotContains(t, plain(text), "\n")
	})
}

var renew = flag.Bool("update", false, "write the schema of the JSON form")

// The schema is made from the types that are written; what is written is held to it.
func TestTheSchemaOfTheJSONForm(t *testing.T) {
	reflector := invopop.Reflector{Anonymous: true, Namer: func(t reflect.Type) string {
		return map[string]string{"book": "Report", "sheet": "Sheet", "heading": "Column"}[t.Name()]
	}, Mapper: func(of reflect.Type) *invopop.Schema {
		if of == reflect.TypeFor[kind]() {
			return &invopop.Schema{Type: "string", Enum: []any{string(isText), string(isNumber), string(isDay)}}
		}
		return nil
	}}
	schema := reflector.Reflect(&book{})
	schema.ID, schema.Title = "https://plimsoll.dev/schema/report-1.json", "plimsoll report --format json"
	text, err := json.MarshalIndent(schema, "", "  ")
	require.NoError(t, err)
	text = append(text, '\n')
	const file = "../../docs/schema/report-1.json"
	if *renew {
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
	committed, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(text), string(committed), "go test ./server/report -update")
	compiled, err := jsonschema.NewCompiler().Compile(file)
	require.NoError(t, err)
	for _, in := range []Input{realInput(t), sample(3), {Assessment: &assessments.Assessment{AsOf: asOf}}} {
		var said any
		require.NoError(t, json.Unmarshal(wrote(t, JSON, in), &said))
		require.NoError(t, compiled.Validate(said))
	}
}
