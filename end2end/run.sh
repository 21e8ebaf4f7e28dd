#!/usr/bin/env bash
# Mini programs as tutorials write them (clients/), then the console in a real Chromium:
# `end2end/run.sh [playwright test options]`. The binary under test is $LATCHKEY_BIN, else target/release/latchkey.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath -m "${LATCHKEY_BIN:-$here/../target/release/latchkey}")

say() { echo "==> $*"; }
fail() { echo "error: $*" >&2; exit 1; }

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# The Debian packages named, for what the first argument says.
install() {
  local what=$1 sudo=()
  shift
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "$what is missing. Install: $*"
    sudo=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "$what is missing. Install: $*"
  say "installing Debian's $*"
  "${sudo[@]}" apt-get update -qq >/dev/null || fail "apt-get update failed. Install by hand: $*"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "$@" >/dev/null \
    || fail "$what could not be installed. Install by hand: $*"
}

[ -x "$binary" ] || fail "$binary is missing. Build it with \`make build\`, or name another in LATCHKEY_BIN"
node=$(node --version 2>/dev/null || true)
node=${node#v}
if ! [ "${node%%.*}" -ge 20 ] 2>/dev/null || ! command -v npm >/dev/null; then
  fail "Node 20 or newer with npm is missing (found: ${node:-no node}). Install it from https://nodejs.org or your distribution"
fi
find_chromium >/dev/null || install Chromium chromium
CHROMIUM=$(find_chromium) || fail "Chromium is missing. Install the package: chromium"

cd "$here"
# schemathesis reads the OpenAPI document and tries to make the program break it.
python=$here/../target/schemathesis
if ! "$python/bin/python" -m pip freeze 2>/dev/null | grep -qxFf requirements.txt; then
  python3 -c 'import venv, ensurepip' 2>/dev/null || install "Python 3 with venv" python3 python3-venv
  say "installing schemathesis (pip)"
  python3 -m venv --clear "$python"
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
