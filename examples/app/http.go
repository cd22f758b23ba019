package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxBodyBytes = 64 << 10
	maxItem      = 200
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// Store is what the APIs need of the database.
type Store interface {
	Create(ctx context.Context, id, item string) (Order, error)
	Get(ctx context.Context, id string) (Order, error)
	Count(ctx context.Context) (int, error)
	Ready() map[string]bool
}

// Ready says of each path whether it answers.
func (d *Database) Ready() map[string]bool {
	return map[string]bool{"write": d.write.ready.Load(), "read": d.read.ready.Load()}
}

// HTTPAPI serves JSON. draining: the service is about to stop and wants no new requests.
type HTTPAPI struct {
	store    Store
	draining func() bool
	statsd   *Statsd
	log      *slog.Logger
}

// Handler gives every route, observed.
func (a *HTTPAPI) Handler() http.Handler {
	routes := http.NewServeMux()
	// The load balancer asks this: it must not fail with the database, or every task would be replaced in a failover.
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	routes.HandleFunc("GET /readyz", a.ready("write", "read"))
	routes.HandleFunc("GET /readyz/write", a.ready("write"))
	routes.HandleFunc("GET /readyz/read", a.ready("read"))
	routes.HandleFunc("POST /orders", a.create)
	routes.HandleFunc("GET /orders/{id}", a.get)
	routes.HandleFunc("GET /reports/orders", a.report)
	return a.observed(routes)
}

func (a *HTTPAPI) ready(paths ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		found, state := map[string]bool{}, a.store.Ready()
		status := http.StatusOK
		for _, path := range paths {
			found[path] = state[path]
			if !found[path] || a.draining() {
				status = http.StatusServiceUnavailable
			}
		}
		answer(w, status, found)
	}
}

func (a *HTTPAPI) create(w http.ResponseWriter, r *http.Request) {
	var body struct{ Item string }
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err := decoder.Decode(&body); err != nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON object with `item`")
		return
	}
	id, problem := checkOrder(r.Header.Get("Idempotency-Key"), body.Item)
	if problem != "" {
		refuse(w, http.StatusBadRequest, problem)
		return
	}
	order, err := a.store.Create(r.Context(), id, body.Item)
	a.told(w, r, http.StatusCreated, order, err)
}

func (a *HTTPAPI) get(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if !uuidForm.MatchString(id) {
		refuse(w, http.StatusBadRequest, "an order's id is a UUID in lower case")
		return
	}
	order, err := a.store.Get(r.Context(), id)
	a.told(w, r, http.StatusOK, order, err)
}

func (a *HTTPAPI) report(w http.ResponseWriter, r *http.Request) {
	count, err := a.store.Count(r.Context())
	a.told(w, r, http.StatusOK, map[string]int{"orders": count}, err)
}

func (a *HTTPAPI) told(w http.ResponseWriter, r *http.Request, status int, body any, err error) {
	switch {
	case err == nil:
		answer(w, status, body)
	case errors.Is(err, ErrNotFound):
		refuse(w, http.StatusNotFound, err.Error())
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		a.log.ErrorContext(r.Context(), "unavailable", "error", err.Error())
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, ErrUnavailable.Error())
	case errors.Is(err, context.Canceled): // the caller has gone
	default:
		a.log.ErrorContext(r.Context(), "failed", "error", err.Error())
		refuse(w, http.StatusInternalServerError, "the request failed; the log knows more by the trace id")
	}
}

// observed gives every request a trace, a line in the log, and metrics.
func (a *HTTPAPI) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		trace := NewTrace(r.Header.Get("traceparent"))
		ctx := WithTrace(r.Context(), trace)
		w.Header().Set("traceparent", trace.Header())
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		request := r.WithContext(ctx)
		next.ServeHTTP(recorder, request)
		took := time.Since(started)
		route := request.Pattern
		if route == "" {
			route = "none"
		}
		a.statsd.Count("orders.http.requests", 1, "route:"+tagValue(route), "status:"+strconv.Itoa(recorder.status))
		a.statsd.Seconds("orders.http.duration", took, "route:"+tagValue(route))
		level := slog.LevelInfo
		if recorder.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		a.log.LogAttrs(ctx, level, "request", slog.String("http.method", r.Method), slog.String("http.route", route),
			slog.String("http.path", r.URL.Path), slog.Int("http.status_code", recorder.status),
			slog.Float64("duration_s", took.Seconds()))
	})
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// checkOrder gives the id to use, or what is wrong in words for the caller.
func checkOrder(id, item string) (string, string) {
	if id == "" {
		id = newUUID()
	}
	if !uuidForm.MatchString(id) {
		return "", "the id is no UUID in lower case"
	}
	if item == "" || len(item) > maxItem || strings.ContainsRune(item, 0) {
		return "", "`item` is a text of 1 to 200 bytes, none of them zero"
	}
	return id, ""
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone
}

func refuse(w http.ResponseWriter, status int, reason string) {
	answer(w, status, map[string]string{"error": reason})
}
