//! Bytes -> what they say.

use std::net::Ipv4Addr;

use super::sums::{fold, get, sum};
use super::{IP_HEADER, Packet, Quoted, Segment, Transport, protocol};
use crate::figures::DropReason;

impl Packet {
    /// Reads and verifies one inner packet. The transport checksum is verified for ICMP only, which is short; the others
    /// keep what they have through every rewrite, and [`super::has_right_transport_checksum`] asks.
    pub fn parse(bytes: &[u8]) -> Result<Packet, DropReason> {
        let header: &[u8; IP_HEADER] = bytes.first_chunk().ok_or(DropReason::PacketMalformed)?;
        let length = verify_header(header, bytes.len())?;
        let source = address(header, 12);
        if is_martian(source) {
            return Err(DropReason::PacketSource);
        }
        let body = bytes.get(IP_HEADER..length).ok_or(DropReason::PacketMalformed)?;
        Ok(Packet {
            source,
            destination: address(header, 16),
            length: length as u16,
            ttl: header[8],
            dont_fragment: header[6] & 0x40 != 0,
            transport: transport(header[9], body)?,
        })
    }
}

/// Version, header length, total length, flags, time to live and checksum.
/// Returns the total length: at least a header, at most what is there.
fn verify_header(header: &[u8; IP_HEADER], there: usize) -> Result<usize, DropReason> {
    let length = usize::from(get(header, 2));
    match header[0] {
        0x45 => {}
        0x46..=0x4F => return Err(DropReason::PacketOptions),
        _ => return Err(DropReason::PacketMalformed),
    }
    if length < IP_HEADER || length > there || header[6] & 0x80 != 0 {
        return Err(DropReason::PacketMalformed);
    }
    if fold(sum(header)) != 0xFFFF {
        return Err(DropReason::PacketChecksum);
    }
    // More fragments, or not the first one.
    if get(header, 6) & 0x3FFF != 0 {
        return Err(DropReason::PacketFragment);
    }
    if header[8] == 0 { Err(DropReason::PacketExpired) } else { Ok(length) }
}

/// Addresses that nobody can have as a source: this network, loopback, link-local, multicast, reserved and broadcast.
fn is_martian(source: Ipv4Addr) -> bool {
    let [first, ..] = source.octets();
    first == 0 || source.is_loopback() || source.is_link_local() || first >= 224
}

fn address(bytes: &[u8], at: usize) -> Ipv4Addr {
    let field = bytes.get(at..).and_then(|tail| tail.first_chunk::<4>());
    field.map_or(Ipv4Addr::UNSPECIFIED, |octets| Ipv4Addr::from(*octets))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from(get(bytes, at)) << 16 | u32::from(get(bytes, at + 2))
}

fn transport(protocol: u8, body: &[u8]) -> Result<Transport, DropReason> {
    match protocol {
        protocol::TCP => tcp(body),
        protocol::UDP => udp(body),
        protocol::ICMP => icmp(body),
        _ => Err(DropReason::PacketProtocol),
    }
}

fn tcp(body: &[u8]) -> Result<Transport, DropReason> {
    let offset = body.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4);
    if offset < 20 || offset > body.len() {
        return Err(DropReason::PacketMalformed);
    }
    Ok(Transport::Tcp(Segment {
        source: get(body, 0),
        destination: get(body, 2),
        sequence: long(body, 4),
        acknowledgment: long(body, 8),
        flags: body[13] & 0x3F,
        data: (body.len() - offset) as u16,
    }))
}

/// The length is exactly what the IP header leaves, so that nothing hides behind the datagram.
fn udp(body: &[u8]) -> Result<Transport, DropReason> {
    if body.len() < 8 || usize::from(get(body, 4)) != body.len() {
        return Err(DropReason::PacketMalformed);
    }
    Ok(Transport::Udp { source: get(body, 0), destination: get(body, 2) })
}

fn icmp(body: &[u8]) -> Result<Transport, DropReason> {
    let &[kind, code, _, _, _, _, _, _] = body.first_chunk().ok_or(DropReason::PacketMalformed)?;
    if fold(sum(body)) != 0xFFFF {
        return Err(DropReason::PacketChecksum);
    }
    match (kind, code) {
        (0 | 8, 0) => {
            Ok(Transport::Echo { reply: kind == 0, identifier: get(body, 4), sequence: get(body, 6) })
        }
        (3 | 11 | 12, _) => Ok(Transport::Error { kind, code, quoted: quoted(&body[8..])? }),
        _ => Err(DropReason::PacketProtocol),
    }
}

/// The IP header and at least 8 bytes of a packet that could have been relayed: no options, no later fragment. Its checksums
/// are not verified, since routers on the way may have changed what they quote.
fn quoted(bytes: &[u8]) -> Result<Quoted, DropReason> {
    if bytes.len() < IP_HEADER + 8 || bytes[0] != 0x45 || get(bytes, 6) & 0x1FFF != 0 {
        return Err(DropReason::PacketMalformed);
    }
    let (protocol, body) = (bytes[9], &bytes[IP_HEADER..]);
    let (source_port, destination_port) = match (protocol, body[0]) {
        (protocol::TCP | protocol::UDP, _) => (get(body, 0), get(body, 2)),
        (protocol::ICMP, 0 | 8) => (get(body, 4), get(body, 4)),
        _ => return Err(DropReason::PacketProtocol),
    };
    let (source, destination) = (address(bytes, 12), address(bytes, 16));
    Ok(Quoted { source, destination, protocol, source_port, destination_port })
}
