package catalogue

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/cmd/plimsoll/arguments"
)

// Questionnaire is `plimsoll questionnaire`.
func Questionnaire() *cobra.Command {
	questions := arguments.Group(&cobra.Command{Use: "questionnaire", Short: "The questions of this content version, as a form to fill in by hand"})
	questions.AddCommand(
		&cobra.Command{
			Use: "show", Short: "An empty form in YAML, for plimsoll score --answers", Args: arguments.AtMost(0),
			RunE: func(cmd *cobra.Command, _ []string) error {
				return content.V1().Questionnaire.WriteForm(cmd.OutOrStdout())
			},
		},
		&cobra.Command{
			Use: "answer FILE", Short: "Check a form that is being filled in, and say what is open; where there is no FILE, write an empty one",
			Long: "Checks the answers line by line and says what is still open. A FILE that is not there is written as an empty form, to be filled in with an\n" +
				"editor. - checks standard input. It never asks anything itself: nothing but the file is read.",
			Example: "  plimsoll questionnaire answer answers.yaml && plimsoll score cluster.plimsoll --answers answers.yaml",
			Args:    arguments.Exactly("FILE"),
			RunE:    func(cmd *cobra.Command, args []string) error { return answer(cmd, args[0]) },
		},
	)
	return questions
}

func answer(cmd *cobra.Command, name string) error {
	questions := content.V1().Questionnaire
	source := cmd.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return writeForm(cmd, questions, name)
		}
		if err != nil {
			return err
		}
		defer file.Close()
		source = file
	}
	answers, err := questions.ReadAnswers(source)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	sheet, err := questions.Sheet(answers.Answers)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return progress(cmd.OutOrStdout(), questions, sheet, name)
}

func writeForm(cmd *cobra.Command, questions *questionnaire.Questionnaire, name string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(questions.WriteForm(file), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is an empty form. Fill it in with an editor.\nNext: plimsoll questionnaire answer %s\n", name, name)
	return err
}

// progress says by section what is answered, what nobody knows and what is open.
func progress(w io.Writer, questions *questionnaire.Questionnaire, sheet questionnaire.Sheet, name string) error {
	var b strings.Builder
	total := 0
	for _, section := range questions.Sections {
		counts, open := map[questionnaire.State]int{}, []string{}
		for _, q := range section.Questions {
			state := sheet.Given(q.ID).State
			counts[state]++
			if state == questionnaire.Unanswered {
				open = append(open, q.ID)
			}
		}
		total += len(open)
		fmt.Fprintf(&b, "%-40s %2d answered, %d unknown, %d not applicable, %d open", section.Title, counts[questionnaire.Answered],
			counts[questionnaire.Unknown], counts[questionnaire.NotApplicable]+counts[questionnaire.Skipped], len(open))
		if len(open) > 0 {
			fmt.Fprintf(&b, ": %s", strings.Join(open, " "))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%d open in all; what stays open widens the range and takes no points.\nNext: plimsoll score PATH --answers %s\n", total, name)
	_, err := io.WriteString(w, b.String())
	return err
}
