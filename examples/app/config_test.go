package main

import (
	"strings"
	"testing"
	"time"
)

func environment(changes map[string]string) func(string) string {
	variables := map[string]string{
		"ENV": "dev", "SERVICE": "api", "DATABASE_WRITER_HOST": "writer", "DATABASE_READER_HOST": "reader",
		"DATABASE_NAME": "app", "DATABASE_USER": "ana", "DATABASE_PASSWORD": "p@ss/word",
	}
	for name, value := range changes {
		variables[name] = value
	}
	return func(name string) string { return variables[name] }
}

// Each endpoint gets its own URL, with TLS; what is special in a password is escaped.
func TestConfigTellsWriterAndReaderApart(t *testing.T) {
	config, err := LoadConfig(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := "postgres://ana:p%40ss%2Fword@writer:5432/app?connect_timeout=2&sslmode=require"
	if config.WriterURL != want {
		t.Errorf("writer: %s", config.WriterURL)
	}
	if config.ReaderURL != strings.Replace(want, "writer", "reader", 1) {
		t.Errorf("reader: %s", config.ReaderURL)
	}
	if config.HTTPPort != 8080 || config.GRPCPort != 9090 || config.WriteDeadline != 9*time.Second {
		t.Errorf("defaults: %+v", config)
	}
}

// Whoever starts it wrongly learns all that is wrong at once, and no password.
func TestConfigNamesEverythingThatIsWrong(t *testing.T) {
	_, err := LoadConfig(environment(map[string]string{
		"DATABASE_READER_HOST": "", "PORT": "http", "READ_DEADLINE": "fast",
	}))
	want := "configuration: PORT is no port: http; DATABASE_READER_HOST is not set; " +
		"READ_DEADLINE is no duration such as 9s: fast"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// Datadog's own variables say where the Agent listens; its socket wins.
func TestStatsdURLFollowsDatadogsVariables(t *testing.T) {
	for want, variables := range map[string]map[string]string{
		"udp://127.0.0.1:8125":               nil,
		"udp://10.0.0.7:9125":                {"DD_AGENT_HOST": "10.0.0.7", "DD_DOGSTATSD_PORT": "9125"},
		"unix:///var/run/datadog/dsd.socket": {"DD_DOGSTATSD_URL": "unix:///var/run/datadog/dsd.socket", "DD_AGENT_HOST": "x"},
	} {
		if got := statsdURL(environment(variables)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
