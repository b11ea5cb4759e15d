//! The file as JSON.

use std::fmt;

use serde::Deserialize;

use super::{Generation, SharedKeys};
use crate::digest::from_hex;

/// A file that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidKeys(String);

impl fmt::Display for InvalidKeys {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for InvalidKeys {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    current: Keys,
    previous: Keys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Keys {
    retry: Hex,
    reset: Hex,
    connection_id: Hex,
    created: u64,
}

/// 64 hexadecimal digits; the error does not repeat them.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Hex([u8; 32]);

impl TryFrom<String> for Hex {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Hex, Self::Error> {
        from_hex(&text.to_ascii_lowercase()).map(Hex).ok_or("a key that is not 64 hexadecimal digits")
    }
}

/// Reads the file. Text of the file is never repeated in an error: only places are.
pub(super) fn keys(json: &[u8]) -> Result<SharedKeys, InvalidKeys> {
    let file: File = serde_json::from_slice(json).map_err(|fault| InvalidKeys(describe(&fault)))?;
    let (current, previous) = (generation(file.current), generation(file.previous));
    if current.created == previous.created && current != previous {
        return Err(InvalidKeys(
            "two generations of keys say that they were made in the same second".to_owned(),
        ));
    }
    Ok(SharedKeys { current, previous })
}

fn generation(keys: Keys) -> Generation {
    let Keys { retry: Hex(retry), reset: Hex(reset), connection_id: Hex(connection_id), created } = keys;
    Generation { retry, reset, connection_id, created }
}

/// What is wrong and where, without what was found there: serde's own words may quote a secret.
fn describe(fault: &serde_json::Error) -> String {
    let expected = r#"expected {"current": {"retry", "reset", "connectionId", "created"}, "previous": {...}}, each key 64 hexadecimal digits, created seconds"#;
    format!("line {} column {}: {expected}", fault.line(), fault.column())
}
