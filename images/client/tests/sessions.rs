//! Sessions against a real QUIC server on the loopback interface.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]

#[path = "../../intermediate-server/tests/loopback/certificates.rs"]
#[allow(dead_code, reason = "the server's tests use all of it")]
mod certificates;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use certificates::{Ca, Leaf, person};
use client::{Client, Credentials, Ended, Event, Link, PING, Server, Settings, Source, Unsent};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, ServerConfig, VarInt};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

/// An endpoint that accepts clients of one CA.
fn server(ca: &Ca) -> Endpoint {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der.clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let own = ca.server();
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(own.chain.clone(), own.key())
        .unwrap();
    tls.alpn_protocols = vec![b"ztna-v1".to_vec()];
    let mut transport = quinn::TransportConfig::default();
    transport.initial_mtu(1350).min_mtu(1350).mtu_discovery_config(None);
    let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls).unwrap()));
    config.transport_config(Arc::new(transport));
    Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap()
}

async fn accept(server: &Endpoint) -> Connection {
    timeout(PATIENCE, server.accept()).await.expect("a client").unwrap().await.unwrap()
}

/// Accepts whoever comes, for as long as the test lasts.
fn accept_all(server: Endpoint) {
    tokio::spawn(async move {
        while let Some(incoming) = server.accept().await {
            let _ = incoming.await;
        }
    });
}

fn text(variable: &'static str, pem: &str) -> Option<Source> {
    Some(Source::Text { variable, pem: pem.to_owned() })
}

fn credentials(ca: &Ca, leaf: &Leaf) -> Arc<Credentials> {
    Arc::new(Credentials::new(text("ZTNA_TLS_PEM", &leaf.pem), text("ZTNA_SERVER_CAS_PEM", &ca.pem)))
}

fn start(credentials: Arc<Credentials>, to: SocketAddr, name: &str) -> (Client, Receiver<Event>) {
    let (client, events) = client::start(Settings { credentials, ping: PING, hello: true });
    client.servers(vec![Server { id: "one".into(), address: to.to_string(), name: name.into() }]);
    (client, events)
}

async fn next(events: &mut Receiver<Event>) -> Event {
    timeout(PATIENCE, events.recv()).await.expect("an event").unwrap()
}

async fn up(events: &mut Receiver<Event>) -> Link {
    match next(events).await {
        Event::Up(link) => link,
        other => panic!("expected to be up, found {other:?}"),
    }
}

async fn down(events: &mut Receiver<Event>) -> (bool, Ended) {
    match next(events).await {
        Event::Down { was_up, why, .. } => (was_up, why),
        other => panic!("expected to be down, found {other:?}"),
    }
}

#[tokio::test]
async fn the_first_datagram_shows_that_it_is_one_of_ours_and_the_others_pass() {
    let ca = Ca::new("ours");
    let server = server(&ca);
    let leaf = ca.client(person("alice@example.com"));
    let (client, mut events) = start(credentials(&ca, &leaf), server.local_addr().unwrap(), "localhost");
    let there = accept(&server).await;
    let link = up(&mut events).await;
    let hello = there.read_datagram().await.unwrap();
    assert!(hello.len() > 1168 && hello[0] == 0x20 && hello[1..].iter().all(|byte| *byte == 0), "{hello:?}");
    link.send(Bytes::from_static(b"hello")).unwrap();
    assert_eq!(&there.read_datagram().await.unwrap()[..], b"hello");
    there.send_datagram(Bytes::from_static(b"good day")).unwrap();
    match next(&mut events).await {
        Event::Datagrams { link: of, datagrams } => {
            assert_eq!((of, datagrams), (link.clone(), vec![Bytes::from_static(b"good day")]))
        }
        other => panic!("expected datagrams, found {other:?}"),
    }
    let most = link.most();
    assert_eq!(link.send(Bytes::from(vec![0; most + 1])), Err(Unsent::TooLarge(most)));
    client.close().await;
    let closed = timeout(PATIENCE, there.closed()).await.unwrap();
    assert!(matches!(closed, quinn::ConnectionError::ApplicationClosed(_)), "{closed:?}");
    assert_eq!(link.send(Bytes::from_static(b"late")), Err(Unsent::Gone));
}

