#!/usr/bin/env bash
# Runs a command with LATCHKEY_TEST_POSTGRES_URL set: the one given, else a private cluster in a temporary folder,
# made from the installed binaries and removed afterwards. As root the cluster runs as the user `postgres`.
set -euo pipefail
if [ -n "${LATCHKEY_TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi

bin=$(pg_config --bindir 2>/dev/null || true)
if [ ! -x "$bin/initdb" ]; then bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true); fi
if [ ! -x "$bin/initdb" ]; then
    if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo -n"; else
        echo "error: the tests need Postgres. Install the package: postgresql" >&2
        exit 1
    fi
    echo "==> installing postgresql"
    $as apt-get update -q && $as apt-get install -qy postgresql
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
fi

folder=$(mktemp -d)
run() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    run() { runuser -u postgres -- "$@"; }
fi
stop() { run "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT

# A socket only: no port to collide with, nothing reachable from outside.
cd "$folder"
run "$bin/initdb" -D "$folder/data" -U latchkey --auth=trust --encoding=UTF8 --locale=C >/dev/null
run "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
    -o "-c listen_addresses='' -c unix_socket_directories=$folder -c fsync=off -c max_connections=400" start >/dev/null
chmod 755 "$folder"
cd - >/dev/null
LATCHKEY_TEST_POSTGRES_URL="postgres://latchkey@localhost/postgres?host=$folder" "$@"
