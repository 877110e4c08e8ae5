package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newInspect() *cobra.Command {
	return &cobra.Command{Use: "inspect FILE", Args: cobra.ExactArgs(1), RunE: func(*cobra.Command, []string) error { return errors.New("soon") }}
}
