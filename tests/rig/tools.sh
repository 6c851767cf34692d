# Installs what the stages need and the machine lacks. Sourced by tests/rig/stages.sh.
# System packages come from apt; everything else goes under target/test-env and out of git.
# shellcheck shell=bash

RIG_TARGET=${RIG_TARGET:-${CARGO_TARGET_DIR:-$PWD/target}}
RIG_ENV=${RIG_ENV:-$RIG_TARGET/test-env}
mkdir -p "$RIG_ENV/logs" "$RIG_ENV/bin"
export PATH=$RIG_ENV/bin:$PATH

NEXTEST_VERSION=0.9.143
CARGO_DENY_VERSION=0.20.2

# need_packages NAME...: Debian packages, by apt-get as root or through sudo.
need_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "please install: $*" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "installing packages: $*"
  "${as_root[@]}" apt-get update -qq >"$RIG_ENV/logs/apt.log" 2>&1 || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    >>"$RIG_ENV/logs/apt.log" 2>&1 || { tail -n 20 "$RIG_ENV/logs/apt.log" >&2; return 1; }
}

# A Rust program of a pinned version, built without optimisation: it runs for seconds, so building it fast wins.
need_cargo_program() {
  local crate=$1 version=$2
  echo "building $crate $version (not on this machine)"
  CARGO_TARGET_DIR=$RIG_ENV/build CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_PANIC=unwind \
    cargo install --quiet --locked --root "$RIG_ENV" --version "=$version" "$crate" || return 1
  rm -rf "$RIG_ENV/build"
}

need_nextest() { command -v cargo-nextest >/dev/null || need_cargo_program cargo-nextest "$NEXTEST_VERSION"; }
need_cargo_deny() { command -v cargo-deny >/dev/null || need_cargo_program cargo-deny "$CARGO_DENY_VERSION"; }

# Writes KEY beside what it describes, so that the next run knows that nothing changed.
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Python in a virtual environment of its own: exact versions, every file checked against its hash.
need_python() {
  local key venv=$RIG_ENV/venv
  export RIG_PYTHON=$venv/bin/python
  key=$(sha256sum tests/clients/python/requirements.txt | cut -d ' ' -f 1)
  fresh "$venv/.key" "$key" && "$RIG_PYTHON" -c '' 2>/dev/null && return
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3 python3-venv
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement tests/clients/python/requirements.txt
  echo "$key" >"$venv/.key"
}

# Node 20 or newer: the machine's, else the pinned build that comes as a Python wheel.
need_node() {
  local folder=tests/clients/node key major
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    if [ ! -x "$RIG_ENV/node/bin/node" ]; then
      rm -rf "$RIG_ENV/node"
      python3 -m venv "$RIG_ENV/node"
      "$RIG_ENV/node/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement $folder/node-wheel.txt
    fi
    export PATH=$RIG_ENV/node/bin:$PATH
  fi
  key=$(sha256sum $folder/package-lock.json | cut -d ' ' -f 1)
  fresh $folder/node_modules/.key "$key" && return
  npm ci --prefix $folder --no-audit --no-fund --ignore-scripts --no-update-notifier --loglevel=error
  echo "$key" >$folder/node_modules/.key
}

need_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if command -v $name >/dev/null; then
      RIG_CHROMIUM=$(command -v $name)
      export RIG_CHROMIUM
      return
    fi
  done
  need_packages chromium
  export RIG_CHROMIUM=/usr/bin/chromium
}

# Chromium trusts what is in the NSS database of its home folder.
need_certutil() { command -v certutil >/dev/null || need_packages libnss3-tools; }

need_clients() {
  # The examples of the README call it.
  command -v curl >/dev/null || need_packages curl
  need_python
  need_node
  need_chromium
  need_certutil
}
