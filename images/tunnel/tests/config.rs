//! What variables say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use rcgen::{CertificateParams, KeyPair};
use tunnel::config::{Component, Kind, bind_addresses, certificates, chain_and_key, socket_address};

#[test]
fn components() {
    let read: Component = "intermediate/eu-1".parse().unwrap();
    assert_eq!(
        (read.kind, read.id.as_str(), read.to_string().as_str()),
        (Kind::Intermediate, "eu-1", "intermediate/eu-1")
    );
    assert_eq!("connector/here".parse::<Component>().unwrap().kind, Kind::Connector);
    let long = format!("connector/{}", "x".repeat(64));
    for wrong in [
        "",
        "eu-1",
        "intermediate/",
        "agent/x",
        "connector/X",
        "connector/1x",
        "connector/a/b",
        "connector/a_b",
        &long,
    ] {
        let fault = wrong.parse::<Component>().unwrap_err().to_string();
        assert!(fault.starts_with("expected intermediate/<id> or connector/<id>"), "{fault}");
    }
}

#[test]
fn addresses_to_bind() {
    let read = |text| {
        bind_addresses(text, 4433)
            .map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(read("0.0.0.0,[::]").as_deref(), Ok("0.0.0.0:4433 [::]:4433"));
    assert_eq!(read("127.0.0.1, ::1").as_deref(), Ok("127.0.0.1:4433 [::1]:4433"));
    for wrong in ["", "localhost", "0.0.0.0,", "[0.0.0.0", "1.2.3.4:5", "::1,[::1]"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(socket_address("[::1]:9090").unwrap().port(), 9090);
    assert!(socket_address("9090").is_err() && socket_address("localhost:9090").is_err());
}

#[test]
fn pem_files() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    let (cert, secret) = (certificate.pem(), key.serialize_pem());
    assert_eq!(certificates(format!("{cert}{cert}").as_bytes()).unwrap().len(), 2);
    let pem = chain_and_key(format!("{secret}{cert}").as_bytes()).unwrap();
    assert_eq!(pem.chain, [certificate.der().clone()]);
    assert_eq!(pem.key.secret_der(), key.serialize_der());
    for wrong in ["", "text", &secret, "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        assert!(certificates(wrong.as_bytes()).is_err(), "{wrong}");
    }
    for wrong in [cert.clone(), format!("{cert}{secret}{secret}")] {
        assert!(chain_and_key(wrong.as_bytes()).is_err());
    }
}
