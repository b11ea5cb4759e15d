//! Addresses and ports in place, checksums by difference (RFC 1624).

use std::net::Ipv4Addr;

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

/// Rewrites a packet that passed [`super::Packet::parse`]. A checksum that was right stays right, one that was wrong stays
/// wrong, and a UDP datagram without checksum stays without. Bytes that are no such packet are left alone.
pub fn rewrite(bytes: &mut [u8], what: &Rewrite) {
    let _ = (bytes, what);
    todo!()
}

/// Rewrites the packet that an ICMP error quotes, and the error's own checksum with it. Anything else is left alone.
pub fn rewrite_quoted(bytes: &mut [u8], what: &Rewrite) {
    let _ = (bytes, what);
    todo!()
}
