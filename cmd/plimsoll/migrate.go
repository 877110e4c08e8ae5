package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"plimsoll/migrations"
	"plimsoll/server"
)

func newMigrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date, or take it back",
		Long:  "Works on DATABASE_URL (or DATABASE_URL_FILE) as the role that owns the schema.",
	}
	var confirmed bool
	down := &cobra.Command{
		Use:   "down",
		Short: "Take the newest migration back, and the data that only it holds",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !confirmed {
				return errors.New("migrate down erases what the newest migration holds: repeat with --yes")
			}
			return migrate(cmd, migrations.Down)
		},
	}
	down.Flags().BoolVar(&confirmed, "yes", false, "erase the data")
	cmd.AddCommand(
		&cobra.Command{
			Use: "up", Short: "Bring the schema to what this program needs", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return migrate(cmd, migrations.Up) },
		},
		down,
		&cobra.Command{
			Use: "version", Short: "Print the schema's version, and the one that this program needs", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return migrate(cmd, func(context.Context, string) error { return nil })
			},
		},
	)
	return cmd
}

// migrate does one step and prints where the schema stands.
func migrate(cmd *cobra.Command, step func(context.Context, string) error) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	connString, err := server.DatabaseURL(os.LookupEnv)
	if err != nil {
		return err
	}
	if err := step(ctx, connString); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, connString)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer conn.Close(ctx)
	version, dirty, err := migrations.Version(ctx, conn)
	if err != nil {
		return err
	}
	state := ""
	if dirty {
		state = " (broke off half-way)"
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d of %d%s\n", version, migrations.Latest(), state)
	return err
}
