package score

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// dumpFlags prints every flag as a line of a shell would set it, with its default where nothing was given.
func dumpFlags(cmd *cobra.Command) error {
	var b strings.Builder
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "config-dump" && flag.Name != "help" {
			fmt.Fprintf(&b, "--%s=%s\n", flag.Name, flag.Value)
		}
	})
	if _, err := fmt.Fprint(cmd.OutOrStdout(), b.String()); err != nil {
		return fmt.Errorf("write flags: %w", err)
	}
	return nil
}
