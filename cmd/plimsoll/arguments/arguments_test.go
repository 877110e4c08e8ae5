package arguments

import (
	"io"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func TestWrongArgumentsAreRefusedInWords(t *testing.T) {
	run := func(args ...string) error {
		root := &cobra.Command{Use: "plimsoll", SilenceErrors: true, SilenceUsage: true}
		group := Group(&cobra.Command{Use: "rules"})
		ran := func(*cobra.Command, []string) error { return nil }
		group.AddCommand(&cobra.Command{Use: "show ID", Args: Exactly("ID"), RunE: ran}, &cobra.Command{Use: "list", Args: AtMost(0), RunE: ran})
		root.AddCommand(group, &cobra.Command{Use: "diff OLD NEW", Args: Exactly("OLD", "NEW"), RunE: ran}, &cobra.Command{Use: "probe PATH…", Args: Some("PATH"), RunE: ran})
		root.SetArgs(args)
		root.SetOut(io.Discard)
		return root.Execute()
	}
	for _, fine := range [][]string{{"rules"}, {"rules", "list"}, {"rules", "show", "x"}, {"diff", "a", "b"}, {"probe", "a", "b", "c"}} {
		require.NoError(t, run(fine...), fine)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"rules show: name ID: plimsoll rules show ID", []string{"rules", "show"}},
		{`rules show: "b" is one too many: plimsoll rules show ID`, []string{"rules", "show", "a", "b"}},
		{`rules list: "b" is one too many: plimsoll rules list`, []string{"rules", "list", "b"}},
		{"diff: name OLD and NEW: plimsoll diff OLD NEW", []string{"diff"}},
		{"diff: name NEW: plimsoll diff OLD NEW", []string{"diff", "a"}},
		{"probe: name PATH: plimsoll probe PATH…", []string{"probe"}},
		{`rules: there is no command "shwo": want list, show`, []string{"rules", "shwo"}},
	} {
		require.EqualError(t, run(c.args...), c.want)
	}
}
