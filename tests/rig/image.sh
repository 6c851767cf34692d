#!/usr/bin/env bash
# The container image is built from what .dockerignore lets through: that must be enough to compile the server.
# (No container engine is needed for this, so it runs everywhere; tests/system/test_compose.py runs the server with the
# environment of Dockerfile and docker-compose.yml.)
# With RIG_DOCKER=1, an engine and its base images the image itself is built, and docker-compose.yml brought up and used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
context=$(mktemp -d)
trap 'rm -rf -- "$context"' EXIT
sed -n 's/^!//p' .dockerignore | xargs cp -r --parents -t "$context"
# Nothing in the checkout may be found from there by accident.
CARGO_TARGET_DIR=$RIG_TARGET cargo check --locked --bin poolhouse --manifest-path "$context/Cargo.toml"

[ "${RIG_DOCKER:-}" = 1 ] || exit 0

# Version 2 is part of docker; version 1 is a program of its own.
compose() {
  if docker compose version >/dev/null 2>&1; then docker compose --project-name poolhouse-rig "$@"
  else docker-compose --project-name poolhouse-rig "$@"; fi
}
down() { compose down --volumes >/dev/null 2>&1 || true; rm -rf -- "$context"; }
trap down EXIT

# From another container of the project, by the service's name.
inside() { compose exec -T poolhouse poolhouse health --url "$1"; }
status() { compose ps | awk '/poolhouse-rig.poolhouse/'; }
wait_until_healthy() {
  local deadline=$((SECONDS + 120))
  until status | grep -q '(healthy)'; do
    [ "$SECONDS" -lt "$deadline" ] || { compose logs --tail 50; return 1; }
    sleep 1
  done
}

export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1
compose down --volumes >/dev/null 2>&1 || true
compose build
compose up -d
wait_until_healthy
inside http://localhost:9229
inside http://poolhouse:9229
# As a machine does that starts again: everything at once, in no order.
compose kill >/dev/null 2>&1
compose start poolhouse >/dev/null 2>&1 || true
compose start
wait_until_healthy
# It is not root, its key is its own, and what it wrote is in the volume.
[ "$(compose exec -T poolhouse id -un | tr -d '\r')" = poolhouse ]
[ "$(compose exec -T poolhouse stat -c '%a %U' /data/master.key | tr -d '\r')" = '600 poolhouse' ]
compose logs poolhouse | grep -q 'http://localhost:9229'
echo "image: built, brought up, reached by address and by name, and started again"
