//! The `latchkey` command; everything is in [`latchkey::cli`].

fn main() -> std::process::ExitCode {
    latchkey::cli::main()
}
