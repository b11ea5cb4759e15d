//! The examples of `schemas/examples/enforcement/`: files with requests, and what `decide` says of each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../examples/verdict/answer.rs"]
mod answer;

use std::fs;
use std::path::Path;

use serde_json::Value;

#[test]
fn every_example_is_decided_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/examples/enforcement");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let example: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let answers = answer::line(&example.to_string());
        let expected = example["decisions"].as_array().unwrap();
        let verdicts =
            answers["verdicts"].as_array().unwrap_or_else(|| panic!("{}: {answers}", path.display()));
        assert_eq!(verdicts.len(), expected.len());
        for (place, (verdict, decision)) in verdicts.iter().zip(expected).enumerate() {
            assert_eq!(&verdict["decision"], decision, "{}: {}", path.display(), example["requests"][place]);
            count += 1;
        }
    }
    assert!(count >= 50, "{} holds {count} requests", folder.display());
}
