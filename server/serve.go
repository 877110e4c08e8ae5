package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// How long a connection may take. Uploads give themselves more (allowTime).
const (
	headerPatience = 10 * time.Second
	readPatience   = 30 * time.Second
	writePatience  = 60 * time.Second
	idlePatience   = 2 * time.Minute

	// StopPatience bounds how long requests and jobs under way are waited for when the server stops.
	StopPatience = 20 * time.Second
)

// Serve answers on the listener and works on jobs until the context ends; then it takes nothing new, and lets what is under way end.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	if err := s.Queue.Start(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	serving := []*http.Server{s.httpServer(s.Handler())}
	serving[0].RegisterOnShutdown(s.live.close) // streams end by themselves never
	failed := make(chan error, 2)
	go func() { failed <- serving[0].Serve(listener) }()
	go func() { _, _ = s.example() }() // its first visitor need not wait for it; where it fails, that one is told
	if s.Config.MetricsAddress != "" {
		metrics := s.httpServer(metricsHandler())
		metrics.Addr = s.Config.MetricsAddress
		serving = append(serving, metrics)
		go func() { failed <- metrics.ListenAndServe() }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopPatience)
	defer cancel()
	for _, one := range serving {
		if stopErr := one.Shutdown(stopping); stopErr != nil {
			err = errors.Join(err, one.Close()) // what is still under way is broken off
		}
	}
	return errors.Join(err, s.Queue.Stop(stopping))
}

func (s *Server) httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}

func metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}
