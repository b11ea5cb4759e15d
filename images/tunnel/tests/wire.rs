//! Every message as bytes, what is cut short, what is no message; and the codec there and back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddrV4};

use proptest::prelude::*;
use tunnel::wire::{Announcement, Because, Malformed, Message, Refusal};

/// Bytes and the message that they are; each encodes to exactly these bytes.
fn table() -> Vec<(&'static [u8], Message<'static>)> {
    vec![
        (
            b"\x01\xC0\x00\x02\x07\x11\x51",
            Message::Observed(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 7), 4433)),
        ),
        (b"\x10\x07web-app", Message::Register("web-app")),
        (b"\x10\x00", Message::Register("")),
        (b"\x11\x02db", Message::Serve("db")),
        (b"\x12\x00\x02db", Message::Accepted("db")),
        (b"\x13\x01\x00", Message::Refused(Refusal::Malformed, "")),
        (b"\x13\x02\x02db", Message::Refused(Refusal::NotAuthorized, "db")),
        (b"\x20\x02db", Message::Why("db")),
        (b"\x21\x02db\x00\x02{}", Message::Because("db", b"{}")),
        (b"\x22\x00\x02{}", Message::Announce(b"{}")),
        (b"\x23\x02db", Message::ServeAnnounced("db")),
        (b"\x2F\x02db\x45\x00", Message::ToService("db", b"\x45\x00")),
        (b"\x2F\x02db", Message::ToService("db", b"")),
        (b"\x45\x00\x00\x14", Message::Packet(b"\x45\x00\x00\x14")),
        (b"\x4F", Message::Packet(b"\x4F")),
    ]
}

#[test]
fn each_message_is_these_bytes_and_no_others() {
    for (bytes, message) in table() {
        assert_eq!(Message::decode(bytes), Ok(message), "{bytes:02x?}");
        assert_eq!(message.to_bytes().as_deref(), Some(bytes), "{message:?}");
    }
}

#[test]
fn what_is_cut_short_is_said_to_be() {
    for (bytes, message) in table() {
        let whole = !matches!(message, Message::ToService(..) | Message::Packet(_));
        for length in 0..bytes.len() {
            let cut = Message::decode(&bytes[..length]);
            if whole || length < 2 {
                let is_packet = length > 0 && bytes[0] >> 4 == 4;
                assert!(is_packet || cut == Err(Malformed::CutShort), "{:02x?}: {cut:?}", &bytes[..length]);
            }
        }
    }
}

#[test]
fn bytes_after_the_end_are_ignored() {
    for (bytes, message) in table() {
        if !matches!(message, Message::ToService(..) | Message::Packet(_)) {
            let longer = [bytes, b"\x00rest"].concat();
            assert_eq!(Message::decode(&longer), Ok(message));
        }
    }
}

#[test]
fn text_that_is_not_utf8_is_told_apart() {
    for first in [0x10, 0x11, 0x23] {
        let found = Message::decode(&[first, 2, 0xC3, 0x28]).unwrap_err();
        assert_eq!(found, Malformed::NotText { first });
        assert!(found.is_answered(), "{first:#04x}");
    }
    for bytes in [&[0x2F, 1, 0xFF][..], &[0x20, 1, 0xFF], &[0x12, 0, 1, 0xFF], &[0x13, 2, 1, 0xFF]] {
        let found = Message::decode(bytes).unwrap_err();
        assert!(matches!(found, Malformed::NotText { .. }), "{bytes:02x?}");
        assert!(!found.is_answered(), "{bytes:02x?}");
    }
    // Cut short counts first: the text is not all there.
    assert_eq!(Message::decode(&[0x10, 3, 0xC3, 0x28]), Err(Malformed::CutShort));
    // An id of two letters that are not ASCII is text.
    assert_eq!(Message::decode("\x10\x04üß".as_bytes()), Ok(Message::Register("üß")));
}

#[test]
fn nothing_else_is_a_message() {
    let known = [0x01, 0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22, 0x23, 0x2F];
    for first in 0..=255_u8 {
        let bytes = [first; 64];
        let found = Message::decode(&bytes);
        let expected = known.contains(&first) || first >> 4 == 4;
        assert_eq!(found == Err(Malformed::Unknown(first)), !expected, "{first:#04x}");
    }
    assert_eq!(Message::decode(b"\x12\x01\x02db"), Err(Malformed::Status(1)));
    assert_eq!(Message::decode(b"\x13\x00\x02db"), Err(Malformed::Status(0)));
    assert_eq!(Message::decode(b"\x13\x03\x02db"), Err(Malformed::Status(3)));
    assert_eq!(Message::decode(b""), Err(Malformed::CutShort));
}

