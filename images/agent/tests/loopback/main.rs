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
mod whole;
mod words;
mod world;

/// The server under which the agent is tested.
pub fn program() -> std::path::PathBuf {
    built("intermediate-server")
}

/// Another program of the workspace: where all crates are tested together it is built already; else it is built once, and again
/// only by hand.
pub fn built(name: &str) -> std::path::PathBuf {
    use std::process::Command;
    use std::sync::Mutex;
    static BUILDING: Mutex<()> = Mutex::new(());
    let _alone = BUILDING.lock().unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_agent")).with_file_name(name);
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", name]).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(program.exists() || build.status().unwrap().success());
    program
}
