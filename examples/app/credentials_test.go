package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// secretsManager answers GetSecretValue over HTTP with what `password` says now, and counts.
func secretsManager(t *testing.T, password, asked *string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked += r.Header.Get("X-Amz-Target") + ";"
		secret, _ := json.Marshal(map[string]string{"username": "ana", "password": *password})
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(map[string]string{"SecretString": string(secret)})
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "made-up",
		"AWS_SECRET_ACCESS_KEY": "made-up", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
}

// A password is read once for many connections, and anew as soon as the database refuses it.
func TestARotatedPasswordIsReadAgain(t *testing.T) {
	password, asked := "first", ""
	secretsManager(t, &password, &asked)
	secret := &Secret{arn: "arn:aws:secretsmanager:eu-west-1:000000000000:secret:x"}
	login := func() string {
		var settings pgx.ConnConfig
		if err := secret.Login(t.Context(), &settings); err != nil {
			t.Fatal(err)
		}
		return settings.User + " " + settings.Password
	}

	if got := login(); got != "ana first" {
		t.Errorf("got %q", got)
	}
	password = "second"
	if got := login(); got != "ana first" {
		t.Errorf("within its lifetime: %q", got)
	}
	secret.Refused(&pgconn.PgError{Code: "42P01"})
	secret.Refused(&pgconn.PgError{Code: "28P01"})
	if got := login(); got != "ana second" {
		t.Errorf("after the refusal: %q", got)
	}
	if want := "secretsmanager.GetSecretValue;secretsmanager.GetSecretValue;"; asked != want {
		t.Errorf("asked %s", asked)
	}
}

// Either a password or a secret has to be named.
func TestConfigTakesASecretInsteadOfAPassword(t *testing.T) {
	config, err := LoadConfig(environment(map[string]string{"DATABASE_PASSWORD": "", "DATABASE_SECRET_ARN": "arn:x"}))
	if err != nil || config.SecretARN != "arn:x" {
		t.Errorf("%+v: %v", config, err)
	}
	_, err = LoadConfig(environment(map[string]string{"DATABASE_PASSWORD": ""}))
	if err == nil || err.Error() != "configuration: DATABASE_PASSWORD or DATABASE_SECRET_ARN is not set" {
		t.Errorf("got %v", err)
	}
}
