#!/usr/bin/env bash
# Generates Go, TypeScript and the description of the REST routes from proto/. Called by `make proto`; `make proto-check` runs it and fails on a diff.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

rm -rf build/gen-go
buf generate --template buf.gen.go.yaml
for module in build/gen-go/github.com/assay-network/assay/chain/x/*/; do
  types="chain/x/$(basename "$module")/types"
  mkdir -p "$types"
  rm -f "$types"/*.pb.go "$types"/*.pb.gw.go
  cp "$module"types/*.go "$types/"
done

buf generate --template buf.gen.openapi.yaml

rm -rf ts-client/src/generated
buf generate --template buf.gen.ts.yaml
# Options of other ecosystems; nothing generated refers to them.
rm -rf ts-client/src/generated/{amino,gogoproto,cosmos_proto,google,cosmos/msg}
