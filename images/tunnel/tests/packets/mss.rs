//! The segment size: the sums of FACTS, and the option wherever it stands.

use proptest::prelude::*;
use tunnel::limits::{FOREIGN_PAYLOAD, foreign_datagram, own_datagram};
use tunnel::packet::{ACK, OWN_PAYLOAD, Packet, SYN, clamp_mss, most_mss, tcp};
use tunnel::wire::Message;

use crate::kit::*;

#[test]
fn the_sums_towards_1200_byte_payloads() {
    let with_id = |length, id: &str| most_mss(1_168, foreign_datagram(FOREIGN_PAYLOAD, length), id);
    assert_eq!(foreign_datagram(FOREIGN_PAYLOAD, 8), 1_168);
    assert_eq!(foreign_datagram(FOREIGN_PAYLOAD, 20), 1_156);
    for id in ["x", "web-app", &"x".repeat(63)] {
        assert_eq!(usize::from(with_id(8, id)), 1_126 - id.len());
        assert_eq!(usize::from(with_id(20, id)), 1_114 - id.len());
    }
}

#[test]
fn the_sums_towards_our_own() {
    let own = own_datagram(usize::from(OWN_PAYLOAD), 8);
    assert_eq!(own, 1_312);
    assert_eq!(most_mss(own, own, "web-app"), 1_312 - 2 - 7 - 40);
    assert_eq!(most_mss(1_100, own, "web-app"), 1_060, "the other direction is the smaller one");
    assert_eq!(most_mss(0, 0, "web-app"), 0);
}

#[test]
fn a_full_segment_fits_the_datagram() {
    let id = "web-app";
    let room = foreign_datagram(FOREIGN_PAYLOAD, 8);
    let most = most_mss(room, room, id);
    let full = tcp_packet(ACK, &[], &vec![0; usize::from(most)]);
    assert_eq!(Message::ToService(id, &full).to_bytes().unwrap().len(), room);
}

/// The MSS that a packet says.
fn mss_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[40 + at], bytes[41 + at]])
}

#[test]
fn it_is_lowered_wherever_it_stands() {
    let table: [(&[u8], usize); 4] = [
        (&[2, 4, 5, 180], 2),
        (&[1, 2, 4, 5, 180, 0, 0, 0], 3),
        (&[4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 2, 4, 5, 180], 14),
        (&[3, 3, 7, 2, 4, 5, 180, 1], 5),
    ];
    for flags in [SYN, SYN | ACK] {
        for (options, at) in table {
            let mut bytes = tcp_packet(flags, options, b"");
            assert!(clamp_mss(&mut bytes, 1_119), "{options:?}");
            assert_eq!(mss_at(&bytes, at), 1_119);
            assert!(is_header_right(&bytes) && is_transport_right(&bytes), "{options:?}");
            assert!(!clamp_mss(&mut bytes, 1_119), "it is low enough now");
        }
    }
}

#[test]
fn nothing_else_is_touched() {
    let too_large = [2, 4, 5, 180];
    let table = [
        tcp_packet(ACK, &too_large, b""),
        tcp_packet(SYN, &[2, 4, 4, 0], b""),
        tcp_packet(SYN, &[], &too_large),
        tcp_packet(SYN, &[0, 2, 4, 5, 180], b""),
        tcp_packet(SYN, &[2, 3, 5, 180], b""),
        tcp_packet(SYN, &[8, 0, 2, 4, 5, 180], b""),
        tcp_packet(SYN, &[1, 1, 1, 1, 1, 1, 2, 4], &[5, 180]),
        udp_packet(&[2, 4, 5, 180]),
    ];
    for before in table {
        let mut bytes = before.clone();
        assert!(!clamp_mss(&mut bytes, 1_119), "{before:02x?}");
        assert_eq!(bytes, before);
    }
}

#[test]
fn a_segment_beyond_the_total_length_is_not_read() {
    let mut bytes = tcp(tuple(6), &segment(SYN, 1, 0), 0, &[], b"").unwrap();
    bytes.extend([2, 4, 5, 180]);
    bytes[32] = 0x60;
    assert!(!clamp_mss(&mut bytes, 1_119));
}

proptest! {
    #[test]
    fn right_stays_right(mut bytes in any_packet(), most in any::<u16>()) {
        let before = bytes.clone();
        let lowered = clamp_mss(&mut bytes, most);
        prop_assert_eq!(lowered, bytes != before);
        prop_assert!(Packet::parse(&bytes).is_ok());
        prop_assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        prop_assert!(!clamp_mss(&mut bytes, most));
    }
}
