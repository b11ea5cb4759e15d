//! The connector as a process, beside a real intermediate, real backends and an agent's TCP in user space.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]
#![allow(dead_code, reason = "what the intermediate's own tests use of the same files")]

mod agent;
#[path = "../../../intermediate-server/tests/loopback/certificates.rs"]
mod certificates;
#[path = "../../../intermediate-server/tests/loopback/client.rs"]
mod client;
mod configuration;
mod datagrams;
mod operating;
#[path = "../../../intermediate-server/tests/loopback/packets.rs"]
mod packets;
mod process;
mod streams;
mod world;
