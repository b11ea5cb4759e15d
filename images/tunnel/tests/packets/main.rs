//! Inner packets: what is read, what is refused, and that every rewrite keeps checksums right.

mod answers;
mod kit;
mod mss;
mod parse;
mod rewrite;
mod track;
