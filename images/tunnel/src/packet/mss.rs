//! TCP's maximum segment size, lowered to the smaller hop.

use super::checksum::place_of;
use super::sums::{Change, get};
use super::{IP_HEADER, SYN, protocol};
use crate::wire::TO_SERVICE_HEADER;

/// UDP payload that our own programs start at and stay within, in bytes (DESIGN.md section 8).
pub const OWN_PAYLOAD: u16 = 1350;

/// Headers of IPv4 and TCP, without options.
const HEADERS: usize = 40;

/// The most that one segment towards or from a client may carry, in bytes: the smaller of what a bare packet to it and a
/// `0x2F` for this service from it can hold, less the headers of IP and TCP.
/// `to_client` and `from_client` are the largest DATAGRAMs of each direction, as [`crate::limits::foreign_datagram`] and
/// [`crate::limits::own_datagram`] have them.
pub fn most_mss(to_client: usize, from_client: usize, service: &str) -> u16 {
    let packet = from_client.saturating_sub(TO_SERVICE_HEADER + service.len()).min(to_client);
    u16::try_from(packet.saturating_sub(HEADERS)).unwrap_or(u16::MAX)
}

/// Lowers the MSS option of a SYN (or SYN with ACK) to `most`, checksum included; adds none where there is none, since
/// 536 is meant then and fits everywhere. `bytes` passed [`super::Packet::parse`].
/// Returns whether it was lowered.
pub fn clamp_mss(bytes: &mut [u8], most: u16) -> bool {
    let is_syn = bytes.get(9) == Some(&protocol::TCP)
        && bytes.get(IP_HEADER + 13).is_some_and(|flags| flags & SYN != 0);
    let length = usize::from(get(bytes, 2));
    let Some(segment) = bytes.get_mut(IP_HEADER..length).filter(|_| is_syn) else { return false };
    let Some(at) = place_of_mss(segment).filter(|at| get(segment, *at) > most) else { return false };
    let mut change = Change::default();
    if at % 2 == 0 {
        change.put(segment, at, most);
    } else {
        change.put_odd(segment, at, most);
    }
    let Some(checksum) = place_of(protocol::TCP) else { return false };
    let followed = change.follow(get(segment, checksum));
    Change::default().put(segment, checksum, followed);
    true
}

/// Where the value of the MSS option stands in a segment. Options that run over the header's end say nothing.
fn place_of_mss(segment: &[u8]) -> Option<usize> {
    let end = usize::from(segment.get(12)? >> 4) * 4;
    let header = segment.get(..end)?;
    let mut at = 20;
    loop {
        match header.get(at..)? {
            [2, 4, _, _, ..] => return Some(at + 2),
            [1, ..] => at += 1,
            [kind, length, ..] if *kind >= 2 && *length >= 2 => at += usize::from(*length),
            _ => return None,
        }
    }
}
