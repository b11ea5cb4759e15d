//! Inner packets: what is read, what is refused, and that every rewrite keeps checksums right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod answers;
mod kit;
mod mss;
mod parse;
mod rewrite;
mod track;
