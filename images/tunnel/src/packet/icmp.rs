//! ICMP messages that we send ourselves.

use std::net::Ipv4Addr;

use super::Packet;

/// ICMP *fragmentation needed* (type 3, code 4) about a packet, to its sender.
/// `from` is whose message it is (the service's virtual address), `mtu` the largest packet that fits, in bytes.
pub fn fragmentation_needed(about: &[u8], from: Ipv4Addr, mtu: u16) -> Vec<u8> {
    let _ = (about, from, mtu);
    todo!()
}

/// ICMP *communication administratively prohibited* (type 3, code 13) about a packet, to its sender.
pub fn prohibited(about: &[u8], from: Ipv4Addr) -> Vec<u8> {
    let _ = (about, from);
    todo!()
}

/// The reply to an ICMP echo request that passed [`Packet::parse`]; none for anything else.
pub fn echo_reply(request: &[u8]) -> Option<Vec<u8>> {
    let _ = request;
    todo!()
}

/// Whether an ICMP error may be sent about this packet: never about an ICMP error, so that two ends cannot keep each
/// other busy (RFC 1122 section 3.2.2), and never about an echo reply, which nobody waits to hear of.
pub fn may_be_answered(packet: &Packet) -> bool {
    let _ = packet;
    todo!()
}
