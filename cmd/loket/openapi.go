package main

import (
	"loket/api"
	"loket/internal/i18n"
)

type openAPICommand struct{}

// Help tells more than one line.
func (openAPICommand) Help() string {
	return `The document is the one served at /api/v1/openapi.json, so that clients can be made without a server.

  loket openapi > loket.openapi.json`
}

// Run prints the document.
func (openAPICommand) Run(p *process) error {
	words, err := i18n.New()
	if err != nil {
		return err
	}
	p.printf("%s", api.New(api.Config{Catalog: words, Version: version}).OpenAPI())
	return nil
}
