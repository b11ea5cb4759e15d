//! What must hold for any bytes. The fuzz targets call these functions, and so does an ordinary test of `tunnel` with every
//! committed seed.

use std::net::Ipv4Addr;

use tunnel::enforcement::{Ask, Client, Enforcement, Port, Protocol};
use tunnel::identity::{ClientCas, Device, Identity, Principal};
use tunnel::packet::{self, Packet, Rewrite, Transport};
use tunnel::wire::{Announcement, Because, Message};

/// What is read as a message is written as the bytes that were read.
pub fn wire(input: &[u8]) {
    let Ok(message) = Message::decode(input) else { return };
    let written = message.to_bytes().expect("what was read can be said");
    assert!(input.starts_with(&written));
    assert_eq!(Message::decode(&written), Ok(message));
    match message {
        Message::Because(_, json) => drop(Because::from_json(json).map(|read| read.to_json())),
        Message::Announce(json) => drop(Announcement::from_json(json).map(|read| read.to_json())),
        _ => {}
    }
}

/// Bytes before the packet: two addresses, two ports, an MSS, and which of them count.
const CONTROL: usize = 15;

/// Whatever is done to a packet leaves a packet, its checksums right where they were right and wrong where they were wrong.
pub fn packet(input: &[u8]) {
    let Some((control, bytes)) = input.split_first_chunk::<CONTROL>() else { return };
    let (what, most) = instructions(control);
    let mut bytes = bytes.to_vec();
    // A fuzzer does not hit checksums by chance.
    if control[0] & 0x10 != 0 {
        put_checksum(&mut bytes, 0..20, 10);
    }
    if control[0] & 0x20 != 0 && bytes.get(9) == Some(&packet::protocol::ICMP) {
        let end = usize::from(u16::from_be_bytes([bytes[2], bytes[3]])).min(bytes.len());
        put_checksum(&mut bytes, 20..end, 22);
    }
    change(&bytes, &what, most);
}

/// Writes the checksum of some bytes into them, word by word as RFC 1071 says it.
fn put_checksum(bytes: &mut [u8], range: std::ops::Range<usize>, at: usize) {
    if range.end < at + 2 || range.end > bytes.len() {
        return;
    }
    bytes[at..at + 2].fill(0);
    let sum = bytes[range].chunks(2).fold(0_u32, |sum, pair| {
        let sum = sum + (u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
        (sum & 0xFFFF) + (sum >> 16)
    });
    bytes[at..at + 2].copy_from_slice(&(!sum as u16).to_be_bytes());
}

fn change(bytes: &[u8], what: &Rewrite, most: u16) {
    let read = Packet::parse(bytes);
    let was_right = packet::has_right_transport_checksum(bytes);
    let mut changed = bytes.to_vec();
    packet::rewrite(&mut changed, what);
    packet::rewrite_quoted(&mut changed, what);
    packet::clamp_mss(&mut changed, most);
    assert_eq!(changed.len(), bytes.len());
    let Ok(read) = read else { return };
    let again = Packet::parse(&changed).expect("it is still a packet");
    assert_eq!(packet::has_right_transport_checksum(&changed), was_right);
    assert_eq!(again.source, what.source.unwrap_or(read.source));
    assert_eq!(again.destination, what.destination.unwrap_or(read.destination));
    assert_eq!(again.length, read.length);
    packet::hop(&mut changed);
    match Packet::parse(&changed) {
        Ok(again) => assert_eq!(again.ttl, read.ttl - 1),
        Err(_) => assert_eq!(read.ttl, 1),
    }
    answers(bytes, &read);
}

/// Which fields to write over; addresses are never martian, so that a packet stays one that is relayed.
fn instructions(control: &[u8; CONTROL]) -> (Rewrite, u16) {
    let &[which, a, b, c, d, e, f, g, h, i, j, k, l, m, n] = control;
    let address = |octets: [u8; 4]| Ipv4Addr::new(10 + octets[0] % 90, octets[1], octets[2], octets[3]);
    let if_set = |bit: u8| which >> bit & 1 == 1;
    let what = Rewrite {
        source: if_set(0).then(|| address([a, b, c, d])),
        destination: if_set(1).then(|| address([e, f, g, h])),
        source_port: if_set(2).then(|| u16::from_be_bytes([i, j])),
        destination_port: if_set(3).then(|| u16::from_be_bytes([k, l])),
    };
    (what, u16::from_be_bytes([m, n]))
}

/// Everything that may be answered to a packet is a packet with right checksums, to its sender.
fn answers(bytes: &[u8], read: &Packet) {
    let from = Ipv4Addr::new(10, 100, 0, 2);
    let errors = [
        packet::prohibited(bytes, from),
        packet::fragmentation_needed(bytes, from, 1_159),
        packet::expired(bytes, from),
    ];
    let is_transport = !matches!(read.transport, Transport::Error { .. });
    for error in errors.iter().filter(|_| is_transport) {
        let parsed = Packet::parse(error).expect("an error about a packet is one");
        assert_eq!((parsed.destination, parsed.tuple()), (read.source, read.tuple()));
    }
    // A packet from a martian cannot be: only the destination may be anything.
    for answer in [packet::reset_for(read), packet::echo_reply(bytes)].into_iter().flatten() {
        assert!(packet::has_right_transport_checksum(&answer));
    }
}

/// A file is taken or refused in a sentence; what is taken can be asked anything.
pub fn enforcement(input: &[u8]) {
    let is_connectors = input.windows(10).any(|bytes| bytes == b"connector/");
    let component = if is_connectors { "connector/here" } else { "intermediate/eu-1" };
    match Enforcement::read(input, component) {
        Ok(file) => ask(&file),
        Err(refused) => assert!(!refused.reason.is_empty() && refused.reason.len() <= 500),
    }
}

fn ask(file: &Enforcement) {
    let Some(rules) = file.intermediate() else { return };
    let source = Some(Ipv4Addr::new(203, 0, 113, 7).into());
    let device =
        Device::from([("managed".to_owned(), "true".to_owned()), ("os".to_owned(), "linux".to_owned())]);
    let names = ["ann@example.com", "anyone-else"].into_iter().filter_map(Principal::read);
    for audience in names.map(tunnel::enforcement::Audience::Principal) {
        let view = rules.view(&Client { audience, source, device: device.clone(), limit: None });
        for service in rules.services() {
            for port in [
                Port::Echo,
                Port::Of(Protocol::Tcp, 80),
                Port::Of(Protocol::Udp, 53),
                Port::Of(Protocol::Tcp, 65_535),
            ] {
                let ask = Ask { destination: service.virtual_ip, port };
                let before = view.decide(&service.id, &ask, file.lease.begin);
                assert!(!before.is_allowed() || view.registration(&service.id).is_ok());
                assert!(!view.decide(&service.id, &ask, file.lease.end).is_allowed(), "the lease is over");
            }
            view.why(&service.id, file.lease.begin).to_json();
        }
    }
}

/// A certificate is one principal's, in the one form that policies compare, or refused.
pub fn certificate(input: &[u8]) {
    if let Ok(identity) = Identity::read(input) {
        let name = identity.principal.as_str();
        assert_eq!(Principal::read(name).as_ref(), Some(&identity.principal));
        assert!(name.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()));
    }
    if let Ok(cas) = ClientCas::read(&[input]) {
        assert!(Identity::read(input).is_err(), "a CA is nobody's certificate");
        cas.issuers_of(&[input, input]);
    }
}
