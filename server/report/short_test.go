package report

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func shortText(t *testing.T, in Input) (text, info string) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteShort(&b, in))
	file := t.TempDir() + "/short.pdf"
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	require.Contains(t, output(t, "qpdf", "--check", file), "No syntax or stream encoding errors found")
	return strings.Join(strings.Fields(output(t, "pdftotext", "-layout", file, "-")), " "), output(t, "pdfinfo", file)
}

func TestTheShortReportHasTwoPagesWhateverPeopleWrite(t *testing.T) {
	long := strings.Repeat("a-very-long-name of things ", 30)
	longest := sample(2000)
	longest.Organization, longest.Platform = long, long
	for k := range longest.Assessment.Findings {
		f := &longest.Assessment.Findings[k]
		f.Subject.Name, f.Mend.Text = long, long
	}
	for range 12 {
		longest.Assessment.CouldNotSee = append(longest.Assessment.CouldNotSee, assessments.Blind{What: "x", Title: long, Why: long + strings.Repeat("y", len(longest.Assessment.CouldNotSee))})
	}
	for name, in := range map[string]Input{
		"usual": sample(40), "two thousand findings": sample(2000), "longest names": longest,
		"emptiest": {Organization: "A", Platform: "B", Assessment: &assessments.Assessment{AsOf: asOf}},
	} {
		t.Run(name, func(t *testing.T) {
			_, info := shortText(t, in)
			require.Regexp(t, `Pages:\s+2\n`, info)
			require.Regexp(t, `Tagged:\s+yes`, info)
		})
	}
}

func TestTheShortReportHasTheFullOnesFigures(t *testing.T) {
	text, _ := shortText(t, sample(6000))
	for _, want := range []string{"Yes, managed only", "39, between 31 and 62", "64 % of what counts, by evidence 52 %", "Answer P2", "1 answer contradicted", "2 000", "no node collector"} {
		require.Contains(t, text, want)
	}
	require.Less(t, strings.Index(text, "critical"), strings.Index(text, "medium"), "gravest first")
}

func TestCountsHaveTheirThousandsApartAndNothingIsNameless(t *testing.T) {
	in := sample(3)
	in.Assessment.CouldNotSee[0].Subjects = 10_000
	in.Assessment.Findings[0].Subject = assessments.Subject{Kind: "Pod", Namespace: "default"}
	file, _ := written(t, in)
	text := strings.Join(strings.Fields(output(t, "pdftotext", "-layout", file, "-")), " ")
	require.Contains(t, text, "(10 000 objects)")
	require.Contains(t, text, "default/(Pod without a name)")
}
