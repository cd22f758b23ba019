package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"
)

// A caller's trace goes on with a span of our own; without one, or with a broken one, a new trace begins.
func TestTraceContinuesTheCallers(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	got := NewTrace("00-" + id + "-00f067aa0ba902b7-01")
	if got.ID != id || got.Span == "00f067aa0ba902b7" || len(got.Span) != 16 {
		t.Errorf("got %+v", got)
	}
	for _, broken := range []string{"", "00-xyz", "00-" + noTrace + "-00f067aa0ba902b7-01"} {
		if got := NewTrace(broken); len(got.ID) != 32 || got.ID == noTrace {
			t.Errorf("%q: %+v", broken, got)
		}
	}
}

// Every line of a request carries its trace, and the lower 64 bits in decimal for Datadog.
func TestLogLinesCarryTheTrace(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(traceLogger{slog.NewJSONHandler(&out, nil)}).With("service", "api")
	trace := Trace{ID: "4bf92f3577b34da6a3ce929d0e0e4736", Span: "00f067aa0ba902b7"}
	log.InfoContext(WithTrace(t.Context(), trace), "hello")
	var line map[string]string
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"trace_id": trace.ID, "span_id": trace.Span, "service": "api",
		"dd.trace_id": "11803532876627986230", "dd.span_id": "67667974448284343",
	}
	for name, value := range want {
		if line[name] != value {
			t.Errorf("%s: %q, want %q", name, line[name], value)
		}
	}
}
