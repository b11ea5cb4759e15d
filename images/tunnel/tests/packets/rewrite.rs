//! Rewriting: the fields change, checksums stay what they were.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use tunnel::packet::{
    ACK, Packet, Rewrite, Transport, has_right_transport_checksum, hop, protocol, rewrite, rewrite_quoted,
};

use crate::kit::*;

fn any_rewrite() -> impl Strategy<Value = Rewrite> {
    // Ends of the range of words, where 0 and 0xFFFF are the same in ones' complement.
    let word = || prop_oneof![Just(0_u16), Just(0xFFFF), Just(0xFFFE), any::<u16>()];
    let address = || {
        (1..=126_u8, word(), any::<u8>()).prop_map(|(first, middle, last)| {
            let [b, c] = middle.to_be_bytes();
            Ipv4Addr::new(first, b, c, last)
        })
    };
    use prop::option::of as some;
    (some(address()), some(address()), some(word()), some(word())).prop_map(
        |(source, destination, source_port, destination_port)| Rewrite {
            source,
            destination,
            source_port,
            destination_port,
        },
    )
}

#[test]
fn the_agents_address_and_back() {
    let unique = Ipv4Addr::new(100, 77, 3, 9);
    for before in [tcp_packet(ACK, &[], b"data"), udp_packet(b"data"), echo(8, b"data")] {
        let mut bytes = before.clone();
        rewrite(&mut bytes, &Rewrite { source: Some(unique), ..Rewrite::default() });
        assert_eq!(Packet::parse(&bytes).unwrap().source, unique);
        assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        rewrite(&mut bytes, &Rewrite { source: Some(AGENT), ..Rewrite::default() });
        assert_eq!(bytes, before);
    }
}

#[test]
fn an_answer_from_the_backends_own_address_is_repaired() {
    let mut bytes = udp_packet(b"answer");
    rewrite(
        &mut bytes,
        &Rewrite {
            source: Some(SERVICE),
            source_port: Some(53),
            destination: Some(AGENT),
            destination_port: None,
        },
    );
    let read = Packet::parse(&bytes).unwrap();
    assert_eq!((read.source, read.destination), (SERVICE, AGENT));
    assert_eq!(read.transport, Transport::Udp { source: 53, destination: 8080 });
    assert!(is_transport_right(&bytes));
}

#[test]
fn a_datagram_without_checksum_stays_without() {
    let mut bytes = udp_packet(b"data");
    bytes[26..28].fill(0);
    rewrite(&mut bytes, &Rewrite { source: Some(SERVICE), source_port: Some(1), ..Rewrite::default() });
    assert_eq!(bytes[26..28], [0, 0]);
    assert!(is_header_right(&bytes));
}

#[test]
fn a_checksum_that_comes_to_0_is_written_as_ffff() {
    let mut bytes = udp_packet(b"data");
    let checksum = u16::from_be_bytes([bytes[26], bytes[27]]);
    let port = u16::from_be_bytes([bytes[20], bytes[21]]);
    // The port that takes up all that the checksum was.
    let sum = u32::from(port) + u32::from(checksum);
    let port = (sum & 0xFFFF) as u16 + (sum >> 16) as u16;
    rewrite(&mut bytes, &Rewrite { source_port: Some(port), ..Rewrite::default() });
    assert_eq!(bytes[26..28], [0xFF, 0xFF]);
    assert!(is_transport_right(&bytes));
}

#[test]
fn an_echo_reply_of_zeros_stays_right() {
    let mut bytes = icmp_packet(SERVICE, AGENT, [0, 0, 0, 0, 0x12, 0x34, 0, 0], &[0; 20]);
    rewrite(&mut bytes, &Rewrite { destination_port: Some(0), ..Rewrite::default() });
    assert!(is_transport_right(&bytes));
    assert_eq!(bytes[22..24], [0xFF, 0xFF]);
}

#[test]
fn a_hop_takes_one_from_the_time_to_live_and_nothing_else() {
    for ttl in [255, 64, 2] {
        let mut before = tcp_packet(ACK, &[], b"data");
        before[8] = ttl;
        fix(&mut before);
        let mut bytes = before.clone();
        hop(&mut bytes);
        assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        assert_eq!(Packet::parse(&bytes).unwrap().ttl, ttl - 1);
        let differs: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != before[*at]).collect();
        assert!(differs.iter().all(|at| [8, 10, 11].contains(at)), "{differs:?}");
    }
    let mut cut = vec![0x45, 0, 0];
    hop(&mut cut);
    assert_eq!(cut, [0x45, 0, 0]);
}

