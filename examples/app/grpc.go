package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"example.com/orders/ordersv1"
)

// GRPCAPI serves the same orders, and the standard health service: "" says that the process takes calls, "write" and
// "read" say whether these paths are ready.
type GRPCAPI struct {
	ordersv1.UnimplementedOrdersServer
	store  Store
	health *health.Server
	statsd *Statsd
	log    *slog.Logger
}

// NewGRPCServer gives the server and its health service.
func NewGRPCServer(store Store, statsd *Statsd, log *slog.Logger) (*grpc.Server, *GRPCAPI) {
	api := &GRPCAPI{store: store, health: health.NewServer(), statsd: statsd, log: log}
	server := grpc.NewServer(grpc.UnaryInterceptor(api.observed))
	ordersv1.RegisterOrdersServer(server, api)
	healthpb.RegisterHealthServer(server, api.health)
	return server, api
}

// FollowReadiness keeps the health service equal to the store's readiness until ctx ends.
func (a *GRPCAPI) FollowReadiness(ctx context.Context) {
	for {
		for path, isReady := range a.store.Ready() {
			serving := healthpb.HealthCheckResponse_NOT_SERVING
			if isReady {
				serving = healthpb.HealthCheckResponse_SERVING
			}
			a.health.SetServingStatus(path, serving)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(probePeriod / 4):
		}
	}
}

// Create is Orders.Create.
func (a *GRPCAPI) Create(ctx context.Context, request *ordersv1.CreateRequest) (*ordersv1.Order, error) {
	id, problem := checkOrder(request.GetId(), request.GetItem())
	if problem != "" {
		return nil, status.Error(codes.InvalidArgument, problem)
	}
	order, err := a.store.Create(ctx, id, request.GetItem())
	return a.told(ctx, order, err)
}

// Get is Orders.Get.
func (a *GRPCAPI) Get(ctx context.Context, request *ordersv1.GetRequest) (*ordersv1.Order, error) {
	if !uuidForm.MatchString(request.GetId()) {
		return nil, status.Error(codes.InvalidArgument, "an order's id is a UUID in lower case")
	}
	order, err := a.store.Get(ctx, request.GetId())
	return a.told(ctx, order, err)
}

func (a *GRPCAPI) told(ctx context.Context, order Order, err error) (*ordersv1.Order, error) {
	switch {
	case err == nil:
		created := order.CreatedAt.UTC().Format(time.RFC3339Nano)
		return &ordersv1.Order{Id: order.ID, Item: order.Item, CreatedAt: created}, nil
	case errors.Is(err, ErrNotFound):
		return nil, status.Error(codes.NotFound, err.Error())
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return nil, status.Error(codes.Unavailable, ErrUnavailable.Error())
	case errors.Is(err, context.Canceled): // the caller has gone
		return nil, status.FromContextError(err).Err()
	default:
		a.log.ErrorContext(ctx, "failed", "error", err.Error())
		return nil, status.Error(codes.Internal, "the call failed")
	}
}

func (a *GRPCAPI) observed(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	started := time.Now()
	given := ""
	if values := metadata.ValueFromIncomingContext(ctx, "traceparent"); len(values) > 0 {
		given = values[0]
	}
	trace := NewTrace(given)
	ctx = WithTrace(ctx, trace)
	_ = grpc.SetHeader(ctx, metadata.Pairs("traceparent", trace.Header()))
	answer, err := next(ctx, request)
	code := status.Code(err).String()
	took := time.Since(started)
	a.statsd.Count("orders.grpc.requests", 1, "method:"+tagValue(info.FullMethod), "code:"+tagValue(code))
	a.statsd.Seconds("orders.grpc.duration", took, "method:"+tagValue(info.FullMethod))
	a.log.InfoContext(ctx, "call", "grpc.method", info.FullMethod, "grpc.code", code, "duration_s", took.Seconds())
	return answer, err
}
