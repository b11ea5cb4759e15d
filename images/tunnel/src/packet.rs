//! Inner packets: IPv4 without options, with TCP, UDP or ICMP. Read once, rewritten in place, checksums by difference.

use std::net::Ipv4Addr;

mod build;
mod checksum;
mod flow;
mod icmp;
mod mss;
mod parse;
mod quoted;
mod reset;
mod rewrite;
mod sums;
mod ttl;

pub use build::{tcp, udp};
pub use checksum::has_right_transport_checksum;
pub use flow::{Resets, TcpTrack};
pub use icmp::{
    Unreachable, echo_reply, expired, fragmentation_needed, may_be_answered, prohibited, unreachable,
};
pub use mss::{OWN_PAYLOAD, clamp_mss, most_mss};
pub use reset::{reset, reset_for};
pub use rewrite::{Rewrite, rewrite, rewrite_quoted};
pub use ttl::{hop, set_ttl};

/// Bytes of an IPv4 header without options, the only one relayed.
pub const IP_HEADER: usize = 20;

/// The TCP flag FIN.
pub const FIN: u8 = 0x01;
/// The TCP flag SYN.
pub const SYN: u8 = 0x02;
/// The TCP flag RST.
pub const RST: u8 = 0x04;
/// The TCP flag ACK.
pub const ACK: u8 = 0x10;

/// What an inner packet says, verified: header length, header checksum, total length, transport lengths. Bytes beyond
/// the total length are no part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet {
    /// Inner source address.
    pub source: Ipv4Addr,
    /// Inner destination address.
    pub destination: Ipv4Addr,
    /// Bytes of the whole packet, as its header states; never more than were given.
    pub length: u16,
    /// Time to live: how many hops it may still pass, this one included.
    pub ttl: u8,
    /// Whether it must not be fragmented.
    pub dont_fragment: bool,
    /// What is inside.
    pub transport: Transport,
}

/// What an IPv4 packet carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram.
    Udp {
        /// Source port, 0 where none is given.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// An ICMP echo, request or reply.
    Echo {
        /// Whether it is the reply.
        reply: bool,
        /// What stands for a port: whose echo it is.
        identifier: u16,
        /// Which one of them.
        sequence: u16,
    },
    /// An ICMP error about a packet of a flow: destination unreachable, time exceeded or parameter problem.
    Error {
        /// ICMP type: 3, 11 or 12.
        kind: u8,
        /// ICMP code.
        code: u8,
        /// The packet that it is about.
        quoted: Quoted,
    },
}

/// The header of a TCP segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Source port.
    pub source: u16,
    /// Destination port.
    pub destination: u16,
    /// Sequence number of the first byte.
    pub sequence: u32,
    /// Next sequence number expected, where [`ACK`] is set.
    pub acknowledgment: u32,
    /// FIN, SYN, RST, PSH, ACK, URG as they stand in the header.
    pub flags: u8,
    /// Bytes of data.
    pub data: u16,
}

/// The beginning of a packet that an ICMP error quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// Its source address.
    pub source: Ipv4Addr,
    /// Its destination address.
    pub destination: Ipv4Addr,
    /// Its protocol number: 1, 6 or 17.
    pub protocol: u8,
    /// Its source port; an echo's identifier.
    pub source_port: u16,
    /// Its destination port; an echo's identifier.
    pub destination_port: u16,
}

/// Which conversation a packet belongs to, as its sender sees it: what the flow table is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tuple {
    /// 1 (ICMP), 6 (TCP) or 17 (UDP).
    pub protocol: u8,
    /// Sender's address.
    pub source: Ipv4Addr,
    /// Sender's port; an echo's identifier stands in both ports.
    pub source_port: u16,
    /// Receiver's address.
    pub destination: Ipv4Addr,
    /// Receiver's port.
    pub destination_port: u16,
}

impl Tuple {
    /// The same conversation as the other end sees it.
    pub fn reversed(self) -> Tuple {
        Tuple {
            protocol: self.protocol,
            source: self.destination,
            source_port: self.destination_port,
            destination: self.source,
            destination_port: self.source_port,
        }
    }
}

impl Packet {
    /// The conversation; for an ICMP error that of the packet that it quotes, as *that packet's* sender sees it.
    pub fn tuple(&self) -> Tuple {
        let of = |protocol, source_port, destination_port| Tuple {
            protocol,
            source: self.source,
            source_port,
            destination: self.destination,
            destination_port,
        };
        match self.transport {
            Transport::Tcp(segment) => of(protocol::TCP, segment.source, segment.destination),
            Transport::Udp { source, destination } => of(protocol::UDP, source, destination),
            Transport::Echo { identifier, .. } => of(protocol::ICMP, identifier, identifier),
            Transport::Error { quoted, .. } => quoted.tuple(),
        }
    }
}

/// Protocol numbers of IPv4.
pub mod protocol {
    /// ICMP.
    pub const ICMP: u8 = 1;
    /// TCP.
    pub const TCP: u8 = 6;
    /// UDP.
    pub const UDP: u8 = 17;
}
