//! The `latchkey` command; everything is in [`latchkey::cli`].

#[tokio::main]
async fn main() -> std::process::ExitCode {
    latchkey::cli::run().await
}
