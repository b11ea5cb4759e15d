//! What is read, and what is refused for which reason.

use proptest::prelude::*;
use tunnel::figures::DropReason;
use tunnel::packet::{self, ACK, Packet, Quoted, SYN, Segment, Transport, protocol};

use crate::kit::*;

/// A packet, changed before its checksums are made right again.
fn changed(mut bytes: Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    change(&mut bytes);
    fix(&mut bytes);
    bytes
}

/// A packet, changed behind the checksums' back.
fn spoilt(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 0x10;
    bytes
}

#[test]
fn reads_what_it_says() {
    let read = Packet::parse(&tcp_packet(SYN, &[2, 4, 5, 180], b"hello")).unwrap();
    let expected = Segment { flags: SYN, data: 5, ..segment(SYN, 1_000, 2_000) };
    assert_eq!((read.source, read.destination, read.ttl), (AGENT, SERVICE, 64));
    assert_eq!((read.length, read.dont_fragment, read.transport), (49, true, Transport::Tcp(expected)));
    assert_eq!(read.tuple(), tuple(protocol::TCP));

    let read = Packet::parse(&udp_packet(b"hello")).unwrap();
    assert_eq!(read.transport, Transport::Udp { source: 40_000, destination: 8080 });

    let read = Packet::parse(&echo(8, b"ping")).unwrap();
    assert_eq!(read.transport, Transport::Echo { reply: false, identifier: 0x1234, sequence: 1 });
    assert_eq!((read.tuple().source_port, read.tuple().destination_port), (0x1234, 0x1234));
}

#[test]
fn reads_what_an_icmp_error_quotes() {
    let quoted = tcp_packet(ACK, &[], b"data");
    let error = icmp_packet(SERVICE, AGENT, [3, 1, 0, 0, 0, 0, 0, 0], &quoted[..28]);
    let read = Packet::parse(&error).unwrap();
    let expected = Quoted {
        source: AGENT,
        destination: SERVICE,
        protocol: protocol::TCP,
        source_port: 40_000,
        destination_port: 8080,
    };
    assert_eq!(read.transport, Transport::Error { kind: 3, code: 1, quoted: expected });
    assert_eq!(read.tuple(), tuple(protocol::TCP), "as the quoted packet's sender sees it");
}

#[test]
fn bytes_beyond_the_total_length_are_no_part_of_it() {
    let bytes = [udp_packet(b"hello"), b"beyond".to_vec()].concat();
    assert_eq!(Packet::parse(&bytes).unwrap().length, 33);
    assert!(packet::has_right_transport_checksum(&bytes));
}

