//! ICMP messages and TCP resets of our own.

use tunnel::packet::*;

use crate::kit::*;

fn parsed(bytes: &[u8]) -> Packet {
    assert!(is_header_right(bytes) && is_transport_right(bytes));
    Packet::parse(bytes).unwrap()
}

#[test]
fn an_icmp_error_goes_back_to_the_sender_and_quotes_it() {
    let about = udp_packet(&[7; 1_200]);
    let table = [
        (prohibited(&about, SERVICE), 13, 0),
        (unreachable(&about, SERVICE, Unreachable::Port), 3, 0),
        (unreachable(&about, SERVICE, Unreachable::Host), 1, 0),
        (fragmentation_needed(&about, SERVICE, 1_159), 4, 1_159),
    ];
    for (bytes, code, mtu) in table {
        let read = parsed(&bytes);
        assert_eq!((read.source, read.destination), (SERVICE, AGENT));
        assert_eq!(bytes.len(), 576);
        assert_eq!(bytes[28..], about[..548]);
        assert_eq!(u16::from_be_bytes([bytes[26], bytes[27]]), mtu);
        let Transport::Error { kind: 3, code: found, quoted } = read.transport else { panic!("{read:?}") };
        assert_eq!((found, quoted.tuple()), (code, tuple(protocol::UDP)));
    }
}

#[test]
fn time_exceeded_is_told_by_its_own_type() {
    let about = udp_packet(b"x");
    let read = parsed(&expired(&about, SERVICE));
    assert_eq!((read.source, read.destination), (SERVICE, AGENT));
    let Transport::Error { kind, code, quoted } = read.transport else { panic!("{read:?}") };
    assert_eq!((kind, code, quoted.tuple()), (11, 0, tuple(protocol::UDP)));
}

#[test]
fn an_icmp_error_quotes_no_more_than_the_packet() {
    let about = [udp_packet(b"x"), vec![9; 100]].concat();
    assert_eq!(prohibited(&about, SERVICE).len(), 28 + 29);
}

#[test]
fn an_echo_is_answered_with_what_it_brought() {
    let request = [echo(8, b"ping"), b"beyond".to_vec()].concat();
    let reply = echo_reply(&request).unwrap();
    let read = parsed(&reply);
    assert_eq!((read.source, read.destination), (SERVICE, AGENT));
    assert_eq!(read.transport, Transport::Echo { reply: true, identifier: 0x1234, sequence: 1 });
    assert_eq!(reply[28..], *b"ping");
    assert_eq!(echo_reply(&reply), None);
    assert_eq!(echo_reply(&udp_packet(b"ping")), None);
}

#[test]
fn errors_are_not_sent_about_errors() {
    let about = |bytes: &[u8]| may_be_answered(&Packet::parse(bytes).unwrap());
    assert!(about(&udp_packet(b"")) && about(&tcp_packet(SYN, &[], b"")) && about(&echo(8, b"")));
    assert!(!about(&echo(0, b"")));
    assert!(!about(&prohibited(&udp_packet(b""), SERVICE)));
}

#[test]
fn a_datagram_whose_checksum_comes_to_0_says_ffff() {
    let to = Tuple { source_port: 0, ..tuple(protocol::UDP) };
    let field = |bytes: &[u8]| u16::from_be_bytes([bytes[26], bytes[27]]);
    // The port that takes up all that the checksum was.
    let source_port = field(&udp(to, b"data").unwrap());
    let bytes = udp(Tuple { source_port, ..to }, b"data").unwrap();
    assert_eq!(field(&bytes), 0xFFFF, "0 would mean that there is none");
    parsed(&bytes);
}

/// The reset's numbers: sequence, acknowledgment where there is one.
fn numbers(bytes: &[u8]) -> (u32, Option<u32>) {
    let Transport::Tcp(segment) = parsed(bytes).transport else { panic!("no TCP") };
    assert_eq!((segment.flags & !ACK, segment.data), (RST, 0));
    (segment.sequence, (segment.flags & ACK != 0).then_some(segment.acknowledgment))
}

#[test]
fn a_segment_is_answered_as_a_closed_port_would() {
    let to = |flags, data: &[u8]| reset_for(&Packet::parse(&tcp_packet(flags, &[], data)).unwrap());
    assert_eq!(to(SYN, b"").as_deref().map(numbers), Some((0, Some(1_001))));
    assert_eq!(to(SYN, b"four").as_deref().map(numbers), Some((0, Some(1_005))), "data with the SYN counts");
    assert_eq!(to(FIN, b"").as_deref().map(numbers), Some((0, Some(1_001))));
    assert_eq!(to(ACK, b"data").as_deref().map(numbers), Some((2_000, None)));
    assert_eq!(to(SYN | ACK, b"").as_deref().map(numbers), Some((2_000, None)));
    assert_eq!(to(RST, b""), None);
    assert_eq!(to(RST | ACK, b""), None);
    assert_eq!(reset_for(&Packet::parse(&udp_packet(b"")).unwrap()), None);

    let back = parsed(&to(ACK, b"").unwrap());
    assert_eq!(back.tuple(), tuple(protocol::TCP).reversed());
}