#[test]
fn an_errors_quotation_is_rewritten_with_it() {
    let unique = Ipv4Addr::new(100, 77, 3, 9);
    let sent = tcp_packet(ACK, &[], b"data");
    let mut bytes = icmp_packet(SERVICE, unique, [3, 4, 0, 0, 0, 0, 5, 0], &sent);
    rewrite(&mut bytes, &Rewrite { destination: Some(AGENT), ..Rewrite::default() });
    rewrite_quoted(&mut bytes, &Rewrite { source: Some(unique), source_port: Some(7), ..Rewrite::default() });
    assert!(is_header_right(&bytes) && is_transport_right(&bytes));
    let quoted = &bytes[28..];
    assert!(
        is_header_right(quoted) && is_transport_right(quoted),
        "what is quoted in full is right in itself"
    );
    let tuple = Packet::parse(&bytes).unwrap().tuple();
    assert_eq!((tuple.source, tuple.source_port, tuple.protocol), (unique, 7, protocol::TCP));
}

#[test]
fn what_is_no_packet_is_left_alone() {
    let all = Rewrite {
        source: Some(AGENT),
        destination: Some(SERVICE),
        source_port: Some(1),
        destination_port: Some(2),
    };
    for before in [&b""[..], b"\x45", &[0x45; 19], &udp_packet(b"data")[..30]] {
        let mut bytes = before.to_vec();
        rewrite(&mut bytes, &all);
        rewrite_quoted(&mut bytes, &all);
        assert_eq!(bytes, before);
    }
    let before = tcp_packet(ACK, &[], b"data");
    let mut bytes = before.clone();
    rewrite_quoted(&mut bytes, &all);
    assert_eq!(bytes, before, "TCP quotes nothing");
}

proptest! {
    #[test]
    fn right_stays_right(mut bytes in any_packet(), what in any_rewrite()) {
        let before = Packet::parse(&bytes).unwrap();
        rewrite(&mut bytes, &what);
        let after = Packet::parse(&bytes).unwrap();
        prop_assert_eq!(after.source, what.source.unwrap_or(before.source));
        prop_assert_eq!(after.destination, what.destination.unwrap_or(before.destination));
        prop_assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        prop_assert!(has_right_transport_checksum(&bytes));
        if let (Transport::Tcp(_) | Transport::Udp { .. }, tuple) = (after.transport, after.tuple()) {
            prop_assert_eq!(tuple.source_port, what.source_port.unwrap_or(before.tuple().source_port));
            prop_assert_eq!(tuple.destination_port, what.destination_port.unwrap_or(before.tuple().destination_port));
        }
    }

    #[test]
    fn a_quotation_stays_right(mut bytes in any_packet(), what in any_rewrite()) {
        rewrite_quoted(&mut bytes, &what);
        prop_assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        if let Transport::Error { quoted, .. } = Packet::parse(&bytes).unwrap().transport {
            prop_assert!(what.source.is_none_or(|source| source == quoted.source));
            prop_assert!(what.destination.is_none_or(|destination| destination == quoted.destination));
            prop_assert!(is_header_right(&bytes[28..]));
        }
    }

    #[test]
    fn wrong_stays_wrong(mut bytes in any_packet(), what in any_rewrite(), flip in 0..8_u8) {
        // In data, so that no field is another.
        let last = bytes.len() - 1;
        prop_assume!(bytes[9] != protocol::ICMP && bytes[26..28] != [0, 0] && last > 45);
        bytes[last] ^= 1 << flip;
        rewrite(&mut bytes, &what);
        prop_assert!(!has_right_transport_checksum(&bytes));
    }

    #[test]
    fn there_and_back_is_the_same(before in any_packet(), what in any_rewrite()) {
        let read = Packet::parse(&before).unwrap();
        let tuple = read.tuple();
        prop_assume!(!matches!(read.transport, Transport::Error { .. }));
        let mut bytes = before.clone();
        rewrite(&mut bytes, &what);
        rewrite(&mut bytes, &Rewrite {
            source: Some(tuple.source),
            destination: Some(tuple.destination),
            source_port: Some(tuple.source_port),
            destination_port: Some(tuple.destination_port),
        });
        // 0 and 0xFFFF are one value in ones' complement: only checksums may be written in the other form.
        let differs: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != before[*at]).collect();
        let checksums = [10, 11, 22, 23, 26, 27, 36, 37];
        prop_assert!(differs.iter().all(|at| checksums.contains(at)), "{:?}", differs);
        prop_assert!(is_header_right(&bytes) && is_transport_right(&bytes));
    }
}
