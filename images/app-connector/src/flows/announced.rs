//! Who is behind an inner address, as an intermediate announced it (`0x22`).

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use tunnel::time::Monotonic;
use tunnel::wire::Announcement;

/// An announcement counts for this long: it comes before each packet of a flow that is not answered yet, and an inner address
/// is nobody else's for 60 s after its client is gone.
pub const FRESH: Duration = Duration::from_secs(30);

/// Addresses that are remembered on one link; the fresh ones of more clients than an intermediate has.
const MOST: usize = 32_768;

/// What one link announced.
#[derive(Debug, Default)]
pub struct Announced(HashMap<Ipv4Addr, (Announcement, Monotonic)>);

impl Announced {
    /// An announcement came.
    pub fn note(&mut self, announcement: Announcement, now: Monotonic) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, at)| now.since(*at) < FRESH);
        }
        if self.0.len() < MOST || self.0.contains_key(&announcement.inner) {
            self.0.insert(announcement.inner, (announcement, now));
        }
    }

    /// Who is behind an address now; none where that was not said lately.
    pub fn who(&self, inner: Ipv4Addr, now: Monotonic) -> Option<&Announcement> {
        let (announcement, at) = self.0.get(&inner)?;
        (now.since(*at) < FRESH).then_some(announcement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_said_lately_counts() {
        let inner = Ipv4Addr::new(100, 64, 0, 1);
        let json = br#"{"inner":"100.64.0.1","address":"192.0.2.1:7","principal":"alice@example.com"}"#;
        let at = |seconds| Monotonic::since_origin(Duration::from_secs(seconds));
        let mut announced = Announced::default();
        announced.note(Announcement::from_json(json).unwrap(), at(0));
        let principal = announced.who(inner, at(29)).and_then(|who| who.principal.clone());
        assert_eq!(principal.as_deref(), Some("alice@example.com"));
        assert_eq!(announced.who(inner, at(30)), None);
    }
}
