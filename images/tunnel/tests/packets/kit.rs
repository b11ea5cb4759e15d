//! Packets for tests, and a second opinion about checksums, written as slowly and plainly as RFC 1071 says it.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use tunnel::packet::{ACK, SYN, Segment, Tuple, protocol, tcp, udp};

pub const AGENT: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
pub const SERVICE: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);

pub fn tuple(protocol: u8) -> Tuple {
    Tuple { protocol, source: AGENT, source_port: 40_000, destination: SERVICE, destination_port: 8080 }
}

pub fn segment(flags: u8, sequence: u32, acknowledgment: u32) -> Segment {
    Segment { source: 40_000, destination: 8080, sequence, acknowledgment, flags, data: 0 }
}

pub fn tcp_packet(flags: u8, options: &[u8], data: &[u8]) -> Vec<u8> {
    tcp(tuple(protocol::TCP), &segment(flags, 1_000, 2_000), 65_535, options, data).unwrap()
}

pub fn udp_packet(data: &[u8]) -> Vec<u8> {
    udp(tuple(protocol::UDP), data).unwrap()
}

/// An ICMP message around a header of 8 bytes, checksum included.
pub fn icmp_packet(source: Ipv4Addr, destination: Ipv4Addr, header: [u8; 8], data: &[u8]) -> Vec<u8> {
    // A datagram of the same length, made into an ICMP message.
    let mut bytes = udp(Tuple { source, destination, ..tuple(protocol::UDP) }, data).unwrap();
    bytes[9] = protocol::ICMP;
    bytes[20..28].copy_from_slice(&header);
    fix(&mut bytes);
    bytes
}

pub fn echo(kind: u8, data: &[u8]) -> Vec<u8> {
    icmp_packet(AGENT, SERVICE, [kind, 0, 0, 0, 0x12, 0x34, 0, 1], data)
}

/// Ones' complement sum, word by word.
pub fn plain_sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).fold(0, |sum, pair| {
        let word = u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
        let sum = sum + word;
        (sum & 0xFFFF) + (sum >> 16)
    })
}

fn pseudo_header(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() - 20) as u16;
    [&bytes[12..20], &[0, bytes[9]], &length.to_be_bytes()].concat()
}

/// Whether the IP header's checksum is right.
pub fn is_header_right(bytes: &[u8]) -> bool {
    plain_sum(&bytes[..20]) == 0xFFFF
}

/// Whether the transport's checksum is right; a UDP datagram without one counts as right.
pub fn is_transport_right(bytes: &[u8]) -> bool {
    match bytes[9] {
        protocol::ICMP => plain_sum(&bytes[20..]) == 0xFFFF,
        protocol::UDP if bytes[26..28] == [0, 0] => true,
        _ => plain_sum(&[&pseudo_header(bytes)[..], &bytes[20..]].concat()) == 0xFFFF,
    }
}

/// Makes both checksums right.
pub fn fix(bytes: &mut [u8]) {
    bytes[10..12].fill(0);
    let header = !(plain_sum(&bytes[..20]) as u16);
    bytes[10..12].copy_from_slice(&header.to_be_bytes());
    let (at, over) = match bytes[9] {
        protocol::ICMP => (22, Vec::new()),
        protocol::TCP => (36, pseudo_header(bytes)),
        protocol::UDP => (26, pseudo_header(bytes)),
        _ => return,
    };
    if bytes.len() < at + 2 {
        return;
    }
    bytes[at..at + 2].fill(0);
    let sum = plain_sum(&[&over[..], &bytes[20..]].concat()) as u16;
    let made = if bytes[9] == protocol::UDP && sum == 0xFFFF { 0xFFFF } else { !sum };
    bytes[at..at + 2].copy_from_slice(&made.to_be_bytes());
}

/// Any packet that is relayed, with right checksums.
pub fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let data = prop::collection::vec(any::<u8>(), 0..300);
    let mss = prop_oneof![
        Just(vec![]),
        any::<u16>().prop_map(|mss| [&[2, 4][..], &mss.to_be_bytes()].concat()),
        any::<u16>().prop_map(|mss| [&[1, 2, 4][..], &mss.to_be_bytes(), &[0]].concat()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let flags = prop_oneof![Just(SYN), Just(SYN | ACK), 0..64_u8];
    (0..4, data, mss, flags, any::<[u8; 8]>()).prop_map(|(kind, data, options, flags, more)| match kind {
        0 => tcp_packet(flags, &options, &data),
        1 => udp_packet(&data),
        2 => icmp_packet(AGENT, SERVICE, [more[0] & 8, 0, 0, 0, more[4], more[5], more[6], more[7]], &data),
        _ => icmp_packet(SERVICE, AGENT, [3, more[1], 0, 0, 0, 0, more[6], more[7]], &quotable(&data, more)),
    })
}

/// The beginning of a packet as an ICMP error quotes it, of any protocol and possibly cut.
fn quotable(data: &[u8], [kind, .., keep]: [u8; 8]) -> Vec<u8> {
    let whole = match kind % 3 {
        0 => tcp_packet(ACK, &[], data),
        1 => udp_packet(data),
        _ => echo(8, data),
    };
    let length = whole.len().min(28 + usize::from(keep));
    whole[..length].to_vec()
}
