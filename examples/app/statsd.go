package main

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Statsd sends metrics to a DogStatsD server over UDP or a Unix datagram socket. A lost metric never stops a request:
// errors are counted, not returned.
type Statsd struct {
	network, address string
	tags             string
	connection       chan net.Conn // holds the one connection; nil in it means: dial anew
}

// NewStatsd takes udp://host:port or unix:///path. tags go on every metric.
func NewStatsd(target string, tags ...string) (*Statsd, error) {
	parsed, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("DD_DOGSTATSD_URL: %w", err)
	}
	statsd := &Statsd{tags: strings.Join(tags, ","), connection: make(chan net.Conn, 1)}
	switch parsed.Scheme {
	case "udp":
		statsd.network, statsd.address = "udp", parsed.Host
	case "unix", "unixgram":
		statsd.network, statsd.address = "unixgram", parsed.Path
	default:
		return nil, fmt.Errorf("DD_DOGSTATSD_URL: %q is neither udp:// nor unix://", target)
	}
	statsd.connection <- nil
	return statsd, nil
}

// Count adds to a counter.
func (s *Statsd) Count(name string, value int, tags ...string) {
	s.send(fmt.Sprintf("%s:%d|c", name, value), tags)
}

// Gauge sets a value.
func (s *Statsd) Gauge(name string, value float64, tags ...string) {
	s.send(fmt.Sprintf("%s:%g|g", name, value), tags)
}

// Seconds adds to a distribution, in seconds.
func (s *Statsd) Seconds(name string, value time.Duration, tags ...string) {
	s.send(fmt.Sprintf("%s:%g|d", name, value.Seconds()), tags)
}

func (s *Statsd) send(metric string, tags []string) {
	all := s.tags
	if len(tags) > 0 {
		all = strings.TrimPrefix(all+","+strings.Join(tags, ","), ",")
	}
	if all != "" {
		metric += "|#" + all
	}
	connection := <-s.connection
	defer func() { s.connection <- connection }()
	if connection == nil {
		dialled, err := net.DialTimeout(s.network, s.address, time.Second)
		if err != nil {
			return
		}
		connection = dialled
	}
	_ = connection.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := connection.Write([]byte(metric + "\n")); err != nil && s.network == "unixgram" {
		_ = connection.Close() // an Agent that has restarted listens on a new socket
		connection = nil
	}
}
