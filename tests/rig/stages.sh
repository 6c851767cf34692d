#!/usr/bin/env bash
# The body of one stage of tests/run, which gives it a time limit and counts what it printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/rig/tools.sh

rust_suite() {
  need_nextest
  cargo nextest run --locked --profile rig --no-fail-fast
}

case $1 in
  fmt) cargo fmt --check ;;
  files) tests/rig/files.sh ;;
  clippy) cargo clippy --locked --all-targets -- -D warnings ;;
  deny)
    need_cargo_deny
    cargo deny --locked --offline check bans licenses sources
    # The list above cannot say "only in tests": rsa must not be reachable from what is shipped.
    [ -z "$(cargo tree --quiet --offline --target all --edges normal,build --invert rsa)" ]
    ;;
  sqlite)
    unset POOLHOUSE_TEST_DATABASE
    rust_suite
    cargo test --locked --doc
    ;;
  postgres)
    export POOLHOUSE_TEST_DATABASE=$POSTGRES_URL
    rust_suite
    ;;
  image) tests/rig/image.sh ;;
  doc) RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items ;;
  clients-sqlite)
    need_clients
    cargo build --locked
    "$RIG_PYTHON" tests/clients/run --suite python --suite node --suite terraform
    ;;
  clients-postgres)
    need_clients
    cargo build --locked
    "$RIG_PYTHON" tests/clients/run --database "$POSTGRES_URL" --suite python --suite node
    ;;
  clients-rust)
    cargo fmt --check --manifest-path tests/clients/rust/Cargo.toml
    need_python
    cargo build --locked
    "$RIG_PYTHON" tests/clients/run --suite rust
    ;;
  system)
    need_clients
    cargo build --locked
    "$RIG_PYTHON" tests/system/run --database "$POSTGRES_URL"
    ;;
  *)
    echo "no stage is called $1" >&2
    exit 2
    ;;
esac