#[tokio::test]
async fn a_full_connection_says_so_and_loses_nothing() {
    let ca = Ca::new("ours");
    let server = server(&ca);
    let leaf = ca.client(person("alice@example.com"));
    let (_client, mut events) = start(credentials(&ca, &leaf), server.local_addr().unwrap(), "localhost");
    let there = accept(&server).await;
    let link = up(&mut events).await;
    there.read_datagram().await.unwrap();
    // No await in between: nothing is sent meanwhile.
    let mut sent = 0u32;
    while link.send(Bytes::from([&sent.to_be_bytes()[..], &[7; 1000]].concat())).is_ok() {
        sent += 1;
    }
    assert_eq!(link.send(Bytes::from(vec![7; 1004])), Err(Unsent::Full));
    assert!(sent > 100, "{sent}");
    link.send_wait(Bytes::from(vec![8; 1004])).await.unwrap();
    for number in 0..sent {
        assert_eq!(there.read_datagram().await.unwrap()[..4], number.to_be_bytes());
    }
    assert_eq!(there.read_datagram().await.unwrap()[0], 8);
}

#[tokio::test]
async fn it_comes_back_after_a_loss_within_a_second_and_with_code_4_at_once() {
    let ca = Ca::new("ours");
    let server = server(&ca);
    let leaf = ca.client(person("alice@example.com"));
    let (_client, mut events) = start(credentials(&ca, &leaf), server.local_addr().unwrap(), "localhost");
    let there = accept(&server).await;
    up(&mut events).await;
    there.close(VarInt::from_u32(0), b"draining");
    let left = Instant::now();
    assert_eq!(down(&mut events).await, (true, Ended::Closed { code: 0, reason: "draining".into() }));
    let there = accept(&server).await;
    assert!(left.elapsed() >= Duration::from_millis(450) && left.elapsed() < Duration::from_secs(3));
    up(&mut events).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    there.close(VarInt::from_u32(4), b"source-address");
    let left = Instant::now();
    down(&mut events).await;
    accept(&server).await;
    assert!(left.elapsed() < Duration::from_millis(450), "{:?}", left.elapsed());
}

#[tokio::test]
async fn a_server_of_another_name_or_ca_is_not_believed_and_an_absent_one_is_unreachable() {
    let (ca, other) = (Ca::new("ours"), Ca::new("another"));
    let server = server(&ca);
    let address = server.local_addr().unwrap();
    accept_all(server);
    let leaf = ca.client(person("alice@example.com"));
    for (roots, name) in [(&ca, "elsewhere.example.com"), (&other, "localhost")] {
        let (_client, mut events) = start(credentials(roots, &leaf), address, name);
        let (was_up, why) = down(&mut events).await;
        assert!(!was_up && matches!(why, Ended::Unverified(_)), "{why:?}");
    }
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_client, mut events) = start(credentials(&ca, &leaf), closed, "127.0.0.1");
    assert!(matches!(down(&mut events).await, (false, Ended::Unreachable(_))));
}

#[tokio::test]
async fn a_certificate_that_the_server_refuses_is_said() {
    let (ca, other) = (Ca::new("ours"), Ca::new("another"));
    let server = server(&ca);
    let address = server.local_addr().unwrap();
    accept_all(server);
    let leaf = other.client(person("alice@example.com"));
    let (_client, mut events) = start(credentials(&ca, &leaf), address, "localhost");
    up(&mut events).await;
    let (was_up, why) = down(&mut events).await;
    assert!(was_up && matches!(why, Ended::Refused(_)), "{why:?}");
}

