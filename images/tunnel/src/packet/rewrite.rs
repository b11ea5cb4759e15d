//! Addresses and ports in place, checksums by difference.

use std::net::Ipv4Addr;

use super::checksum::{body_of, place_of};
use super::sums::{Change, get};
use super::{IP_HEADER, protocol};

/// What to write over; what is none stays. Ports of an echo are its identifier, written by either name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rewrite {
    /// New source address.
    pub source: Option<Ipv4Addr>,
    /// New destination address.
    pub destination: Option<Ipv4Addr>,
    /// New source port.
    pub source_port: Option<u16>,
    /// New destination port.
    pub destination_port: Option<u16>,
}

/// Bytes of an ICMP error before the packet that it quotes.
const ICMP_HEADER: usize = 8;

/// Rewrites a packet that passed [`super::Packet::parse`]. A checksum that was right stays right, one that was wrong stays
/// wrong, and a UDP datagram without checksum stays without. Bytes that are no such packet are left alone.
pub fn rewrite(bytes: &mut [u8], what: &Rewrite) {
    if let Some(length) = body_of(bytes).map(|body| IP_HEADER + body.len()) {
        write_over(&mut bytes[..length], what);
    }
}

/// Rewrites the packet that an ICMP error quotes, and the error's own checksum with it. Anything else is left alone.
pub fn rewrite_quoted(bytes: &mut [u8], what: &Rewrite) {
    let is_error = bytes.get(9) == Some(&protocol::ICMP) && matches!(bytes.get(IP_HEADER), Some(3 | 11 | 12));
    let length = body_of(bytes).map_or(0, |body| IP_HEADER + body.len());
    let quoted = IP_HEADER + ICMP_HEADER..length;
    if !is_error || quoted.len() < IP_HEADER + 8 {
        return;
    }
    let change = write_over(&mut bytes[quoted], what);
    let checksum = change.follow(get(bytes, IP_HEADER + 2));
    Change::default().put(bytes, IP_HEADER + 2, checksum);
}

/// Rewrites a packet, of which the end may be missing.
/// Returns what all changes come to for a checksum over the whole packet.
fn write_over(bytes: &mut [u8], what: &Rewrite) -> Change {
    let mut addresses = Change::default();
    for (at, new) in [(12, what.source), (16, what.destination)] {
        if let Some(new) = new {
            addresses.put_address(bytes, at, new);
        }
    }
    let mut whole = addresses;
    whole.put(bytes, 10, addresses.follow(get(bytes, 10)));
    let protocol = bytes[9];
    let Some(body) = bytes.get_mut(IP_HEADER..) else { return whole };
    let ports = write_ports(protocol, body, what);
    let pseudo = if protocol == protocol::ICMP { Change::default() } else { addresses };
    whole.and(ports).and(write_checksum(protocol, body, pseudo.and(ports)))
}

/// Ports, or an echo's identifier.
fn write_ports(protocol: u8, body: &mut [u8], what: &Rewrite) -> Change {
    let mut change = Change::default();
    let is_echo = protocol == protocol::ICMP && matches!(body.first(), Some(0 | 8));
    let fields = match protocol {
        protocol::TCP | protocol::UDP => [(0, what.source_port), (2, what.destination_port)],
        protocol::ICMP if is_echo => [(4, what.source_port.or(what.destination_port)), (4, None)],
        _ => [(0, None); 2],
    };
    for (at, new) in fields {
        if let Some(new) = new {
            change.put(body, at, new);
        }
    }
    change
}

/// The transport's checksum, where the packet has one and it is there.
fn write_checksum(protocol: u8, body: &mut [u8], change: Change) -> Change {
    let mut written = Change::default();
    let Some(at) = place_of(protocol).filter(|at| at + 2 <= body.len()) else { return written };
    let old = get(body, at);
    // For UDP 0 means that there is none, and what comes to 0 is written as its other form (RFC 768).
    let new = match (protocol, change.follow(old)) {
        (protocol::UDP, _) if old == 0 => return written,
        (protocol::UDP, 0) => 0xFFFF,
        // An echo reply of zeros alone sums up to 0, and only 0xFFFF makes that right; a difference cannot tell (RFC 1624
        // section 3). TCP and UDP always have a protocol in their pseudo header.
        (protocol::ICMP, 0) if is_zeros_but(body, at) => 0xFFFF,
        (_, followed) => followed,
    };
    written.put(body, at, new);
    written
}

/// Whether all bytes are 0 but for two of them.
fn is_zeros_but(body: &[u8], at: usize) -> bool {
    body.iter().enumerate().all(|(place, byte)| *byte == 0 || place == at || place == at + 1)
}
