//! Who is let in, and who stays.

use std::collections::BTreeSet;

use serde_json::json;
use tunnel::digest::Digest;
use tunnel::enforcement::Credentials;
use tunnel::figures::DropReason;
use tunnel::identity::{Device, Identity, Principal};

use crate::kit::*;

fn credentials(name: &str, fingerprint: &str, issuers: &[&str]) -> Credentials {
    let identity = Identity {
        fingerprint: fingerprint.repeat(32).parse().unwrap(),
        principal: Principal::read(name).unwrap(),
        device: Device::new(),
        limit: None,
        connector: None,
        not_before: at(1, 0),
        not_after: at(2, 0),
    };
    let issuers: BTreeSet<Digest> = issuers.iter().map(|digest| digest.repeat(32).parse().unwrap()).collect();
    Credentials { identity, issuers }
}

#[test]
fn certificate_principal_and_ca_are_judged() {
    let rules = rules(&file());
    let admits = |name, fingerprint, issuers: &[&str]| {
        rules.admits(&credentials(name, fingerprint, issuers), at(1, 30))
    };
    assert_eq!(admits("ann@example.com", "11", &["ca"]), Ok(()));
    assert_eq!(admits("ann@example.com", "11", &["cb", "ca"]), Ok(()), "one accepted CA is enough");
    assert_eq!(admits("ann@example.com", "11", &["cb"]), Err(DropReason::CaNotAccepted));
    assert_eq!(admits("ann@example.com", "11", &[]), Err(DropReason::CaNotAccepted));
    assert_eq!(admits("ann@example.com", "00", &["ca"]), Err(DropReason::Revoked));
    assert_eq!(admits("EVE@example.com", "11", &["ca"]), Err(DropReason::Revoked));
    assert_eq!(admits("eve@example.com", "11", &["cb"]), Err(DropReason::Revoked), "the word that says most");
}

#[test]
fn a_certificate_is_valid_from_its_first_to_its_last_instant() {
    let rules = rules(&file());
    let ann = credentials("ann@example.com", "11", &["ca"]);
    let table = [(0, 59, false), (1, 0, true), (2, 0, true), (2, 1, false)];
    for (minute, second, valid) in table {
        let expected = if valid { Ok(()) } else { Err(DropReason::CertificateExpired) };
        assert_eq!(rules.admits(&ann, at(minute, second)), expected, "{minute}:{second}");
    }
}

#[test]
fn without_client_cas_every_known_ca_counts_and_with_none_no_ca() {
    let mut any = file();
    any["intermediate"].as_object_mut().unwrap().remove("clientCas");
    let ann = credentials("ann@example.com", "11", &["cb"]);
    assert_eq!(rules(&any).admits(&ann, at(1, 0)), Ok(()));
    any["intermediate"]["clientCas"] = json!([]);
    assert_eq!(rules(&any).admits(&ann, at(1, 0)), Err(DropReason::CaNotAccepted));
}
