package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What may pass is tried again; what the caller did wrong is not.
func TestWhatMayPass(t *testing.T) {
	server := func(code string) error { return fmt.Errorf("query: %w", &pgconn.PgError{Code: code}) }
	for _, each := range []struct {
		err  error
		want bool
	}{
		{server("25006"), true},  // read-only
		{server("57P01"), true},  // shutting down
		{server("57P03"), true},  // starting up
		{server("08006"), true},  // connection failure
		{server("53300"), true},  // too many connections
		{server("40001"), true},  // conflict with recovery
		{server("23505"), false}, // duplicate key
		{server("22P02"), false}, // not a UUID
		{server("28P01"), true},  // password changed
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		{io.ErrUnexpectedEOF, true},
		{pgx.ErrNoRows, false},
	} {
		if got := mayPass(each.err); got != each.want {
			t.Errorf("%v: %t", each.err, got)
		}
	}
}

// It goes on until it succeeds, and tells each failure.
func TestRetryUntilSuccess(t *testing.T) {
	told, tries := 0, 0
	err := retry(t.Context(), func(error) { told++ }, func(context.Context) error {
		if tries++; tries < 4 {
			return io.EOF
		}
		return nil
	})
	if err != nil || tries != 4 || told != 3 {
		t.Errorf("err %v, tries %d, told %d", err, tries, told)
	}
}

// An error that will not pass comes back at once.
func TestRetryGivesUpOnWhatWillNotPass(t *testing.T) {
	tries := 0
	err := retry(t.Context(), func(error) {}, func(context.Context) error { tries++; return pgx.ErrNoRows })
	if !errors.Is(err, pgx.ErrNoRows) || tries != 1 {
		t.Errorf("err %v, tries %d", err, tries)
	}
}

// The deadline ends it with the reason of the last try, not with "deadline exceeded".
func TestRetryEndsAtTheDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := retry(ctx, func(error) {}, func(context.Context) error { return io.EOF })
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}
