# Everything that people and CI call. `make help` lists it.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8080
SEED ?= 1
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT := go tool -modfile=.ci/lint/go.mod
CHARTS := go tool -modfile=.ci/charts/go.mod
export CGO_ENABLED ?= 0

.PHONY: help run test long release-check kills screens access build generate check lint fuzz bench bench-collect e2e golden mutants picture pages dev release clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: ## set everything up and start Plimsoll at http://127.0.0.1:8080 (PORT=, SEED=0, DATABASE_URL=, PLIMSOLL_DATA=)
	@[ -n "$${DATABASE_URL:-}" ] || .ci/need postgres
	@$(MAKE) --no-print-directory build
	@PORT=$(PORT) SEED=$(SEED) exec bin/plimsoll run

test: ## install what the tests need, then run everything that CI runs; `make long` has what takes longer
	@.ci/need postgres chromium poppler qpdf fonts netns
	@$(MAKE) --no-print-directory check
	@go run ./internal/kubetest/build
	@$(CHARTS) helm version >/dev/null; $(CHARTS) kustomize version >/dev/null
	go test -short -timeout 20m ./...

long: release-check kills screens access fuzz ## what is too long for make test, and what goes by chance: before a release

release-check: ## the collector on all six systems: built, small enough, static
	go test -count=1 -v -run '^TestTheProgramIsSmallOnEverySystem$$' ./cmd/plimsoll-collect

kills: ## end the collector at 250 moments of its run, and look for half a snapshot
	@go run ./internal/kubetest/build
	go test -count=1 -v -timeout 20m -run '^TestAKilledRunLeavesNoHalfSnapshot$$' ./cmd/plimsoll-collect

screens: ## every page in every state on all four screens: accessible and inside its policy
	@.ci/need chromium
	go test -count=1 -timeout 20m -skip '^TestNothingIsLost$$' ./web/gallery

access: ## every page in every state at 400 %, with wide text, in forced colours and by keyboard, by day and by night
	@.ci/need chromium
	go test -count=1 -timeout 45m -run '^TestNothingIsLost$$' ./web/gallery

build: ## static binaries in bin/
	@mkdir -p bin
	@go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/plimsoll ./cmd/plimsoll-collect

GENERATED := 'web/*_templ.go' 'web/dist/*' docs/collector-fields.md docs/collector-in-detail.md 'docs/rules/*' 'docs/schema/*' assessments/snapshot/schema.json assessments/content/published/*.json

generate: ## templ pages, assets, rule pages, JSON Schemas, the page of what collectors read
	@go generate ./web ./assessments/... ./collectors/... ./cmd/...

check: ## fast: formatting, vet, lint, laws, generated files current
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l); [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted" >&2; exit 1; }
	@go vet ./...
	@$(MAKE) --no-print-directory lint
	@before=$$(git ls-files -z $(GENERATED) | xargs -0 sha256sum); go generate ./web ./assessments/... ./collectors/... >/dev/null; \
	 after=$$(git ls-files -z $(GENERATED) | xargs -0 sha256sum); \
	 [ "$$before" = "$$after" ] || { echo "generated files were not current; they are now, commit them:" >&2; diff <(echo "$$before") <(echo "$$after") | sed -n 's/^> [0-9a-f]* /  /p' >&2; exit 1; }
	@go test ./internal/lawtest

lint: ## staticcheck, pinned in a module of its own
	@$(LINT) staticcheck ./...

FUZZTIME ?= 60s
fuzz: ## every fuzz test with new inputs for FUZZTIME (60s); the inputs that are known run in make test
	@for package in $$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./...); do \
	  for name in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$package/*_test.go 2>/dev/null | sed 's/^func //'); do \
	    echo "fuzz $$name for $(FUZZTIME)"; \
	    out=$$(go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$package) || { echo "$$out" | cut -c1-2000 | tail -60 >&2; exit 1; }; tail -1 <<<"$$out"; \
	  done; \
	done

bench: ## figures, and their ratios to a floor measured in the same run
	@.ci/need postgres
	@$(MAKE) --no-print-directory build
	@go run ./internal/bench

bench-collect: ## collect from clusters of up to 150,000 pods (a real API server; 8 GB, a quarter of an hour, nothing else running)
	@$(MAKE) --no-print-directory build
	@go run ./internal/kubetest/build
	@go run ./internal/bench -only collecting

e2e: ## the journey in a real browser against everything real
	@.ci/need postgres chromium poppler qpdf fonts
	@go run ./internal/kubetest/build
	go test -count=1 -timeout 15m ./internal/e2e

MUTANTS ?=
mutants: ## break rules, pairs, engines and scoring on purpose and list what no test notices (MUTANTS="-only jvm -sample 50 -seed 2")
	@go run ./internal/mutants $(MUTANTS)

picture: ## renew the pictures of README and docs, of the example organization in a real browser
	@.ci/need postgres chromium poppler
	go test -count=1 -timeout 15m -run '^TestPictures$$' ./internal/e2e -update

golden: ## rewrite the golden files
	go test $$(grep -rl 'flag.Bool("update"' --include=*_test.go . | xargs -n1 dirname | sort -u | grep -v internal/e2e) -update

pages: ## every page in every state, as pictures in bin/pages
	@.ci/need chromium
	@go run ./web/gallery -out bin/pages

dev: ## run, built and started again whenever a source changes
	@.ci/need postgres
	@trap 'kill $$pid 2>/dev/null; exit' INT TERM EXIT; while :; do \
	  (cd web && go generate . >/dev/null) && $(MAKE) --no-print-directory build || true; touch bin/.built; \
	  PORT=$(PORT) SEED=$(SEED) bin/plimsoll run & pid=$$!; \
	  until [ -n "$$(find assessments cmd migrations server web -newer bin/.built \( -name '*.go' -o -name '*.templ' -o -name '*.yaml' -o -name '*.sql' -o -path 'web/assets/*' \) ! -name '*_templ.go' ! -name '*_test.go' -print -quit)" ]; do sleep 1; done; \
	  kill $$pid; wait $$pid || true; \
	done

RELEASE := bin/release
RELEASE_URL ?= https://plimsoll.dev/releases
release: ## binaries for linux, darwin and windows with checksums, the list of modules in them, both charts and krew's archives
	@rm -rf $(RELEASE); mkdir -p $(RELEASE)
	@for os in linux darwin windows; do for arch in amd64 arm64; do for program in plimsoll plimsoll-collect; do \
	  ending=$$([ $$os = windows ] && echo .exe || true); echo "$$program $$os/$$arch"; \
	  GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '$(LDFLAGS)' -o $(RELEASE)/$$program-$$os-$$arch$$ending ./cmd/$$program; \
	done; done; done
	@for file in $(RELEASE)/plimsoll*; do echo "$$(basename $$file)"; go version -m $$file | awk '$$1 == "dep" {print "  " $$2, $$3, $$4}'; done > $(RELEASE)/MODULES
	@for file in $(RELEASE)/plimsoll-collect-*; do size=$$(wc -c < $$file); [ $$size -le 20971520 ] || { echo "$$file has $$size bytes, more than 20 MB" >&2; exit 1; }; done
	@go run ./internal/release -dir $(RELEASE) -version '$(VERSION)' -url '$(RELEASE_URL)'
	@$(CHARTS) helm package deploy/charts/plimsoll deploy/charts/plimsoll-collector --destination $(RELEASE) >/dev/null
	@cd $(RELEASE) && sha256sum plimsoll* krew-plimsoll.yaml MODULES > SHA256SUMS

clean: ## remove what the build made
	rm -rf bin