#[tokio::test]
async fn a_renewed_file_counts_at_once_for_who_waits_and_a_spoiled_one_changes_nothing() {
    let ca = Ca::new("ours");
    let server = server(&ca);
    let folder = std::env::temp_dir().join(format!("ztna-client-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path: PathBuf = folder.join("alice-tls.pem");
    let (first, second) = (ca.client(person("alice@example.com")), ca.client(person("alice@example.com")));
    std::fs::write(&path, &first.pem).unwrap();
    let tls = Source::of(("ZTNA_TLS", Some(path.clone())), ("ZTNA_TLS_PEM", None)).unwrap();
    let credentials = Arc::new(Credentials::new(tls, text("ZTNA_SERVER_CAS_PEM", &ca.pem)));
    let (client, mut events) = start(credentials, server.local_addr().unwrap(), "localhost");
    let there = accept(&server).await;
    up(&mut events).await;
    // Out of date, say: the session waits for 15 s at least, but for the file.
    there.close(VarInt::from_u32(2), b"certificate-expired");
    down(&mut events).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    std::fs::write(&path, &second.pem).unwrap();
    let there = accept(&server).await;
    let shown = there.peer_identity().unwrap().downcast::<Vec<rustls::pki_types::CertificateDer>>().unwrap();
    assert_eq!(shown[0], second.chain[0]);
    up(&mut events).await;
    std::fs::write(&path, "half a file").unwrap();
    there.close(VarInt::from_u32(0), b"draining");
    down(&mut events).await;
    client.hurry();
    let there = accept(&server).await;
    let shown = there.peer_identity().unwrap().downcast::<Vec<rustls::pki_types::CertificateDer>>().unwrap();
    assert_eq!(shown[0], second.chain[0]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_credentials_is_one_sentence_with_variable_and_path() {
    let both = Source::of(("ZTNA_TLS", Some("a.pem".into())), ("ZTNA_TLS_PEM", Some("x".into())));
    assert_eq!(both.unwrap_err().0, "ZTNA_TLS and ZTNA_TLS_PEM are both set: expected one of them");
    let empty = Source::of(("ZTNA_TLS", Some("".into())), ("ZTNA_TLS_PEM", Some("".into())));
    assert_eq!(empty.unwrap(), None);
    let missing = Source::of(("ZTNA_TLS", Some("no/such.pem".into())), ("ZTNA_TLS_PEM", None)).unwrap();
    let ca = Ca::new("ours");
    let cas = text("ZTNA_SERVER_CAS_PEM", &ca.pem);
    let fault = Credentials::new(missing, cas.clone()).verify().unwrap_err().0;
    assert!(fault.starts_with("ZTNA_TLS: no/such.pem: cannot be read: "), "{fault}");
    let fault = Credentials::new(text("ZTNA_TLS_PEM", "nothing"), cas).verify().unwrap_err().0;
    assert!(fault.starts_with("ZTNA_TLS_PEM: no certificate in it"), "{fault}");
}

#[tokio::test]
async fn sessions_follow_the_list_of_servers() {
    let ca = Ca::new("ours");
    let (one, two) = (server(&ca), server(&ca));
    let leaf = ca.client(person("alice@example.com"));
    let (client, mut events) = start(credentials(&ca, &leaf), one.local_addr().unwrap(), "localhost");
    let first = accept(&one).await;
    assert_eq!(&**up(&mut events).await.server(), "one");
    let named = |id: &str, to: &Endpoint| Server {
        id: id.into(),
        address: to.local_addr().unwrap().to_string(),
        name: "localhost".into(),
    };
    client.servers(vec![named("one", &one), named("two", &two)]);
    accept(&two).await;
    assert_eq!(&**up(&mut events).await.server(), "two");
    assert!(first.close_reason().is_none(), "an unchanged session goes on");
    client.servers(vec![named("two", &two)]);
    timeout(PATIENCE, first.closed()).await.unwrap();
}
