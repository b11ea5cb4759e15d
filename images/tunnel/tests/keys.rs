//! What is derived from the shared keys, for two processes that share them and one that does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::HashSet;
use std::net::Ipv4Addr;

use proptest::prelude::*;
use serde_json::{Value, json};
use tunnel::digest::Digest;
use tunnel::keys::{Age, RANDOM, SharedKeys};

/// A generation whose keys are this byte, that byte after, and so on.
fn generation(first: u8, created: u64) -> Value {
    let key = |byte: u8| format!("{byte:02x}").repeat(32);
    json!({ "retry": key(first), "reset": key(first + 1), "connectionId": key(first + 2), "created": created })
}

fn file(current: Value, previous: Value) -> Value {
    json!({ "current": current, "previous": previous })
}

fn read(file: &Value) -> SharedKeys {
    SharedKeys::read(file.to_string().as_bytes()).unwrap()
}

/// Before a rotation: the first keys, which are current and previous at once. After it.
fn before_and_after() -> (SharedKeys, SharedKeys) {
    let (old, new) = (generation(0x10, 1_700_000_000), generation(0x20, 1_702_592_000));
    (read(&file(old.clone(), old.clone())), read(&file(new, old)))
}

#[test]
fn a_file_that_cannot_be_used_is_refused_without_repeating_a_secret() {
    let good = file(generation(0x20, 2), generation(0x10, 1));
    assert_eq!(read(&good).created(), (2, 1));
    let set = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let table = [
        set("/current/retry", json!("20".repeat(31))),
        set("/current/retry", json!("GG".repeat(32))),
        set("/current/reset", json!(5)),
        set("/current/created", json!(-1)),
        set("/current/created", json!("2")),
        set("/current/created", json!(1)),
        set("/previous", json!(null)),
        set("/current", json!({})),
        json!({ "current": generation(0x20, 2) }),
        json!({ "current": generation(0x20, 2), "previous": generation(0x10, 1), "next": 1 }),
        json!([]),
    ];
    for wrong in table {
        let fault = SharedKeys::read(wrong.to_string().as_bytes()).unwrap_err().to_string();
        assert!(!["2020", "gggg", "GGGG"].iter().any(|secret| fault.contains(secret)), "{fault}");
        assert!(!fault.contains('\n') && fault.len() < 300, "{fault}");
    }
    assert!(SharedKeys::read(b"").is_err());
    let shown = format!("{:?}", read(&good));
    assert_eq!(shown, "SharedKeys { current: 2, previous: 1, .. }");
}

#[test]
fn connection_ids_tell_their_maker_and_nobody_else() {
    let (before, after) = before_and_after();
    let ids = before.connection_ids("intermediate/eu-1");
    let id = ids.mint([1, 2, 3, 4, 5]);
    assert_eq!(ids.read(&id), Some(Age::Current));
    assert_eq!(before.connection_ids("intermediate/eu-1").read(&id), Some(Age::Current), "another instance");
    assert_eq!(after.connection_ids("intermediate/eu-1").read(&id), Some(Age::Previous), "after a rotation");
    assert_eq!(before.connection_ids("intermediate/eu-2").read(&id), None, "another component");
    let strangers = read(&file(generation(0x70, 1_700_000_000), generation(0x70, 1_700_000_000)));
    assert_eq!(strangers.connection_ids("intermediate/eu-1").read(&id), None);
    for wrong in [&id[..7], &[&id[..], &[0]].concat(), b"", &[0; 20]] {
        assert_eq!(ids.read(wrong), None);
    }
}

#[test]
fn connection_ids_look_random() {
    let (before, _) = before_and_after();
    let ids = before.connection_ids("intermediate/eu-1");
    let minted: Vec<_> = (0..1_000_u32)
        .map(|number| {
            let [a, b, c, d] = number.to_be_bytes();
            ids.mint([a, b, c, d, 0])
        })
        .collect();
    let tails: HashSet<_> = minted.iter().map(|id| &id[RANDOM..]).collect();
    assert_eq!(tails.len(), 1_000, "what is the same in all of them does not show");
    for bit in 0..24 {
        let set = minted.iter().filter(|id| id[RANDOM + bit / 8] >> (bit % 8) & 1 == 1).count();
        assert!((400..600).contains(&set), "bit {bit}: {set}");
    }
}

