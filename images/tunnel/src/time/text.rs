//! Instants as text: RFC 3339 in UTC, as the enforcement file's schema writes them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Instant;

/// 0001-01-01T00:00:00Z in milliseconds since 1970.
const FIRST: i64 = -62_135_596_800_000;

/// 9999-12-30T00:00:00Z in milliseconds since 1970: what is later, the library does not write either.
const LAST: i64 = 253_402_128_000_000;

/// Text that is no instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidInstant(String);

impl fmt::Display for InvalidInstant {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "expected an instant in UTC such as 2027-12-31T00:00:00Z, found {:?}", self.0)
    }
}

impl std::error::Error for InvalidInstant {}

impl FromStr for Instant {
    type Err = InvalidInstant;

    /// Reads what `common.schema.json` calls an instant, and nothing else that RFC 3339 allows: no offset but `Z`, at
    /// most three decimals, no leap second (the TypeScript side has none either).
    fn from_str(text: &str) -> Result<Instant, InvalidInstant> {
        let wrong = || InvalidInstant(text.chars().take(40).collect());
        if !is_shaped(text.as_bytes()) {
            return Err(wrong());
        }
        let read: Timestamp = text.parse().map_err(|_| wrong())?;
        Ok(Instant::from_micros(read.as_microsecond()))
    }
}

/// Whether digits and signs stand where they must: `dddd-dd-ddTdd:dd:dd(.d{1,3})?Z`, seconds below 60.
fn is_shaped(text: &[u8]) -> bool {
    const PLACES: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    let Some((head, tail)) = text.split_at_checked(PLACES.len()) else { return false };
    let fits =
        |(&found, &place): (&u8, &u8)| if place == b'd' { found.is_ascii_digit() } else { found == place };
    let decimals = match tail {
        [b'Z'] => true,
        [b'.', digits @ .., b'Z'] => (1..=3).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    head.iter().zip(PLACES).all(fits) && decimals && head[17] < b'6'
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, in milliseconds as the schemas have it; what lies outside the years that can be written is cut to
    /// the first or the last of them.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = self.as_micros().div_euclid(1_000).clamp(FIRST, LAST);
        write!(to, "{}", Timestamp::from_millisecond(within).unwrap_or_default())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Instant, D::Error> {
        from.deserialize_str(Text)
    }
}

/// Reads text where it stands: an enforcement file has hundreds of thousands of instants.
struct Text;

impl Visitor<'_> for Text {
    type Value = Instant;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an instant in UTC")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Instant>().unwrap().as_micros()
    }

    #[test]
    fn instants_are_compared_as_instants_never_as_text() {
        assert!("2026-01-01T00:00:00Z" > "2026-01-01T00:00:00.5Z", "as text it is the other way round");
        assert!(micros("2026-01-01T00:00:00Z") < micros("2026-01-01T00:00:00.5Z"));
        assert_eq!(micros("2026-01-01T00:00:00.5Z"), micros("2026-01-01T00:00:00.500Z"));
    }

    #[test]
    fn reads_what_the_schema_calls_an_instant() {
        assert_eq!(micros("1970-01-01T00:00:00Z"), 0);
        assert_eq!(micros("1970-01-01T00:00:01.25Z"), 1_250_000);
        assert_eq!(micros("1969-12-31T23:59:59Z"), -1_000_000);
        assert_eq!("2028-02-29T12:00:00Z".parse::<Instant>().unwrap().to_string(), "2028-02-29T12:00:00Z");
    }

    #[test]
    fn writes_milliseconds_and_no_year_that_is_none() {
        let written = |micros| Instant::from_micros(micros).to_string();
        assert_eq!(written(1_250_999), "1970-01-01T00:00:01.25Z");
        assert_eq!(written(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(written(999), "1970-01-01T00:00:00Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-30T00:00:00Z");
        assert_eq!(Instant::MIN.to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn refuses_everything_else() {
        let wrong = [
            "",
            "Z",
            "2026-12-31T23:59:60Z",
            "2026-02-30T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00.1234Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01t00:00:00z",
            "+02026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ",
            "２026-01-01T00:00:00Z",
        ];
        for text in wrong {
            assert!(text.parse::<Instant>().is_err(), "{text:?} was read");
        }
    }
}
