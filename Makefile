# Assay. `make help` lists what there is; `make demo` and `make test` are the two that matter.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# onnxruntime-node ships its CPU library; its install script would fetch a GPU one.
export ONNXRUNTIME_NODE_INSTALL := skip

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
SDK_VERSION := github.com/cosmos/cosmos-sdk/version
LDFLAGS := -X $(SDK_VERSION).Name=assay -X $(SDK_VERSION).AppName=assayd \
	-X $(SDK_VERSION).Version=$(VERSION) -X $(SDK_VERSION).Commit=$(COMMIT)
GO_SOURCES := $(shell find chain -name '*.go' -o -name 'go.mod' -o -name 'go.sum' 2>/dev/null)
EXPLORER_SOURCES := $(shell find explorer/web explorer/wire ts-client/src -type f 2>/dev/null) explorer/vite.config.ts

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- building

node_modules/.package-lock.json: package-lock.json package.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/assayd: $(GO_SOURCES)
	cd chain && go build -ldflags '$(LDFLAGS)' -o ../build/assayd ./cmd/assayd

explorer/dist/index.html: node_modules/.package-lock.json $(EXPLORER_SOURCES)
	npm run --silent build -w @assay/explorer

.PHONY: deps build
deps: node_modules/.package-lock.json ## Install the npm packages
build: deps build/assayd explorer/dist/index.html ## Build the node and the page

# Clients of others, for end-to-end tests.
build/python/bin/python: scripts/e2e/requirements.txt
	python3 -m venv build/python
	build/python/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# What the benchmarks compare with or judge by, from others.
BENCH_OTHERS := gateway lighthouse
scripts/bench/%/node_modules/.package-lock.json: scripts/bench/%/package-lock.json
	npm ci --prefix scripts/bench/$* --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/tools/%: tools/go.mod tools/go.sum
	@mkdir -p build/tools
	go build -C tools -o ../build/tools/$* $$(cd tools && go list -f '{{.ImportPath}}' tool | grep '/$*$$')

.PHONY: proto proto-check
proto: deps build/tools/protoc-gen-gocosmos build/tools/protoc-gen-grpc-gateway build/tools/protoc-gen-swagger ## Generate Go and TypeScript from proto/
	scripts/generate.sh
proto-check: proto ## Fail if the committed generated code is not what proto/ gives
	buf lint
	@git diff --exit-code --stat -- chain/x chain/app/openapi ts-client/src/generated || { echo "generated code differs: run make proto and commit the result"; exit 1; }

# --- running

EPOCHS ?=
JSON ?=
.PHONY: demo
demo: build ## Run a network with scorers, sponsors, miners and explorer (EPOCHS=10 JSON=out.json KEEP=1)
	@node scripts/demo/main.ts $(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(JSON),--json $(JSON)) $(if $(KEEP),--keep)

# --- checking

.PHONY: lint fmt
lint: deps build/tools/golangci-lint ## Check types, style and formatting of both languages
	cd chain && ../build/tools/golangci-lint run ./...
	tsc --noEmit
	eslint .
	prettier --check --log-level warn .
fmt: deps ## Format both languages
	gofmt -w $$(find chain -name '*.go' -not -name '*.pb*.go')
	prettier --write --log-level warn .

.PHONY: test test-go test-ts test-e2e
test: proto-check lint test-go test-ts test-e2e ## Everything CI runs
test-go: ## Go unit, property, fuzz-seed and app tests, with the race detector on our packages
	cd chain && go test -race -timeout 20m ./...
	# Under the race detector it plays a tenth of its operations only.
	cd chain && go test -timeout 20m -run '^TestRandomOperations$$' ./x/marketplace/keeper
test-ts: build ## TypeScript unit, vector and page tests
	mocha '*/test/**/*.test.ts'
test-e2e: build build/python/bin/python ## Whole networks of real processes
	mocha --config .mocharc.integration.json '*/test/integration/**/*.test.ts'
	npm run --silent e2e

.PHONY: fuzz bench
fuzz: ## Fuzz the model checker and interpreter for FUZZTIME (default 5m) each
	cd chain && for target in $$(go test ./intonnx -list 'Fuzz.*' | grep Fuzz); do \
		go test ./intonnx -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),5m) || exit 1; done
bench: build $(BENCH_OTHERS:%=scripts/bench/%/node_modules/.package-lock.json) ## Measure the numbers the README quotes, side by side with baselines
	npm run --silent bench

.PHONY: clean
clean: ## Delete what was built and what demos left
	rm -rf build explorer/dist .demo
