package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"regexp"
	"strconv"
)

// Trace names a request across services: W3C's trace id and the id of this service's own span.
type Trace struct {
	ID   string // 32 hexadecimal digits
	Span string // 16
}

var traceparentForm = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}`)

const noTrace = "00000000000000000000000000000000"

// NewTrace continues the trace of a `traceparent` header, or starts one.
func NewTrace(traceparent string) Trace {
	found := traceparentForm.FindStringSubmatch(traceparent)
	trace := Trace{ID: randomHex(16), Span: randomHex(8)}
	if found != nil && found[1] != noTrace {
		trace.ID = found[1]
	}
	return trace
}

// Header is the `traceparent` for whoever is called next.
func (t Trace) Header() string { return "00-" + t.ID + "-" + t.Span + "-01" }

type traceKey struct{}

// WithTrace puts the trace where the log finds it.
func WithTrace(ctx context.Context, trace Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// traceLogger adds the ids of the context's trace to every record, also in the form that Datadog correlates by:
// `dd.trace_id` is the lower 64 bits in decimal.
type traceLogger struct{ slog.Handler }

func (h traceLogger) Handle(ctx context.Context, record slog.Record) error {
	if trace, ok := ctx.Value(traceKey{}).(Trace); ok {
		record.AddAttrs(
			slog.String("trace_id", trace.ID),
			slog.String("span_id", trace.Span),
			slog.String("dd.trace_id", decimal(trace.ID[16:])),
			slog.String("dd.span_id", decimal(trace.Span)),
		)
	}
	return h.Handler.Handle(ctx, record)
}

func (h traceLogger) WithAttrs(attrs []slog.Attr) slog.Handler {
	return traceLogger{h.Handler.WithAttrs(attrs)}
}

func (h traceLogger) WithGroup(name string) slog.Handler {
	return traceLogger{h.Handler.WithGroup(name)}
}

func decimal(hexadecimal string) string {
	number, _ := strconv.ParseUint(hexadecimal, 16, 64)
	return strconv.FormatUint(number, 10)
}

func randomHex(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return hex.EncodeToString(raw)
}
