//! Packets that we send ourselves.

use super::checksum::place_of;
use super::sums::{checksum, fold, pseudo, sum};
use super::{IP_HEADER, Segment, Tuple, protocol};

/// Time to live of what we send.
const TTL: u8 = 64;

/// A UDP datagram in a conversation, from the one whose view `tuple` is. None where it is longer than IPv4 can say.
pub fn udp(tuple: Tuple, data: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(8 + data.len()).ok()?;
    let mut body = Vec::with_capacity(8 + data.len());
    for field in [tuple.source_port, tuple.destination_port, length, 0] {
        body.extend(field.to_be_bytes());
    }
    body.extend_from_slice(data);
    packet(Tuple { protocol: protocol::UDP, ..tuple }, &body)
}

/// A TCP segment with these options (padded to four bytes) and data. `segment` has the ports and numbers.
pub fn tcp(tuple: Tuple, segment: &Segment, window: u16, options: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let header = 20 + options.len().next_multiple_of(4);
    let offset = u8::try_from(header / 4).ok().filter(|words| *words < 16)?;
    let mut body = Vec::with_capacity(header + data.len());
    body.extend(segment.source.to_be_bytes());
    body.extend(segment.destination.to_be_bytes());
    body.extend(segment.sequence.to_be_bytes());
    body.extend(segment.acknowledgment.to_be_bytes());
    body.extend([offset << 4, segment.flags]);
    body.extend(window.to_be_bytes());
    body.extend([0; 4]);
    body.extend_from_slice(options);
    body.resize(header, 0);
    body.extend_from_slice(data);
    packet(Tuple { protocol: protocol::TCP, ..tuple }, &body)
}

/// An ICMP message: type, code, the four bytes after the checksum, and the rest.
pub(super) fn icmp(tuple: Tuple, kind: [u8; 2], rest_of_header: [u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(8 + data.len());
    body.extend(kind);
    body.extend([0; 2]);
    body.extend(rest_of_header);
    body.extend_from_slice(data);
    packet(Tuple { protocol: protocol::ICMP, ..tuple }, &body)
}

/// An IPv4 packet around a body whose checksum field is 0: both checksums are made here. Never fragmented: who gets it has
/// a path of its own to find out about.
fn packet(tuple: Tuple, body: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(IP_HEADER + body.len()).ok()?;
    let mut bytes = Vec::with_capacity(usize::from(length));
    bytes.extend([0x45, 0]);
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0, 0x40, 0, TTL, tuple.protocol, 0, 0]);
    bytes.extend(tuple.source.octets());
    bytes.extend(tuple.destination.octets());
    let header = checksum(&bytes);
    bytes[10..12].copy_from_slice(&header.to_be_bytes());
    bytes.extend_from_slice(body);
    finish(&mut bytes, tuple.protocol);
    Some(bytes)
}

/// Writes the transport's checksum.
fn finish(bytes: &mut [u8], protocol: u8) {
    let Some(at) = place_of(protocol).map(|at| IP_HEADER + at) else { return };
    let (header, body) = bytes.split_at(IP_HEADER);
    let over = if protocol == protocol::ICMP { 0 } else { pseudo(&header[12..], protocol, body.len()) };
    let made = match (protocol, !fold(over + sum(body))) {
        (protocol::UDP, 0) => 0xFFFF,
        (_, made) => made,
    };
    if let Some(field) = bytes.get_mut(at..at + 2) {
        field.copy_from_slice(&made.to_be_bytes());
    }
}
