//! A packet's time to live.

use super::sums::{Change, get};

/// Writes another time to live, the header's checksum following. `bytes` passed [`super::Packet::parse`].
pub fn set_ttl(bytes: &mut [u8], ttl: u8) {
    let mut change = Change::default();
    let word = u16::from_be_bytes([ttl, get(bytes, 8) as u8]);
    change.put(bytes, 8, word);
    let followed = change.follow(get(bytes, 10));
    Change::default().put(bytes, 10, followed);
}

/// One hop passed: the time to live of a packet that passed [`super::Packet::parse`] is one less (RFC 1812 section 5.3.1).
/// Whoever calls this has seen that it is more than 1.
pub fn hop(bytes: &mut [u8]) {
    if let Some(ttl) = bytes.get(8) {
        set_ttl(bytes, ttl.saturating_sub(1));
    }
}
