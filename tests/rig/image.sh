#!/usr/bin/env bash
# The container image is built from what .dockerignore lets through: that must be enough to compile the server.
# (No container engine is needed for this, so it runs everywhere.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
context=$(mktemp -d)
trap 'rm -rf -- "$context"' EXIT
sed -n 's/^!//p' .dockerignore | xargs cp -r --parents -t "$context"
# Nothing in the checkout may be found from there by accident.
CARGO_TARGET_DIR=$RIG_TARGET cargo check --locked --bin poolhouse --manifest-path "$context/Cargo.toml"
