//! The server as a process, with real QUIC clients on the loopback interface that play agents and connectors.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]

mod certificates;
mod client;
mod clock;
mod connectors;
mod enforcement;
mod handshakes;
mod keys;
mod operating;
mod packets;
mod path;
mod relaying;
mod resets;
mod schemas;
mod server;
mod who;

/// The program under test.
pub fn program() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_intermediate-server").into()
}
