package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/mail"
	"loket/internal/store"
	"loket/models"
)

func TestUnmade(t *testing.T) {
	away := errors.New("the database is away")
	for name, test := range map[string]struct{ store, relay error }{
		"a message to somebody who has done without it closes unsent": {fmt.Errorf("mint: %w", models.ErrLinkSpent), mail.ErrObsolete},
		"one that waited longer than its link lives is for support":   {fmt.Errorf("mint: %w", store.ErrTooLate), mail.ErrTooLate},
		"trouble is tried again":                                      {away, away},
		"a secret that was made is no trouble":                        {nil, nil},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.relay, unmade(test.store)) })
	}
}
