# make run    try everything on this machine        make build   target/release/latchkey, one file
# make test   every check there is, none skipped
# make soak   what is too long for every run: a million made-up inputs for each decoder
# make audit  known faults of dependencies (fetches the advisory database; needs `cargo install --locked cargo-deny`)
.PHONY: run build console test soak audit setup

CARGO = cargo --locked

run: build
	@echo "==> latchkey demo"
	@exec target/release/latchkey demo

build: console
	@echo "==> building latchkey (the first time: several minutes; every crate is named as it is compiled)"
	@LATCHKEY_REQUIRE_CONSOLE=1 $(CARGO) build --release

# What moves in the browser; server/build.rs embeds it.
console: setup
	@echo "==> building the console's islands for the browser"
	@$(CARGO) build --package latchkey-frontend --target wasm32-unknown-unknown --profile wasm

test: build
	@echo "==> format and lints"
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --exclude latchkey-frontend --all-targets -- -D warnings
	$(CARGO) clippy --package latchkey-frontend --target wasm32-unknown-unknown -- -D warnings
	@echo "==> tests on SQLite and Postgres"
	server/tests/with-postgres.sh $(CARGO) test --workspace --exclude latchkey-frontend
	@echo "==> client and browser tests against the release binary"
	end2end/run.sh

soak:
	PROPTEST_CASES=1000000 $(CARGO) test --release --package latchkey --test robust

audit:
	cargo deny --locked check

setup:
	@command -v cargo >/dev/null || { echo "error: cargo is missing. Install Rust 1.95 or newer with rustup (https://rustup.rs)" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "error: a C compiler is missing. Install the package: build-essential" >&2; exit 1; }
	@rustc --print target-libdir --target wasm32-unknown-unknown | xargs test -d \
	    || { echo "==> installing the wasm32 target"; rustup target add wasm32-unknown-unknown; }
