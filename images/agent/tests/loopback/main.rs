//! The agent as a process, with a real intermediate server and a connector, on the loopback interface.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]

mod agent;
#[path = "../../../intermediate-server/tests/loopback/certificates.rs"]
#[allow(dead_code, reason = "the server's tests use all of it")]
mod certificates;
mod connect;
mod connector;
mod forward;
mod probe;
#[path = "../../../intermediate-server/tests/loopback/server.rs"]
#[allow(dead_code, reason = "the server's tests use all of it")]
mod server;
mod up;
mod world;

/// The server: where all crates are tested together it is built already; else it is built once, and again only by hand.
pub fn program() -> std::path::PathBuf {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::LazyLock;
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
        let program = Path::new(env!("CARGO_BIN_EXE_agent")).with_file_name("intermediate-server");
        let words = ["build", "--quiet", "--locked", "--offline", "-p", "intermediate-server"];
        let mut build = Command::new(env!("CARGO"));
        build.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(program.exists() || build.status().unwrap().success());
        program
    });
    BUILT.clone()
}
