# make help lists the targets. Go and GNU make are all that building needs;
# make test brings the rest itself (scripts/install-test-deps).

# Tools live in modules of their own, apart from the pins of the main one.
tool = CGO_ENABLED=0 go tool -modfile=tools/$(1)/go.mod $(1)
go   = CGO_ENABLED=0 go

.DEFAULT_GOAL := help
.PHONY: help build slim demo test replay workflowcheck lint fmt generate cover bench vendor-assets blocklist

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## ./loket with the embedded Temporal server
	$(go) build -o loket ./cmd/loket

slim: ## ./loket without it, as the container image has it
	$(go) build -tags slim -trimpath -ldflags='-s -w' -o loket ./cmd/loket

demo: ## everything in one process, with an invented ministry
	$(go) run ./cmd/loket demo

test: ## all tests, on both databases, in a real browser
	scripts/test

replay: ## saved histories against the workflows as they are
	scripts/replay

workflowcheck: ## nothing undeterministic in a workflow
	$(call tool,workflowcheck) ./workflows/...

lint: ## formatting, house rules, both build flavours
	$(call tool,golangci-lint) run ./...
	$(go) vet -tags slim ./cmd/... ./internal/...

fmt: ## gofmt and goimports
	$(call tool,golangci-lint) fmt

generate: ## docs/states.md; CONTRIBUTING.md tells what other tests write
	$(go) generate ./...

cover: ## coverage.out, over all packages that have tests
	scripts/with-postgres env $(go) test -p 2 -coverprofile=coverage.out -coverpkg=./... ./...
	$(go) tool cover -func=coverage.out | tail -n 1

bench: ## one figure on this machine: make bench WHAT=door (loket bench --help lists them)
	$(go) run ./cmd/loket bench $(or $(WHAT),read)

vendor-assets: ## front-end files from npm, at their pinned versions
	scripts/vendor-assets
	scripts/vendor-swagger

blocklist: ## the passwords that are refused, from npm
	scripts/make-blocklist
