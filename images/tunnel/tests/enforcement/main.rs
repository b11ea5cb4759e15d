//! The enforcement file: what is read, what is refused, and what it decides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod admission;
mod kit;
mod read;
mod reference;
mod verdict;
