// Command app is an example of what Watchkeeper deploys: orders over HTTP and gRPC, kept in Aurora PostgreSQL.
//
// `app` serves; `app probe` asks the running one for its health, for a container without a shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	log := newLogger(os.Getenv)
	config, err := LoadConfig(os.Getenv)
	if err != nil {
		log.Error(err.Error())
		os.Exit(2)
	}
	if len(os.Args) > 1 && os.Args[1] == "probe" {
		err = probe(config.HTTPPort)
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		err = serve(ctx, config, log)
	}
	if err != nil {
		log.Error(err.Error())
		os.Exit(1)
	}
}

// newLogger writes JSON lines with Datadog's names for time, level and text.
func newLogger(getenv func(string) string) *slog.Logger {
	rename := func(groups []string, attr slog.Attr) slog.Attr {
		if len(groups) == 0 {
			switch attr.Key {
			case slog.TimeKey:
				attr.Key = "timestamp"
			case slog.LevelKey:
				attr.Key = "status"
			case slog.MessageKey:
				attr.Key = "message"
			}
		}
		return attr
	}
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: rename})
	first := func(one, other string) string {
		if value := getenv(one); value != "" {
			return value
		}
		return getenv(other)
	}
	return slog.New(traceLogger{handler}).With(
		"service", first("DD_SERVICE", "SERVICE"), "env", first("DD_ENV", "ENV"), "version", getenv("DD_VERSION"))
}

// serve runs both servers until ctx ends, then lets what has begun come to its end.
func serve(ctx context.Context, config Config, log *slog.Logger) error {
	statsd, err := NewStatsd(config.StatsdURL, "env:"+config.Env, "service:"+config.Service, "version:"+config.Version)
	if err != nil {
		return err
	}
	database, err := OpenDatabase(config, statsd, log)
	if err != nil {
		return err
	}
	defer database.Close()
	httpListener, err := net.Listen("tcp", bindAddress(config.HTTPPort))
	if err != nil {
		return err
	}
	grpcListener, err := net.Listen("tcp", bindAddress(config.GRPCPort))
	if err != nil {
		return err
	}
	var draining atomic.Bool
	api := &HTTPAPI{store: database, draining: draining.Load, statsd: statsd, log: log}
	web := &http.Server{Handler: api.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 75 * time.Second}
	calls, grpcAPI := NewGRPCServer(database, statsd, log)
	following, unfollow := context.WithCancel(context.Background())
	defer unfollow()
	go grpcAPI.FollowReadiness(following)

	failures := make(chan error, 2)
	go func() { failures <- web.Serve(httpListener) }()
	go func() { failures <- calls.Serve(grpcListener) }()
	log.Info("serving", "http", httpListener.Addr().String(), "grpc", grpcListener.Addr().String())
	select {
	case err = <-failures:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}

	log.Info("stopping")
	draining.Store(true)
	unfollow()
	grpcAPI.health.Shutdown()
	patience, cancel := context.WithTimeout(context.Background(), config.StopTimeout)
	defer cancel()
	callsDone := make(chan struct{})
	go func() { calls.GracefulStop(); close(callsDone) }()
	err = web.Shutdown(patience)
	select {
	case <-callsDone:
	case <-patience.Done():
		calls.Stop()
	}
	if err != nil {
		return fmt.Errorf("stopping: %w", err)
	}
	log.Info("stopped")
	return nil
}

// bindAddress is every interface of the task; BIND_HOST narrows it, for a run on a developer's machine.
func bindAddress(port int) string {
	return net.JoinHostPort(os.Getenv("BIND_HOST"), strconv.Itoa(port))
}

func probe(port int) error {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://127.0.0.1:" + strconv.Itoa(port) + "/healthz")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New("unhealthy: " + response.Status)
	}
	return nil
}
