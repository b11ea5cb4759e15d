//! Inner packets, made and read by hand, so that the tests do not believe the code that they test.

use std::net::Ipv4Addr;

/// An inner source that every original agent calls its own.
pub const EVERYBODY: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const ACK: u8 = 0x10;

/// One end of a conversation.
pub type At = (Ipv4Addr, u16);

pub fn udp(from: At, to: At, data: &[u8]) -> Vec<u8> {
    let length = 8 + data.len() as u16;
    let mut segment = Vec::new();
    segment.extend(from.1.to_be_bytes());
    segment.extend(to.1.to_be_bytes());
    segment.extend(length.to_be_bytes());
    segment.extend([0, 0]);
    segment.extend(data);
    whole(17, from.0, to.0, segment, 6)
}

/// A segment: sequence, acknowledgment, flags, options (a multiple of four bytes), data.
pub fn tcp(from: At, to: At, (seq, ack, flags): (u32, u32, u8), options: &[u8], data: &[u8]) -> Vec<u8> {
    let mut segment = Vec::new();
    segment.extend(from.1.to_be_bytes());
    segment.extend(to.1.to_be_bytes());
    segment.extend(seq.to_be_bytes());
    segment.extend(ack.to_be_bytes());
    segment.push((((20 + options.len()) / 4) << 4) as u8);
    segment.push(flags);
    segment.extend([0xFF, 0xFF, 0, 0, 0, 0]);
    segment.extend(options);
    segment.extend(data);
    whole(6, from.0, to.0, segment, 16)
}

pub fn mss(value: u16) -> [u8; 4] {
    let [high, low] = value.to_be_bytes();
    [2, 4, high, low]
}

pub fn echo(from: Ipv4Addr, to: Ipv4Addr, kind: u8, identifier: u16) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0];
    message.extend(identifier.to_be_bytes());
    message.extend([0, 1, 1, 2, 3, 4]);
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    ip(1, from, to, &message)
}

fn whole(protocol: u8, from: Ipv4Addr, to: Ipv4Addr, mut segment: Vec<u8>, at: usize) -> Vec<u8> {
    let sum = transport_checksum(protocol, from, to, &segment);
    segment[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    ip(protocol, from, to, &segment)
}

pub fn ip(protocol: u8, from: Ipv4Addr, to: Ipv4Addr, content: &[u8]) -> Vec<u8> {
    let length = 20 + content.len() as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    let sum = checksum(&packet);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(content);
    packet
}

/// The same packet with another time to live.
pub fn with_ttl(mut packet: Vec<u8>, ttl: u8) -> Vec<u8> {
    packet[8] = ttl;
    packet[10..12].fill(0);
    let sum = checksum(&packet[..20]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

fn transport_checksum(protocol: u8, from: Ipv4Addr, to: Ipv4Addr, segment: &[u8]) -> u16 {
    let mut pseudo = Vec::new();
    pseudo.extend(from.octets());
    pseudo.extend(to.octets());
    pseudo.extend([0, protocol]);
    pseudo.extend((segment.len() as u16).to_be_bytes());
    pseudo.extend(segment);
    checksum(&pseudo)
}

fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
    }
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}

/// A packet as its receiver reads it; every checksum is verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    pub protocol: u8,
    pub from: At,
    pub to: At,
    pub data: Vec<u8>,
    pub raw: Vec<u8>,
}

pub fn read(packet: &[u8]) -> Read {
    assert_eq!(packet[0], 0x45, "not a bare IPv4 packet: {packet:02x?}");
    assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), packet.len());
    assert_eq!(checksum(&packet[..20]), 0, "header checksum");
    let address = |at: usize| Ipv4Addr::new(packet[at], packet[at + 1], packet[at + 2], packet[at + 3]);
    let (protocol, from, to, content) = (packet[9], address(12), address(16), &packet[20..]);
    let sum = if protocol == 1 { checksum(content) } else { transport_checksum(protocol, from, to, content) };
    assert_eq!(sum, 0, "checksum of {packet:02x?}");
    let port = |at: usize| if protocol == 1 { 0 } else { u16::from_be_bytes([content[at], content[at + 1]]) };
    let header = match protocol {
        6 => usize::from(content[12] >> 4) * 4,
        _ => 8,
    };
    let data = content[header..].to_vec();
    Read { protocol, from: (from, port(0)), to: (to, port(2)), data, raw: packet.to_vec() }
}

impl Read {
    pub fn ttl(&self) -> u8 {
        self.raw[8]
    }

    pub fn flags(&self) -> u8 {
        self.raw[33]
    }

    pub fn sequence(&self) -> u32 {
        u32::from_be_bytes([self.raw[24], self.raw[25], self.raw[26], self.raw[27]])
    }

    /// Type and code of an ICMP message.
    pub fn icmp(&self) -> (u8, u8) {
        assert_eq!(self.protocol, 1);
        (self.raw[20], self.raw[21])
    }

    /// The MSS of a SYN without other options.
    pub fn mss(&self) -> u16 {
        assert_eq!(self.raw[40..42], [2, 4]);
        u16::from_be_bytes([self.raw[42], self.raw[43]])
    }
}
