//! Every committed seed of the fuzz targets, run without a fuzzer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(clippy::expect_used, reason = "what must hold for any bytes, shared with the fuzz targets")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Runs a target with each of its seeds.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let seed = fs::read(&path).unwrap();
        // The name of what fails is the last one printed.
        eprintln!("{}", path.display());
        run(&seed);
        count += 1;
    }
    assert!(count >= 4, "{} holds {count} seeds", folder.display());
}

#[test]
fn wire() {
    replay("wire", targets::wire);
}

#[test]
fn packet() {
    replay("packet", targets::packet);
}

#[test]
fn enforcement() {
    replay("enforcement", targets::enforcement);
}

#[test]
fn certificate() {
    replay("certificate", targets::certificate);
}
