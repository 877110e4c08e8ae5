package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/content"
	"plimsoll/migrations"
	"plimsoll/server"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

func newServeCommand() *cobra.Command {
	var healthcheck, dump bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "The server, configured by its environment",
		Long: "Serves as the database role plimsoll_app, which owns nothing. Never migrates: it refuses a schema that is behind, and a configuration\n" +
			"that is incomplete or not safe, naming the variable.\n\n" + server.Help(),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := server.ConfigFromEnvironment(os.LookupEnv)
			if err != nil {
				return err
			}
			switch {
			case dump:
				return dumpConfig(cmd.OutOrStdout(), config)
			case healthcheck:
				return checkHealth(cmd.Context(), config)
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return serve(ctx, config, cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&healthcheck, "healthcheck", false, "ask the server at PLIMSOLL_ADDRESS whether it is ready, and exit")
	cmd.Flags().BoolVar(&dump, "config-dump", false, "print the configuration in effect, without secrets, and exit")
	return cmd
}

func serve(ctx context.Context, config server.Config, messages io.Writer) error {
	log := slog.New(logHandler(config, messages))
	pool, err := store.Open(ctx, config.DatabaseURL, store.Options{MaxConns: int32(config.DatabaseConns), Pooled: config.Pooled})
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrations.Current(ctx, pool); err != nil {
		return err
	}
	queue, err := jobs.New(pool, content.V1(), jobs.Options{Log: log, Polling: config.Pooled, Sampler: seed.Sample})
	if err != nil {
		return err
	}
	service, err := server.New(server.Parts{Config: config, Pool: pool, Content: content.V1(), Queue: queue, Log: log, Version: programVersion()})
	if err != nil {
		return err
	}
	defer service.Close()
	listener, err := net.Listen("tcp", config.Address)
	if err != nil {
		return fmt.Errorf("PLIMSOLL_ADDRESS: %w", err)
	}
	log.Info("serving", "address", listener.Addr().String(), "url", config.URL.String(), "version", programVersion())
	return service.Serve(ctx, listener)
}

func logHandler(config server.Config, w io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: config.LogLevel}
	if config.LogJSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// dumpConfig prints what is in effect; of secrets, only that they are set.
func dumpConfig(w io.Writer, config server.Config) error {
	_, err := fmt.Fprintf(w, `DATABASE_URL=(set)
PLIMSOLL_URL=%s
PLIMSOLL_ADDRESS=%s
PLIMSOLL_OIDC_ISSUER=%s
PLIMSOLL_OIDC_CLIENT_ID=%s
PLIMSOLL_OIDC_CLIENT_SECRET=(set)
PLIMSOLL_DATABASE_CONNECTIONS=%d
PLIMSOLL_TRUSTED_PROXIES=%v
PLIMSOLL_MAX_UPLOAD_BYTES=%d
PLIMSOLL_METRICS_ADDRESS=%s
PLIMSOLL_LOG_LEVEL=%s
`, config.URL, config.Address, config.Provider.Issuer, config.Provider.ClientID, config.DatabaseConns, config.TrustedProxies, config.UploadBytes,
		config.MetricsAddress, config.LogLevel)
	return err
}

// checkHealth asks the server of this machine whether it is ready.
func checkHealth(ctx context.Context, config server.Config) error {
	host, port, err := net.SplitHostPort(config.Address)
	if err != nil {
		return fmt.Errorf("PLIMSOLL_ADDRESS: %w", err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Timeout: 5 * time.Second}).Do(request)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New("healthcheck: not ready")
	}
	return nil
}

// version is set by the build.
var version string

// programVersion is the version that the program was built as.
func programVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}
