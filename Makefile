# `make test` runs every check there is; nothing is skipped.
.PHONY: test setup

test: setup
	cargo fmt --all --check
	cargo clippy --workspace --exclude latchkey-frontend --all-targets --locked -- -D warnings
	cargo clippy -p latchkey-frontend --target wasm32-unknown-unknown --locked -- -D warnings
	server/tests/with-postgres.sh cargo test --workspace --exclude latchkey-frontend --locked

setup:
	@rustup target list --installed | grep -q '^wasm32-unknown-unknown$$' || rustup target add wasm32-unknown-unknown
