# A private PostgreSQL cluster for the tests: loopback, a random port, no fsync, deleted at the end.
# postgres_start sets POSTGRES_URL; postgres_stop may be called at any time.
# PostgreSQL refuses to run as root, so root runs it as the account that the package made.
# shellcheck shell=bash

POSTGRES_DIR=''

# Prints the folder of the newest installed server, whose programs are not on PATH on Debian.
postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ] && [ -x "$newest/initdb" ]; then echo "$newest"; return; fi
  newest=$(command -v initdb) && dirname "$(readlink -f "$newest")"
}

postgres_as() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

postgres_start() {
  if [ -z "$(postgres_bin)" ]; then (. tests/rig/tools.sh && need_packages postgresql) || return 1; fi
  local bin port attempt
  bin=$(postgres_bin)
  POSTGRES_DIR=$(mktemp -d "${TMPDIR:-/tmp}/poolhouse-postgres.XXXXXX") || return 1
  [ "$(id -u)" -ne 0 ] || chown postgres "$POSTGRES_DIR"
  postgres_as timeout 120 "$bin/initdb" --pgdata="$POSTGRES_DIR/data" --username=poolhouse --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$RIG_ENV/logs/initdb.log" 2>&1 \
    || { cat "$RIG_ENV/logs/initdb.log"; return 1; }
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    if postgres_as timeout 60 "$bin/pg_ctl" start --silent --wait --timeout=50 --pgdata="$POSTGRES_DIR/data" \
      --log="$POSTGRES_DIR/log" --options="-p $port -h 127.0.0.1 -k $POSTGRES_DIR -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=256MB \
        -c max_wal_size=4GB -c checkpoint_timeout=1h -c log_min_messages=warning"; then
      POSTGRES_URL=postgres://poolhouse@127.0.0.1:$port/postgres
      echo "listening on 127.0.0.1:$port ($("$bin/postgres" --version))"
      return 0
    fi
    echo "attempt $attempt: port $port did not work"
  done
  tail -n 20 "$POSTGRES_DIR/log"
  return 1
}

postgres_stop() {
  [ -n "$POSTGRES_DIR" ] || return 0
  postgres_as timeout 60 "$(postgres_bin)/pg_ctl" stop --silent --mode=immediate --pgdata="$POSTGRES_DIR/data" >/dev/null 2>&1
  rm -rf -- "$POSTGRES_DIR"
  POSTGRES_DIR=''
}
