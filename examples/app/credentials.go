package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A password is asked for again after this long, and at once when the database refuses it.
const secretLifetime = time.Minute

// Secret is the database's user and password in Secrets Manager. RDS changes the password by itself, so it is read when
// a connection is made, never once at the start.
type Secret struct {
	arn   string
	mutex sync.Mutex
	api   *secretsmanager.Client
	user  string
	key   string
	until time.Time
}

// Login sets user and password of a connection that is about to be made.
func (s *Secret) Login(ctx context.Context, settings *pgx.ConnConfig) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if time.Now().After(s.until) {
		if err := s.read(ctx); err != nil {
			return fmt.Errorf("the database's secret: %w", err)
		}
	}
	settings.User, settings.Password = s.user, s.key
	return nil
}

// Refused forgets the password when it was the reason of a failure: it has been changed.
func (s *Secret) Refused(err error) {
	var server *pgconn.PgError
	if errors.As(err, &server) && (server.Code == "28P01" || server.Code == "28000") {
		s.mutex.Lock()
		s.until = time.Time{}
		s.mutex.Unlock()
	}
}

func (s *Secret) read(ctx context.Context) error {
	if s.api == nil {
		settings, err := awsconfig.LoadDefaultConfig(ctx)
		if err != nil {
			return err
		}
		s.api = secretsmanager.NewFromConfig(settings)
	}
	answer, err := s.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(s.arn)})
	if err != nil {
		return err
	}
	var found struct{ Username, Password string }
	if err := json.Unmarshal([]byte(aws.ToString(answer.SecretString)), &found); err != nil || found.Username == "" {
		return errors.New("it is no JSON object with `username` and `password`")
	}
	s.user, s.key, s.until = found.Username, found.Password, time.Now().Add(secretLifetime)
	return nil
}
