//! `bench relay`: the intermediate server beside a plain forwarder (one `recv_from`, one `send_to`), by delivered datagrams
//! per CPU second of the process that forwards. Policy, rewriting and checksums are on. Prints JSON lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops"
)]

#[path = "../../intermediate-server/tests/loopback/certificates.rs"]
#[allow(dead_code, missing_docs, reason = "shared with the tests on the loopback interface")]
mod certificates;
mod forwarder;
mod load;
mod process;
mod scenarios;
mod world;

use std::path::PathBuf;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["forwarder", to] => forwarder::run(to.parse().expect("IP:port")),
        ["relay", server, ref names @ ..] => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(scenarios::run(&PathBuf::from(server), names));
        }
        _ => panic!(
            "expected: bench relay <path of intermediate-server> [scenario ...], or bench forwarder IP:port"
        ),
    }
}
