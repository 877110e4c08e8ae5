package main

import (
	"github.com/spf13/cobra"

	"plimsoll/collectors/cluster"
)

func newRBAC() *cobra.Command {
	var scope scopeFlags
	var account string
	command := &cobra.Command{
		Use:   "rbac",
		Short: "Print the roles that `cluster` needs with the same flags: get and list alone",
		Example: `  plimsoll-collect rbac | kubectl apply -f -
  plimsoll-collect rbac --no-releases -n payments`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := scope.check(); err != nil {
				return err
			}
			return cluster.WriteRights(command.OutOrStdout(), scope.options(), account)
		},
	}
	command.Flags().StringVar(&account, "account-namespace", "plimsoll", "`NAMESPACE` of the service account that the roles are bound to")
	scope.add(command)
	return command
}
