//! `ZTNA_COMPONENT`.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// A component: `intermediate/<id>` or `connector/<id>`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Component {
    /// Which program it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

/// Which program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// `intermediate-server`.
    Intermediate,
    /// `app-connector`.
    Connector,
}

impl FromStr for Component {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Component, Invalid> {
        let wrong = || Invalid(format!("expected intermediate/<id> or connector/<id>, found {text:?}"));
        let (kind, id) = text.split_once('/').ok_or_else(wrong)?;
        let kind = match kind {
            "intermediate" => Kind::Intermediate,
            "connector" => Kind::Connector,
            _ => return Err(wrong()),
        };
        if !is_id(id) {
            return Err(wrong());
        }
        Ok(Component { kind, id: id.to_owned() })
    }
}

impl fmt::Display for Component {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Intermediate => "intermediate",
            Kind::Connector => "connector",
        };
        write!(to, "{kind}/{}", self.id)
    }
}

/// Whether text is an id of ours: `[a-z][a-z0-9-]{0,62}`.
pub(crate) fn is_id(text: &str) -> bool {
    let rest = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    match text.as_bytes() {
        [b'a'..=b'z', tail @ ..] => tail.len() <= 62 && tail.iter().all(rest),
        _ => false,
    }
}
