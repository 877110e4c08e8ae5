package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/content"
	"plimsoll/migrations"
	"plimsoll/server"
	"plimsoll/server/jobs"
	"plimsoll/server/localpg"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

const localDatabase = "plimsoll"

// databaseStopPatience bounds how long the embedded database is given to shut down.
const databaseStopPatience = 20 * time.Second

func newRunCommand() *cobra.Command {
	var address string
	var seeded bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Everything embedded, for one person on one machine",
		Long: "Starts a private PostgreSQL (or uses DATABASE_URL), brings its schema up to date, and serves on loopback alone, with invented\n" +
			"people to sign in as. Data is kept in PLIMSOLL_DATA between runs. PORT changes the port.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if !cmd.Flags().Changed("address") && os.Getenv("PORT") != "" {
				address = net.JoinHostPort("127.0.0.1", os.Getenv("PORT"))
			}
			if !cmd.Flags().Changed("seed") && os.Getenv("SEED") == "0" {
				seeded = false
			}
			return runLocal(ctx, address, seeded, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&address, "address", "127.0.0.1:8080", "loopback address to listen on")
	cmd.Flags().BoolVar(&seeded, "seed", true, "make an example organization where there is none (also SEED=0)")
	return cmd
}

func runLocal(ctx context.Context, address string, seeded bool, out, messages io.Writer) (err error) {
	config, err := server.LocalConfig(address)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address) // first: a port that is taken should cost nothing
	if err != nil {
		return fmt.Errorf("listen: %w; choose another port with PORT", err)
	}
	defer listener.Close()
	config.Address = listener.Addr().String()
	config.URL.Host = config.Address
	config.Collector = collectorBeside(os.Executable)
	log := slog.New(slog.NewTextHandler(messages, &slog.HandlerOptions{Level: config.LogLevel}))

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	owner, stopDatabase, err := startDatabase(ctx, cancel)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopDatabase()) }()
	if err := migrations.Up(ctx, owner); err != nil {
		return err
	}
	pool, err := store.Open(ctx, owner, store.Options{MaxConns: int32(config.DatabaseConns)})
	if err != nil {
		return err
	}
	defer pool.Close()
	if seeded {
		if err := seed.Example(ctx, store.New(pool), &jobs.Assessor{Store: store.New(pool), Content: content.V1(), Now: time.Now}); err != nil {
			return err
		}
	}
	identity, err := config.EmbedIdentity()
	if err != nil {
		return err
	}
	queue, err := jobs.New(pool, content.V1(), jobs.Options{Log: log, Sampler: seed.Sample})
	if err != nil {
		return err
	}
	if owned := os.Getenv("DATABASE_URL") == "" && os.Getenv("DATABASE_URL_FILE") == ""; owned { // a database of our own has no other server
		if err := queue.TakeUp(ctx, pool); err != nil {
			return err
		}
	}
	service, err := server.New(server.Parts{Config: config, Pool: pool, Content: content.V1(), Queue: queue, Identity: identity, Log: log, Version: programVersion()})
	if err != nil {
		return err
	}
	defer service.Close()
	fmt.Fprintf(out, "Plimsoll is at %s\nSign in as %s. Ctrl-C stops it; data is kept.\n", config.URL, strings.Join(server.SignInNames(), ", "))
	if err := service.Serve(ctx, listener); err != nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// collectorBeside is the collector that was built together with this program, as a shell calls it; empty where there is none, or its path
// would need quotes.
func collectorBeside(self func() (string, error)) string {
	path, err := self()
	if err != nil {
		return ""
	}
	beside := filepath.Join(filepath.Dir(path), "plimsoll-collect")
	if _, err := os.Stat(beside); err != nil || !plainPath.MatchString(beside) {
		return ""
	}
	return beside
}

var plainPath = regexp.MustCompile(`^[\w./+-]+$`)

// startDatabase returns the owner's connection string: of DATABASE_URL where it is set, else of the embedded database, whose end ends
// the run.
func startDatabase(ctx context.Context, ended context.CancelCauseFunc) (owner string, stop func() error, err error) {
	if os.Getenv("DATABASE_URL") != "" || os.Getenv("DATABASE_URL_FILE") != "" {
		owner, err = server.DatabaseURL(os.LookupEnv)
		return owner, func() error { return nil }, err
	}
	dir, err := localpg.DefaultDir()
	if err != nil {
		return "", nil, err
	}
	database, err := localpg.Start(ctx, localpg.Options{Dir: dir, Durable: true})
	if err != nil {
		return "", nil, err
	}
	stop = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), databaseStopPatience)
		defer cancel()
		return database.Stop(ctx)
	}
	if err := database.EnsureDatabase(ctx, localDatabase); err != nil {
		return "", nil, errors.Join(err, stop())
	}
	go func() {
		<-database.Done()
		ended(errors.New("the embedded database ended; its log is postgres.log in the data folder"))
	}()
	return database.ConnString(localpg.OwnerRole, localDatabase), stop, nil
}