#[test]
fn an_id_from_elsewhere_is_not_taken_for_ours() {
    let (_, after) = before_and_after();
    let ids = after.connection_ids("intermediate/eu-1");
    // Chances are 2 in 2^24 each; a fixed series, so that this never depends on luck.
    let taken = (0..100_000_u64)
        .filter(|number| ids.read(&Digest::of(&number.to_be_bytes()).as_bytes()[..8]).is_some())
        .count();
    assert_eq!(taken, 0);
}

#[test]
fn reset_tokens_are_the_same_for_a_component_and_differ_between_two() {
    let (before, after) = before_and_after();
    let id = before.connection_ids("intermediate/eu-1").mint([9; RANDOM]);
    let token = before.reset("intermediate/eu-1").token(&id, Age::Current);
    assert_eq!(before.reset("intermediate/eu-1").token(&id, Age::Current), token);
    assert_eq!(
        after.reset("intermediate/eu-1").token(&id, Age::Previous),
        token,
        "made before a rotation, known after it"
    );
    assert_ne!(after.reset("intermediate/eu-1").token(&id, Age::Current), token);
    assert_ne!(before.reset("intermediate/eu-2").token(&id, Age::Current), token, "RFC 9000 section 21.11");
    let other = before.connection_ids("intermediate/eu-1").mint([8; RANDOM]);
    assert_ne!(before.reset("intermediate/eu-1").token(&other, Age::Current), token);
}

#[test]
fn a_retry_token_is_opened_by_every_instance_and_over_one_rotation() {
    let (before, after) = before_and_after();
    let sealed = |keys: &SharedKeys| {
        let mut token = b"address and time".to_vec();
        keys.retry().token_key(b"random bytes, 16").seal(&mut token, b"header").unwrap();
        token
    };
    let opened = |keys: &SharedKeys, mut token: Vec<u8>, random: &[u8], additional: &[u8]| {
        keys.retry().token_key(random).open(&mut token, additional).map(|opened| opened.to_vec()).ok()
    };
    let token = sealed(&before);
    let text = Some(b"address and time".to_vec());
    assert_eq!(opened(&before, token.clone(), b"random bytes, 16", b"header"), text);
    assert_eq!(opened(&after, token.clone(), b"random bytes, 16", b"header"), text, "by the previous keys");
    assert_eq!(opened(&before, sealed(&after), b"random bytes, 16", b"header"), None, "not yet rotated");
    assert_eq!(opened(&before, token.clone(), b"random bytes, 17", b"header"), None);
    assert_eq!(opened(&before, token.clone(), b"random bytes, 16", b"other"), None);
    for at in 0..token.len() {
        let mut forged = token.clone();
        forged[at] ^= 1;
        assert_eq!(opened(&after, forged, b"random bytes, 16", b"header"), None, "byte {at}");
    }
    assert_eq!(opened(&before, vec![], b"random bytes, 16", b"header"), None);
}

#[test]
fn inner_addresses_are_the_same_after_a_restart_and_each_is_tried_once() {
    let (before, _) = before_and_after();
    let ann = Digest::of(b"ann");
    let first: Vec<_> = before.inner_addresses().of(&ann).take(1_000).collect();
    let again: Vec<_> = before.inner_addresses().of(&ann).take(1_000).collect();
    assert_eq!(first, again);
    assert_ne!(first[0], before.inner_addresses().of(&Digest::of(b"bob")).next().unwrap());
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), 1_000);
    for address in &first {
        let [a, b, _, d] = address.octets();
        assert!(a == 100 && (64..128).contains(&b) && d != 0 && d != 255, "{address}");
    }
    let agents_own: Ipv4Addr = "100.64.0.1".parse().unwrap();
    let mut count = 0;
    for address in before.inner_addresses().of(&ann) {
        assert_ne!(address, agents_own);
        count += 1;
    }
    assert_eq!(count, (1 << 14) * 254 - 1, "all but two of each /24 and 100.64.0.1");
}

proptest! {
    #[test]
    fn what_is_minted_is_read(random in any::<[u8; RANDOM]>()) {
        let (_, after) = before_and_after();
        let ids = after.connection_ids("intermediate/eu-1");
        prop_assert_eq!(ids.read(&ids.mint(random)), Some(Age::Current));
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let (_, after) = before_and_after();
        after.connection_ids("intermediate/eu-1").read(&bytes);
        prop_assert!(after.retry().token_key(&bytes).open(&mut bytes.clone(), b"").is_err());
        prop_assert!(SharedKeys::read(&bytes).is_err());
    }
}
