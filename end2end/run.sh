#!/usr/bin/env bash
# Mini programs as tutorials write them (clients/), then the console in a real Chromium:
# `end2end/run.sh [playwright test options]`. The binary under test is $LATCHKEY_BIN, else target/release/latchkey.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath -m "${LATCHKEY_BIN:-$here/../target/release/latchkey}")

say() { echo "==> $*"; }
fail() { echo "error: $*" >&2; exit 1; }

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

install_chromium() {
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "Chromium is missing. Install the package: chromium"
    sudo=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "Chromium is missing. Install the package: chromium"
  say "installing Debian's chromium"
  "${sudo[@]}" apt-get update -qq >/dev/null || fail "apt-get update failed. Install the package by hand: chromium"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends chromium >/dev/null \
    || fail "Chromium could not be installed. Install the package by hand: chromium"
}

[ -x "$binary" ] || fail "$binary is missing. Build it with \`make build\`, or name another in LATCHKEY_BIN"
node=$(node --version 2>/dev/null || true)
node=${node#v}
if ! [ "${node%%.*}" -ge 20 ] 2>/dev/null || ! command -v npm >/dev/null; then
  fail "Node 20 or newer with npm is missing (found: ${node:-no node}). Install it from https://nodejs.org or your distribution"
fi
find_chromium >/dev/null || install_chromium
CHROMIUM=$(find_chromium) || fail "Chromium is missing. Install the package: chromium"

cd "$here"
# schemathesis reads the OpenAPI document and tries to make the program break it.
python=$here/../target/schemathesis
if ! "$python/bin/python" -m pip freeze 2>/dev/null | grep -qxFf requirements.txt; then
  command -v python3 >/dev/null || fail "Python 3 is missing. Install the packages: python3 python3-venv"
  say "installing schemathesis (pip)"
  python3 -m venv --clear "$python" || fail "Python's venv is missing. Install the package: python3-venv"
  "$python/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
fi
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  say "installing Playwright (npm ci)"
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --loglevel=error >/dev/null
fi

export CHROMIUM LATCHKEY_BIN=$binary SCHEMATHESIS=$python/bin/schemathesis
say "testing $binary with the clients of old tutorials and new"
node --test --test-reporter=spec clients/*.test.mjs

say "testing $binary in $CHROMIUM"
exec node_modules/.bin/playwright test "$@"
