package catalogue

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/custom"
	"plimsoll/cmd/plimsoll/arguments"
)

// testCommand is `plimsoll rules test`.
func testCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test FILE", Short: "Run the cases of your own rules (docs/custom-rules.md); - reads standard input", Args: arguments.Exactly("FILE"),
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return testRules(cmd.OutOrStdout(), cmd.InOrStdin(), args[0])
		},
	}
}

// testRules prints one line for each case and fails where one does not come out as wanted.
func testRules(out io.Writer, in io.Reader, path string) error {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("rules test: %w", err)
		}
		defer file.Close()
		in = file
	}
	set, err := custom.Load(path, in)
	if err != nil {
		return err
	}
	failed, cases := 0, 0
	for _, r := range set.Test() {
		name, state := r.Case, "ok  "
		if name == "" {
			name = "its cases as a whole"
		} else {
			cases++
		}
		if r.Err != nil {
			failed++
			state = "FAIL"
		}
		if _, err := fmt.Fprintf(out, "%s  %s: %s\n", state, r.Rule, name); err != nil {
			return fmt.Errorf("rules test: %w", err)
		}
		if r.Err != nil {
			fmt.Fprintf(out, "      %v\n", r.Err)
		}
	}
	fmt.Fprintf(out, "%s, %s\n", assessments.Counted(len(set.Rules()), "rule"), assessments.Counted(cases, "case"))
	if failed > 0 {
		return errors.New(assessments.Counted(failed, "failure"))
	}
	return nil
}
