//! Answers requests by enforcement files: what the packet path would say, for comparing with what `decide` says.
//!
//! Each line of the standard input is `{"enforcement": {...}, "requests": [...]}`, each request as
//! `schemas/request.schema.json` has it (`withoutCertificate: true` standing in place of a principal). Each line of the
//! output is `{"verdicts": [{"decision": "allow"} or {"decision": "deny", "reason": "<drop reason>"}]}`, or
//! `{"refused": "..."}` for a file that would not be enforced.

mod answer;

use std::io::{BufWriter, Write, stdin, stdout};

fn main() -> std::io::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lines() {
        writeln!(out, "{}", answer::line(&line?))?;
    }
    out.flush()
}
