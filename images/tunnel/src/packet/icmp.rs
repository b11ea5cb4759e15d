//! ICMP messages that we send ourselves.

use std::net::Ipv4Addr;

use super::build::icmp;
use super::sums::get;
use super::{IP_HEADER, Packet, Transport, Tuple, protocol};

/// The most of a packet that an error quotes, in bytes: the error then has 576, which every host takes (RFC 1812
/// section 4.3.2.3).
const MOST_QUOTED: usize = 576 - IP_HEADER - 8;

/// Why a destination is unreachable: the code of ICMP type 3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreachable {
    /// Code 1: nobody answers for the host.
    Host = 1,
    /// Code 3: nobody listens on the port.
    Port = 3,
    /// Code 13: policy does not allow it.
    Prohibited = 13,
}

/// ICMP *destination unreachable* about a packet that passed [`Packet::parse`], to its sender. `from` is whose message it is:
/// the service's virtual address.
pub fn unreachable(about: &[u8], from: Ipv4Addr, why: Unreachable) -> Vec<u8> {
    error(about, from, [3, why as u8], [0; 4])
}

/// ICMP *communication administratively prohibited* (type 3, code 13).
pub fn prohibited(about: &[u8], from: Ipv4Addr) -> Vec<u8> {
    unreachable(about, from, Unreachable::Prohibited)
}

/// ICMP *fragmentation needed* (type 3, code 4); `mtu` is the largest packet that fits, in bytes (RFC 1191).
pub fn fragmentation_needed(about: &[u8], from: Ipv4Addr, mtu: u16) -> Vec<u8> {
    let [high, low] = mtu.to_be_bytes();
    error(about, from, [3, 4], [0, 0, high, low])
}

/// ICMP *time exceeded in transit* (type 11, code 0): the packet's time to live ended here.
pub fn expired(about: &[u8], from: Ipv4Addr) -> Vec<u8> {
    error(about, from, [11, 0], [0; 4])
}

/// The reply to an ICMP echo request that passed [`Packet::parse`]; none for anything else.
pub fn echo_reply(request: &[u8]) -> Option<Vec<u8>> {
    let Packet { source, destination, length, transport: Transport::Echo { reply: false, .. }, .. } =
        Packet::parse(request).ok()?
    else {
        return None;
    };
    let header = request.get(IP_HEADER + 4..)?.first_chunk::<4>()?;
    let data = request.get(IP_HEADER + 8..usize::from(length))?;
    icmp(between(destination, source), [0, 0], *header, data)
}

/// Whether an ICMP error may be sent about this packet: never about an ICMP error, so that two ends cannot keep each
/// other busy (RFC 1122 section 3.2.2), and never about an echo reply, which nobody waits to hear of.
pub fn may_be_answered(packet: &Packet) -> bool {
    !matches!(packet.transport, Transport::Error { .. } | Transport::Echo { reply: true, .. })
}

/// An error, by type and code, that quotes the packet. It is short enough for IPv4, so there always is one.
fn error(about: &[u8], from: Ipv4Addr, kind: [u8; 2], rest_of_header: [u8; 4]) -> Vec<u8> {
    let length = usize::from(get(about, 2)).min(about.len()).min(MOST_QUOTED);
    let to = about
        .get(12..)
        .and_then(|tail| tail.first_chunk::<4>())
        .map_or(from, |octets| Ipv4Addr::from(*octets));
    icmp(between(from, to), kind, rest_of_header, &about[..length]).unwrap_or_default()
}

fn between(source: Ipv4Addr, destination: Ipv4Addr) -> Tuple {
    Tuple { protocol: protocol::ICMP, source, source_port: 0, destination, destination_port: 0 }
}