#[test]
fn what_cannot_be_said_is_not_written() {
    let long = "x".repeat(256);
    let mut to = vec![1, 2, 3];
    for message in
        [Message::Register(&long), Message::Because(&long, b""), Message::ToService(&long, b"\x45")]
    {
        assert!(!message.encode(&mut to), "{message:?}");
    }
    assert!(!Message::Announce(&vec![b' '; 65_536]).encode(&mut to));
    assert!(!Message::Packet(b"\x10\x02db").encode(&mut to), "a packet that would be read as a registration");
    assert!(!Message::Packet(b"").encode(&mut to));
    assert_eq!(to, [1, 2, 3]);
    assert!(Message::Register(&long[1..]).encode(&mut to));
    assert_eq!(to.len(), 3 + 2 + 255);
}

#[test]
fn json_is_written_as_the_contract_has_it_and_stays_short() {
    let text = |json: Vec<u8>| String::from_utf8(json).unwrap();
    let allowed = Because { reason: "allowed".to_owned(), opens_at: None, owner: None };
    assert_eq!(text(allowed.to_json()), r#"{"reason":"allowed"}"#);
    let denied = Because {
        reason: "not-now".to_owned(),
        opens_at: Some("2026-06-02T08:00:00Z".to_owned()),
        owner: Some("platform".to_owned()),
    };
    let expected = r#"{"reason":"not-now","opensAt":"2026-06-02T08:00:00Z","owner":"platform"}"#;
    assert_eq!(text(denied.to_json()), expected);
    assert_eq!(Because::from_json(expected.as_bytes()), Some(denied.clone()));
    let newer = r#"{"reason":"not-now","more":1}"#;
    assert_eq!(Because::from_json(newer.as_bytes()).map(|read| read.reason).as_deref(), Some("not-now"));
    let long = Because { owner: Some("x".repeat(600)), ..denied };
    assert_eq!(text(long.to_json()), r#"{"reason":"not-now","opensAt":"2026-06-02T08:00:00Z"}"#);

    let announcement = Announcement {
        inner: Ipv4Addr::new(100, 77, 3, 9),
        address: "[2001:db8::1]:5000".parse().unwrap(),
        principal: Some("ann@example.com".to_owned()),
        device: [("os".to_owned(), "macos".to_owned())].into(),
    };
    let expected = r#"{"inner":"100.77.3.9","address":"[2001:db8::1]:5000","principal":"ann@example.com","device":{"os":"macos"}}"#;
    assert_eq!(text(announcement.to_json()), expected);
    assert_eq!(Announcement::from_json(expected.as_bytes()), Some(announcement.clone()));
    let long = Announcement { device: [("os".to_owned(), "x".repeat(600))].into(), ..announcement };
    assert!(text(long.to_json()).ends_with(r#""device":{}}"#));
}

/// The valid examples of a message's JSON, from `schemas/examples/`.
fn examples(kind: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas/examples")
        .join(kind)
        .join("valid");
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn the_schemas_examples_are_read_and_written_alike() {
    let value = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap();
    let (because, announcements) = (examples("because"), examples("announcement"));
    assert_eq!((because.len(), announcements.len()), (3, 3));
    for json in because {
        assert_eq!(value(&Because::from_json(&json).unwrap().to_json()), value(&json));
    }
    for json in announcements {
        assert_eq!(value(&Announcement::from_json(&json).unwrap().to_json()), value(&json));
    }
}

/// Any message that can be said.
fn any_message() -> impl Strategy<Value = (u8, String, Vec<u8>)> {
    (0..11_u8, "\\PC{0,60}", prop::collection::vec(any::<u8>(), 0..2_000))
}

/// The message of a kind with this id and these bytes.
fn message<'a>(kind: u8, id: &'a str, bytes: &'a [u8]) -> Message<'a> {
    match kind {
        0 => Message::Register(id),
        1 => Message::Serve(id),
        2 => Message::ServeAnnounced(id),
        3 => Message::Accepted(id),
        4 => Message::Refused(Refusal::Malformed, id),
        5 => Message::Refused(Refusal::NotAuthorized, id),
        6 => Message::Why(id),
        7 => Message::Because(id, bytes),
        8 => Message::Announce(bytes),
        9 => Message::ToService(id, bytes),
        _ => Message::Observed(SocketAddrV4::new(Ipv4Addr::from(bytes.len() as u32), bytes.len() as u16)),
    }
}

proptest! {
    #[test]
    fn there_and_back((kind, id, bytes) in any_message()) {
        let message = message(kind, &id, &bytes);
        let written = message.to_bytes();
        prop_assert_eq!(written.is_some(), id.len() <= 255);
        if let Some(written) = written {
            prop_assert_eq!(Message::decode(&written), Ok(message));
        }
    }

    #[test]
    fn what_is_read_is_written_alike(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        if let Ok(message) = Message::decode(&bytes) {
            let written = message.to_bytes().unwrap();
            prop_assert!(bytes.starts_with(&written), "{:02x?} -> {:02x?}", bytes, written);
        }
    }
}
