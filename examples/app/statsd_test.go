package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func receive(t *testing.T, listener net.PacketConn) string {
	t.Helper()
	_ = listener.SetReadDeadline(time.Now().Add(5 * time.Second))
	buffer := make([]byte, 1500)
	count, _, err := listener.ReadFrom(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return string(buffer[:count])
}

// The same lines go over UDP and over the Agent's socket.
func TestStatsdSpeaksBothTransports(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "dsd.socket")
	for network, address := range map[string]string{"udp": "127.0.0.1:0", "unixgram": socket} {
		listener, err := net.ListenPacket(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		target := "unix://" + socket
		if network == "udp" {
			target = "udp://" + listener.LocalAddr().String()
		}
		statsd, err := NewStatsd(target, "env:dev", "service:api")
		if err != nil {
			t.Fatal(err)
		}
		statsd.Count("orders.requests", 2, "status:200")
		if got := receive(t, listener); got != "orders.requests:2|c|#env:dev,service:api,status:200\n" {
			t.Errorf("%s: %q", network, got)
		}
		statsd.Seconds("orders.duration", 1500*time.Millisecond)
		if got := receive(t, listener); got != "orders.duration:1.5|d|#env:dev,service:api\n" {
			t.Errorf("%s: %q", network, got)
		}
	}
}

// The Agent may come late and may restart: metrics find its new socket.
func TestStatsdFindsARestartedAgent(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "dsd.socket")
	statsd, err := NewStatsd("unix://" + socket)
	if err != nil {
		t.Fatal(err)
	}
	statsd.Gauge("lost", 1)
	for range 2 {
		_ = os.Remove(socket)
		listener, err := net.ListenPacket("unixgram", socket)
		if err != nil {
			t.Fatal(err)
		}
		statsd.Gauge("ready", 1) // may find the old socket closed
		statsd.Gauge("ready", 1)
		if got := receive(t, listener); got != "ready:1|g\n" {
			t.Errorf("got %q", got)
		}
		listener.Close()
	}
}

// Anything but udp and unix is refused at the start.
func TestStatsdRefusesOtherTransports(t *testing.T) {
	if _, err := NewStatsd("http://127.0.0.1"); err == nil {
		t.Error("accepted")
	}
}
