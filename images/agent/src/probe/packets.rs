//! The packets of a probe, and what their answers mean.

use std::net::Ipv4Addr;

use tunnel::packet::{ACK, Packet, RST, SYN, Segment, Transport, Tuple, reset, set_ttl, tcp, udp};

use super::trial::Answer;
use crate::file::Protocol;

/// What a UDP probe sends: one line that says what it is.
const QUESTION: &[u8] = b"ztna probe\n";

/// The MSS that a SYN offers: the smallest that every host takes (RFC 9293 section 3.7.1), as no data will come.
const MSS: [u8; 4] = [2, 4, 0x02, 0x18];

/// The ICMP code *communication administratively prohibited*.
const PROHIBITED: u8 = 13;

/// The conversation of a probe, as its opener sees it.
pub fn tuple(protocol: Protocol, from: (Ipv4Addr, u16), to: (Ipv4Addr, u16)) -> Tuple {
    Tuple {
        protocol: protocol.number(),
        source: from.0,
        source_port: from.1,
        destination: to.0,
        destination_port: to.1,
    }
}

/// A SYN, or a UDP datagram, that may pass so many hops.
pub fn question(tuple: Tuple, protocol: Protocol, sequence: u32, ttl: u8) -> Vec<u8> {
    let packet = match protocol {
        Protocol::Udp => udp(tuple, QUESTION),
        Protocol::Tcp => tcp(tuple, &segment(tuple, sequence), 1024, &MSS, &[]),
    };
    // Both are far shorter than IPv4 can say.
    let mut packet = packet.unwrap_or_default();
    set_ttl(&mut packet, ttl);
    packet
}

fn segment(tuple: Tuple, sequence: u32) -> Segment {
    Segment {
        source: tuple.source_port,
        destination: tuple.destination_port,
        sequence,
        acknowledgment: 0,
        flags: SYN,
        data: 0,
    }
}

/// What a packet that came back means; none for one that means nothing.
pub fn answer(packet: &Packet) -> Option<Answer> {
    match packet.transport {
        Transport::Udp { .. } => Some(Answer::Reached),
        Transport::Tcp(segment) if segment.flags & RST != 0 => Some(Answer::Reset),
        Transport::Tcp(segment) if segment.flags & (SYN | ACK) == SYN | ACK => Some(Answer::Reached),
        Transport::Error { kind: 3, code: PROHIBITED, .. } => Some(Answer::Prohibited),
        Transport::Error { kind: 3, .. } => Some(Answer::Unreachable),
        Transport::Error { kind: 11, .. } => Some(Answer::Expired),
        _ => None,
    }
}

/// What ends a connection that has just been opened; none where none was.
pub fn goodbye(tuple: Tuple, packet: &Packet) -> Option<Vec<u8>> {
    let Transport::Tcp(segment) = packet.transport else { return None };
    (segment.flags & (SYN | RST) == SYN)
        .then(|| reset(tuple, segment.acknowledgment, Some(segment.sequence.wrapping_add(1))))
}

#[cfg(test)]
mod tests {
    use tunnel::packet::{fragmentation_needed, prohibited, reset_for};

    use super::*;

    fn opened(protocol: Protocol) -> (Tuple, Vec<u8>) {
        let (here, there) = ((Ipv4Addr::new(100, 64, 0, 1), 50000), (Ipv4Addr::new(10, 100, 0, 2), 8080));
        let tuple = tuple(protocol, here, there);
        (tuple, question(tuple, protocol, 7, 1))
    }

    fn meaning(bytes: &[u8]) -> Option<Answer> {
        answer(&Packet::parse(bytes).unwrap())
    }

    #[test]
    fn a_question_is_a_right_packet_that_passes_one_hop() {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let (tuple, bytes) = opened(protocol);
            let packet = Packet::parse(&bytes).unwrap();
            assert_eq!((packet.tuple(), packet.ttl), (tuple, 1));
            assert!(tunnel::packet::has_right_transport_checksum(&bytes));
        }
    }

    #[test]
    fn every_answer_has_its_meaning() {
        let (tuple, bytes) = opened(Protocol::Tcp);
        let refused = reset_for(&Packet::parse(&bytes).unwrap()).unwrap();
        assert_eq!(meaning(&refused), Some(Answer::Reset));
        assert_eq!(meaning(&prohibited(&bytes, tuple.destination)), Some(Answer::Prohibited));
        assert_eq!(meaning(&fragmentation_needed(&bytes, tuple.destination, 9)), Some(Answer::Unreachable));
        let there = tuple.reversed();
        let mut accepted = segment(there, 99);
        (accepted.flags, accepted.acknowledgment) = (SYN | ACK, 8);
        let accepted = tcp(there, &accepted, 9, &[], &[]).unwrap();
        assert_eq!(meaning(&accepted), Some(Answer::Reached));
        let end = goodbye(tuple, &Packet::parse(&accepted).unwrap()).unwrap();
        let Transport::Tcp(end) = Packet::parse(&end).unwrap().transport else { panic!("no TCP") };
        assert_eq!((end.sequence, end.acknowledgment, end.flags), (8, 100, RST | ACK));
        assert_eq!(goodbye(tuple, &Packet::parse(&refused).unwrap()), None);
        assert_eq!(meaning(&udp(there, b"!").unwrap()), Some(Answer::Reached));
    }
}
