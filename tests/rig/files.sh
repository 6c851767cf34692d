#!/usr/bin/env bash
# Facts about the committed files that no compiler checks.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
code=0
say() { echo "$1"; code=1; }

# A lock file must work with whatever registry the machine uses.
named=$(git ls-files '*package-lock.json' | xargs -r grep -l '"resolved"')
[ -z "$named" ] || say "$named names a registry"
named=$(git ls-files '*requirements*.txt' '*node-wheel.txt' | xargs -r grep -nE '^-i|--(extra-)?index|--find-links|https?://')
[ -z "$named" ] || say "$named: names a registry"

# Shell scripts parse.
while IFS= read -r script; do bash -n "$script" || code=1; done < <(git ls-files 'tests/rig/*.sh' tests/run .ci/run)
exit $code
