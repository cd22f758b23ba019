package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"example.com/orders/ordersv1"
)

const anID = "6b1f0c0a-3a53-4f3b-8d47-0a4c7a9e7a10"

// memory keeps orders; err, when set, is what every call answers.
type memory struct {
	orders map[string]Order
	ready  map[string]bool
	err    error
}

func (m *memory) Create(_ context.Context, id, item string) (Order, error) {
	order := Order{ID: id, Item: item, CreatedAt: time.Unix(0, 0)}
	if m.err == nil {
		m.orders[id] = order
	}
	return order, m.err
}

func (m *memory) Get(_ context.Context, id string) (Order, error) {
	order, isThere := m.orders[id]
	if !isThere && m.err == nil {
		return order, ErrNotFound
	}
	return order, m.err
}

func (m *memory) Count(context.Context) (int, error) { return len(m.orders), m.err }
func (m *memory) Ready() map[string]bool             { return m.ready }

func quiet(t *testing.T) (*Statsd, *slog.Logger) {
	statsd, err := NewStatsd("unix://" + t.TempDir() + "/nobody")
	if err != nil {
		t.Fatal(err)
	}
	return statsd, slog.New(slog.NewJSONHandler(io.Discard, nil))
}

func ask(t *testing.T, store Store, isDraining bool, method, path, body string) *httptest.ResponseRecorder {
	statsd, log := quiet(t)
	api := &HTTPAPI{store: store, draining: func() bool { return isDraining }, statsd: statsd, log: log}
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Idempotency-Key", anID)
	api.Handler().ServeHTTP(recorder, request)
	return recorder
}

// What each request answers, by what the store says.
func TestHTTPAnswers(t *testing.T) {
	fine := &memory{orders: map[string]Order{anID: {ID: anID, Item: "tea"}}, ready: map[string]bool{"read": true}}
	gone := &memory{err: ErrUnavailable}
	for _, each := range []struct {
		name, method, path, body string
		store                    Store
		want                     int
	}{
		{"created", "POST", "/orders", `{"item": "tea"}`, fine, 201},
		{"no JSON", "POST", "/orders", `tea`, fine, 400},
		{"no item", "POST", "/orders", `{}`, fine, 400},
		{"a byte that no text of PostgreSQL holds", "POST", "/orders", `{"item": "t\u0000a"}`, fine, 400},
		{"found", "GET", "/orders/" + anID, "", fine, 200},
		{"unknown", "GET", "/orders/00000000-0000-4000-8000-000000000000", "", fine, 404},
		{"no UUID", "GET", "/orders/7", "", fine, 400},
		{"writer gone", "POST", "/orders", `{"item": "tea"}`, gone, 503},
		{"reader gone", "GET", "/reports/orders", "", gone, 503},
		{"alive whatever the database does", "GET", "/healthz", "", gone, 200},
		{"the read path is ready", "GET", "/readyz/read", "", fine, 200},
		{"the write path is not", "GET", "/readyz/write", "", fine, 503},
		{"so both are not", "GET", "/readyz", "", fine, 503},
		{"no route", "GET", "/nowhere", "", fine, 404},
	} {
		if got := ask(t, each.store, false, each.method, each.path, each.body); got.Code != each.want {
			t.Errorf("%s: %d %s", each.name, got.Code, got.Body)
		}
	}
	if got := ask(t, fine, true, "GET", "/readyz/read", ""); got.Code != http.StatusServiceUnavailable {
		t.Errorf("draining: %d", got.Code)
	}
}

// gRPC gives the same answers as codes; each path has its own state in the health service.
func TestGRPCAnswers(t *testing.T) {
	store := &memory{orders: map[string]Order{}, ready: map[string]bool{"read": true, "write": false}}
	statsd, log := quiet(t)
	server, api := NewGRPCServer(store, statsd, log)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	go api.FollowReadiness(t.Context())
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	orders := ordersv1.NewOrdersClient(connection)

	order, err := orders.Create(t.Context(), &ordersv1.CreateRequest{Item: "tea"})
	if err != nil || !uuidForm.MatchString(order.GetId()) || order.GetCreatedAt() != "1970-01-01T00:00:00Z" {
		t.Errorf("created %v: %v", order, err)
	}
	if _, err = orders.Create(t.Context(), &ordersv1.CreateRequest{}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("no item: %v", err)
	}
	if _, err = orders.Get(t.Context(), &ordersv1.GetRequest{Id: anID}); status.Code(err) != codes.NotFound {
		t.Errorf("unknown: %v", err)
	}
	for _, each := range []struct {
		err  error
		want codes.Code
	}{{ErrUnavailable, codes.Unavailable}, {context.Canceled, codes.Canceled}, {io.ErrNoProgress, codes.Internal}} {
		store.err = each.err
		if _, err = orders.Get(t.Context(), &ordersv1.GetRequest{Id: anID}); status.Code(err) != each.want {
			t.Errorf("%v: %v", each.err, err)
		}
	}
	store.err = nil
	health := grpc_health_v1.NewHealthClient(connection)
	for service, want := range map[string]string{"": "SERVING", "read": "SERVING", "write": "NOT_SERVING"} {
		got, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: service})
		if err != nil || got.GetStatus().String() != want {
			t.Errorf("%q: %v %v", service, got, err)
		}
	}
}

// A stop lets a request that has begun come to its answer.
func TestStopLetsRequestsEnd(t *testing.T) {
	config, err := LoadConfig(environment(map[string]string{
		"DATABASE_WRITER_HOST": "127.0.0.1", "DATABASE_READER_HOST": "127.0.0.1", "DATABASE_PORT": "1",
		"WRITE_DEADLINE": "700ms", "PORT": freePort(t), "GRPC_PORT": freePort(t),
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("BIND_HOST", "127.0.0.1")
	_, log := quiet(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, config, log) }()
	for probe(config.HTTPPort) != nil {
		time.Sleep(10 * time.Millisecond)
	}
	answered := make(chan int, 1)
	go func() {
		url := "http://" + bindAddress(config.HTTPPort) + "/orders"
		response, err := http.Post(url, "application/json", strings.NewReader(`{"item": "tea"}`))
		if err != nil {
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	time.Sleep(100 * time.Millisecond) // the request waits for its writer
	stop()
	if got := <-answered; got != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func freePort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}
