package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	firstPause = 50 * time.Millisecond
	maxPause   = 500 * time.Millisecond
)

// isReadOnly: the server has become a reader, which every connection to it will tell.
func isReadOnly(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == "25006"
}

// mayPass: another try, perhaps on another connection, can succeed.
// Codes: PostgreSQL's manual, appendix A.
func mayPass(err error) bool {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		switch {
		case strings.HasPrefix(server.Code, "08"): // connection exception
			return true
		case strings.HasPrefix(server.Code, "57P"): // shutting down, crashed, starting up
			return true
		}
		switch server.Code {
		case "25006", // read-only: the roles have changed
			"53300",          // too many connections
			"28P01",          // the password has been changed: the next try reads it
			"40001", "40P01", // serialisation, deadlock, and a reader's conflict with recovery
			"42P01": // the table has not arrived at the reader
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed")
}

// retry calls attempt until it succeeds, fails for good, or ctx ends; it then gives the last error of an attempt.
// failed is told of every failure that is followed by another try.
func retry(ctx context.Context, failed func(error), attempt func(context.Context) error) error {
	pause := firstPause
	for {
		err := attempt(ctx)
		if err == nil || !mayPass(err) || ctx.Err() != nil {
			return err
		}
		failed(err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause/2 + rand.N(pause/2)):
		}
		pause = min(2*pause, maxPause)
	}
}
