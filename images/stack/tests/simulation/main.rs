//! Two stacks and a bad network in virtual time: bytes equal, no hang, no slot leaked. `ZTNA_RUNS=<n>` schedules (100),
//! `ZTNA_SEED=<n>` replays one.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "figures are printed when they are asked for")]
#![allow(missing_docs, reason = "tests are documented by their names")]

mod echo;
mod fairness;
mod handshakes;
mod network;
mod pieces;
mod random;
mod schedule;
mod windows;
