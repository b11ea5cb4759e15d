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
