package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config is everything that the environment says, checked.
type Config struct {
	Env, Service, Version string
	HTTPPort, GRPCPort    int
	WriterURL, ReaderURL  string
	SecretARN             string // user and password in Secrets Manager; empty: they stand in the URLs
	StatsdURL             string
	WriteDeadline         time.Duration // a write gives up after it, with 503
	ReadDeadline          time.Duration
	StopTimeout           time.Duration // below the 30 s after which ECS kills
}

// LoadConfig reads the variables through getenv. The error names every variable that is wrong.
func LoadConfig(getenv func(string) string) (Config, error) {
	var wrong []string
	fallback := func(value, other string) string {
		if value == "" {
			return other
		}
		return value
	}
	required := func(name string) string {
		value := getenv(name)
		if value == "" {
			wrong = append(wrong, name+" is not set")
		}
		return value
	}
	port := func(name, other string) int {
		number, err := strconv.Atoi(fallback(getenv(name), other))
		if err != nil || number < 0 || number > 65535 {
			wrong = append(wrong, name+" is no port: "+getenv(name))
		}
		return number
	}
	duration := func(name string, other time.Duration) time.Duration {
		value, err := time.ParseDuration(fallback(getenv(name), other.String()))
		if err != nil || value <= 0 {
			wrong = append(wrong, name+" is no duration such as 9s: "+getenv(name))
		}
		return value
	}
	database := func(hostVariable string) string {
		target := url.URL{
			Scheme: "postgres",
			User:   url.UserPassword(required("DATABASE_USER"), getenv("DATABASE_PASSWORD")),
			Host:   fmt.Sprintf("%s:%d", required(hostVariable), port("DATABASE_PORT", "5432")),
			Path:   "/" + required("DATABASE_NAME"),
			// Aurora always offers TLS; `disable` is for a server on this machine.
			RawQuery: "connect_timeout=2&sslmode=" + url.QueryEscape(fallback(getenv("DATABASE_SSLMODE"), "require")),
		}
		return target.String()
	}
	secret := getenv("DATABASE_SECRET_ARN")
	if getenv("DATABASE_PASSWORD") != "" {
		secret = ""
	} else if secret == "" {
		wrong = append(wrong, "DATABASE_PASSWORD or DATABASE_SECRET_ARN is not set")
	}
	config := Config{
		Env:           fallback(getenv("DD_ENV"), getenv("ENV")),
		Service:       fallback(getenv("DD_SERVICE"), getenv("SERVICE")),
		Version:       getenv("DD_VERSION"),
		HTTPPort:      port("PORT", "8080"),
		GRPCPort:      port("GRPC_PORT", "9090"),
		WriterURL:     database("DATABASE_WRITER_HOST"),
		ReaderURL:     database("DATABASE_READER_HOST"),
		SecretARN:     secret,
		StatsdURL:     statsdURL(getenv),
		WriteDeadline: duration("WRITE_DEADLINE", 9*time.Second),
		ReadDeadline:  duration("READ_DEADLINE", 4*time.Second),
		StopTimeout:   duration("STOP_TIMEOUT", 20*time.Second),
	}
	if len(wrong) > 0 {
		return Config{}, fmt.Errorf("configuration: %s", strings.Join(unique(wrong), "; "))
	}
	return config, nil
}

// statsdURL follows Datadog's own variables: DD_DOGSTATSD_URL, else DD_AGENT_HOST and DD_DOGSTATSD_PORT.
func statsdURL(getenv func(string) string) string {
	if given := getenv("DD_DOGSTATSD_URL"); given != "" {
		return given
	}
	host, port := getenv("DD_AGENT_HOST"), getenv("DD_DOGSTATSD_PORT")
	if host == "" {
		host = "127.0.0.1"
	}
	if port == "" {
		port = "8125"
	}
	return "udp://" + host + ":" + port
}

func unique(texts []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, text := range texts {
		if !seen[text] {
			kept = append(kept, text)
		}
		seen[text] = true
	}
	return kept
}
