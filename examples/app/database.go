package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// Connections end within 60 s, so that after a failover or a new reader none stays where it should not be.
	maxConnLifetime       = 50 * time.Second
	maxConnLifetimeJitter = 5 * time.Second
	idleCheckPeriod       = 5 * time.Second
	probePeriod           = time.Second
	attemptTimeout        = 2 * time.Second
	maxConnections        = 10
	schemaLock            = 7_310_001
	schema                = `CREATE TABLE IF NOT EXISTS orders (
		id uuid PRIMARY KEY, item text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`
)

// ErrUnavailable: the deadline passed before the database answered.
var ErrUnavailable = errors.New("the database did not answer in time")

// ErrNotFound: the reader has no such order.
var ErrNotFound = errors.New("no such order")

// Order is one row.
type Order struct {
	ID        string    `json:"id"`
	Item      string    `json:"item"`
	CreatedAt time.Time `json:"created_at"`
}

// Path is one way to the database: `write` or `read`.
type Path struct {
	name     string
	pool     *pgxpool.Pool
	deadline time.Duration
	probe    func(context.Context, *pgxpool.Pool) error
	secret   *Secret // nil: the password stands in the URL
	ready    atomic.Bool
	statsd   *Statsd
	log      *slog.Logger
}

// Database writes through the writer endpoint and reads through the reader endpoint.
type Database struct {
	write, read *Path
	stop        context.CancelFunc
	stopped     chan struct{}
}

// OpenDatabase connects in the background: it returns at once, and each path says when it is ready.
func OpenDatabase(config Config, statsd *Statsd, log *slog.Logger) (*Database, error) {
	var secret *Secret
	if config.SecretARN != "" {
		secret = &Secret{arn: config.SecretARN}
	}
	writer, err := openPool(config.WriterURL, secret, pgconn.ValidateConnectTargetSessionAttrsReadWrite)
	if err != nil {
		return nil, err
	}
	reader, err := openPool(config.ReaderURL, secret, nil)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	database := &Database{
		write:   &Path{name: "write", pool: writer, deadline: config.WriteDeadline, probe: migrate(), secret: secret, statsd: statsd, log: log},
		read:    &Path{name: "read", pool: reader, deadline: config.ReadDeadline, probe: lookAt, secret: secret, statsd: statsd, log: log},
		stop:    stop,
		stopped: make(chan struct{}, 2),
	}
	for _, path := range database.paths() {
		go func() {
			path.keepProbing(ctx)
			database.stopped <- struct{}{}
		}()
	}
	return database, nil
}

func openPool(url string, secret *Secret, validate pgconn.ValidateConnectFunc) (*pgxpool.Pool, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	settings.MaxConns = maxConnections
	settings.MaxConnLifetime = maxConnLifetime
	settings.MaxConnLifetimeJitter = maxConnLifetimeJitter
	settings.HealthCheckPeriod = idleCheckPeriod
	// The writer endpoint's name may lag behind a failover: a connection to a reader is refused when it is made.
	settings.ConnConfig.ValidateConnect = validate
	if secret != nil {
		settings.BeforeConnect = secret.Login
	}
	return pgxpool.NewWithConfig(context.Background(), settings)
}

func (d *Database) paths() []*Path { return []*Path{d.write, d.read} }

// Close ends the probes and both pools.
func (d *Database) Close() {
	d.stop()
	for range d.paths() {
		<-d.stopped
	}
	for _, path := range d.paths() {
		path.pool.Close()
	}
}

// Create keeps an order. The id is the caller's, so that a try whose answer was lost can be repeated.
func (d *Database) Create(ctx context.Context, id, item string) (Order, error) {
	order := Order{ID: id}
	err := d.write.run(ctx, func(ctx context.Context) error {
		// DO UPDATE of nothing gives the row that is there, also when an earlier try has written it.
		return d.write.pool.QueryRow(ctx, `INSERT INTO orders (id, item) VALUES ($1, $2)
			ON CONFLICT (id) DO UPDATE SET id = orders.id RETURNING item, created_at`, id, item).
			Scan(&order.Item, &order.CreatedAt)
	})
	return order, err
}

// Get gives one order.
func (d *Database) Get(ctx context.Context, id string) (Order, error) {
	order := Order{ID: id}
	err := d.read.run(ctx, func(ctx context.Context) error {
		return d.read.pool.QueryRow(ctx, "SELECT item, created_at FROM orders WHERE id = $1", id).
			Scan(&order.Item, &order.CreatedAt)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return order, ErrNotFound
	}
	return order, err
}

// Count gives how many orders there are.
func (d *Database) Count(ctx context.Context) (int, error) {
	var count int
	err := d.read.run(ctx, func(ctx context.Context) error {
		return d.read.pool.QueryRow(ctx, "SELECT count(*) FROM orders").Scan(&count)
	})
	return count, err
}

// run repeats an attempt within the path's deadline. Each attempt has a time of its own, because a server that is gone
// without a word answers nothing at all.
func (p *Path) run(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.deadline)
	defer cancel()
	failed := func(err error) {
		p.statsd.Count("orders.database.retries", 1, "path:"+p.name)
		p.log.WarnContext(ctx, "trying again", "path", p.name, "error", err.Error())
		p.learn(err)
	}
	err := retry(ctx, failed, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
		defer cancel()
		return attempt(ctx)
	})
	if err != nil && mayPass(err) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// learn draws what there is to draw from a failure.
func (p *Path) learn(err error) {
	if isReadOnly(err) {
		p.pool.Reset() // the server has changed its role: no connection to it is worth keeping
	}
	if p.secret != nil {
		p.secret.Refused(err)
	}
}

func (p *Path) keepProbing(ctx context.Context) {
	for {
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		err := p.probe(attempt, p.pool)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if isReady := err == nil; p.ready.Swap(isReady) != isReady {
			text := ""
			if err != nil {
				text = err.Error()
			}
			p.log.WarnContext(ctx, "readiness changed", "path", p.name, "ready", isReady, "error", text)
		}
		if err != nil {
			p.learn(err)
		}
		p.statsd.Gauge("orders.ready", map[bool]float64{true: 1}[err == nil], "path:"+p.name)
		select {
		case <-ctx.Done():
			return
		case <-time.After(probePeriod):
		}
	}
}

// migrate gives the writer's probe. It makes the table, once and for all tasks one after the other, and then asks
// whether the server takes writes.
func migrate() func(context.Context, *pgxpool.Pool) error {
	isDone := false
	return func(ctx context.Context, pool *pgxpool.Pool) error {
		if isDone {
			_, err := pool.Exec(ctx, "DELETE FROM orders WHERE false")
			return err
		}
		err := pgx.BeginFunc(ctx, pool, func(transaction pgx.Tx) error {
			if _, err := transaction.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", schemaLock); err != nil {
				return err
			}
			_, err := transaction.Exec(ctx, schema)
			return err
		})
		isDone = err == nil
		return err
	}
}

func lookAt(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "SELECT 1 FROM orders LIMIT 1")
	return err
}