#[test]
fn refuses_for_the_right_reason() {
    use DropReason::*;
    let udp = || udp_packet(b"hello");
    let tcp = || tcp_packet(ACK, &[], b"hello");
    let icmp = |header, data: &[u8]| icmp_packet(AGENT, SERVICE, header, data);
    let set = |at: usize, values: &'static [u8]| {
        changed(udp(), |bytes| bytes[at..at + values.len()].copy_from_slice(values))
    };
    let quoted = tcp_packet(ACK, &[], b"");
    let unreachable = [3, 1, 0, 0, 0, 0, 0, 0];
    let table: Vec<(&str, Vec<u8>, DropReason)> = vec![
        ("nothing", vec![], PacketMalformed),
        ("half a header", udp()[..19].to_vec(), PacketMalformed),
        ("IPv6", set(0, &[0x65]), PacketMalformed),
        ("a header of 16 bytes", set(0, &[0x44]), PacketMalformed),
        ("options", set(0, &[0x46]), PacketOptions),
        ("longer than it is", udp()[..32].to_vec(), PacketMalformed),
        ("a total length below the header's", set(2, &[0, 19]), PacketMalformed),
        ("the reserved flag", set(6, &[0x80]), PacketMalformed),
        ("header checksum", spoilt(udp(), 10), PacketChecksum),
        ("header changed", spoilt(udp(), 1), PacketChecksum),
        ("first fragment", set(6, &[0x20, 0]), PacketFragment),
        ("last fragment", set(6, &[0, 1]), PacketFragment),
        ("no time to live", set(8, &[0]), PacketExpired),
        ("SCTP", set(9, &[132]), PacketProtocol),
        ("IPv4 in IPv4", set(9, &[4]), PacketProtocol),
        ("from this network", set(12, &[0, 1, 2, 3]), PacketSource),
        ("from loopback", set(12, &[127, 0, 0, 1]), PacketSource),
        ("from link-local", set(12, &[169, 254, 1, 1]), PacketSource),
        ("from multicast", set(12, &[224, 0, 0, 1]), PacketSource),
        ("from reserved", set(12, &[240, 0, 0, 1]), PacketSource),
        ("from broadcast", set(12, &[255; 4]), PacketSource),
        (
            "UDP without header",
            changed(udp(), |b| {
                b.truncate(28);
                b[3] = 27;
                b.truncate(27)
            }),
            PacketMalformed,
        ),
        ("UDP longer than IP", set(24, &[0, 14]), PacketMalformed),
        ("UDP shorter than IP", set(24, &[0, 12]), PacketMalformed),
        ("UDP of length 0", set(24, &[0, 0]), PacketMalformed),
        (
            "TCP cut",
            changed(tcp(), |b| {
                b.truncate(39);
                b[3] = 39
            }),
            PacketMalformed,
        ),
        ("TCP offset 4", changed(tcp(), |b| b[32] = 0x40), PacketMalformed),
        ("TCP offset beyond", changed(tcp(), |b| b[32] = 0xF0), PacketMalformed),
        (
            "ICMP cut",
            changed(echo(8, b""), |b| {
                b.truncate(27);
                b[3] = 27
            }),
            PacketMalformed,
        ),
        ("ICMP checksum", spoilt(echo(8, b"data"), 30), PacketChecksum),
        ("ICMP redirect", icmp([5, 0, 0, 0, 1, 2, 3, 4], &quoted), PacketProtocol),
        ("ICMP timestamp", icmp([13, 0, 0, 0, 0, 0, 0, 0], &[0; 12]), PacketProtocol),
        ("echo with a code", icmp([8, 1, 0, 0, 0, 0, 0, 0], b""), PacketProtocol),
        ("an error that quotes too little", icmp(unreachable, &quoted[..27]), PacketMalformed),
        ("an error about an error", icmp(unreachable, &icmp(unreachable, &quoted)), PacketProtocol),
        ("an error about GRE", icmp(unreachable, &changed(quoted.clone(), |b| b[9] = 47)), PacketProtocol),
        (
            "an error about options",
            icmp(unreachable, &changed(quoted.clone(), |b| b[0] = 0x46)),
            PacketMalformed,
        ),
        (
            "an error about a fragment",
            icmp(unreachable, &changed(quoted.clone(), |b| b[7] = 9)),
            PacketMalformed,
        ),
    ];
    for (what, bytes, reason) in table {
        assert_eq!(Packet::parse(&bytes), Err(reason), "{what}");
    }
}

#[test]
fn transport_checksums_are_verified_when_asked() {
    for bytes in [tcp_packet(ACK, &[], b"hello"), udp_packet(b"hello!")] {
        assert!(Packet::parse(&spoilt(bytes.clone(), bytes.len() - 1)).is_ok());
        assert!(packet::has_right_transport_checksum(&bytes));
        assert!(!packet::has_right_transport_checksum(&spoilt(bytes.clone(), bytes.len() - 1)));
        assert!(!packet::has_right_transport_checksum(&spoilt(bytes, 12)), "addresses count");
    }
    let mut without = udp_packet(b"hello");
    without[26..28].fill(0);
    assert!(packet::has_right_transport_checksum(&without), "UDP without checksum");
    assert!(!packet::has_right_transport_checksum(&[0x45; 3]));
}

proptest! {
    #[test]
    fn nothing_makes_it_fall(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        if let Ok(read) = Packet::parse(&bytes) {
            prop_assert!(usize::from(read.length) <= bytes.len());
        }
        packet::has_right_transport_checksum(&bytes);
    }

    #[test]
    fn every_packet_made_is_read(bytes in any_packet()) {
        prop_assert!(is_header_right(&bytes) && is_transport_right(&bytes));
        let read = Packet::parse(&bytes);
        prop_assert_eq!(read.map(|read| usize::from(read.length)), Ok(bytes.len()));
        prop_assert!(packet::has_right_transport_checksum(&bytes));
    }
}
