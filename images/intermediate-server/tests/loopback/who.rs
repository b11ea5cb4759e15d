//! Who is let in, who is not and with which code, and who has to go.

use std::time::Duration;

use quinn::ConnectionError;
use serde_json::json;

use crate::certificates::{Ca, Says, connector, person};
use crate::client::{Client, Habits};
use crate::enforcement::{DNS, everything, file, grant};
use crate::packets::{EVERYBODY, read, udp};
use crate::server::{World, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn unusable_expired_and_revoked_certificates_are_closed_with_their_code() {
    let world = World::new();
    let revoked = world.ca.client(person("alice@example.com"));
    let mut enforced = everything();
    enforced["intermediate"]["revoked"] = json!([revoked.fingerprint()]);
    enforced["intermediate"]["revokedPrincipals"] = json!(["mallory@example.com"]);
    world.enforce(&enforced);
    let server = world.start();
    let two = Says { emails: vec!["alice@example.com", "bob@example.com"], ..Says::default() };
    let expired = Says { valid: Some((-7200, -60)), ..person("alice@example.com") };
    let future = Says { valid: Some((600, 7200)), ..person("alice@example.com") };
    let cases = [
        (None, 1, "certificate-missing"),
        (Some(world.ca.client(two)), 1, "certificate-unusable"),
        (Some(world.ca.client(expired)), 2, "certificate-expired"),
        (Some(world.ca.client(future)), 2, "certificate-expired"),
        (Some(revoked), 2, "revoked"),
        (Some(world.ca.client(person("Mallory@example.com"))), 2, "revoked"),
    ];
    for (leaf, code, reason) in cases {
        let client = Client::connect(server.address, &world.ca, leaf.as_ref()).await;
        let (found, said) = client.closed().await;
        assert_eq!(found, code, "{reason}: {said}");
        assert!(said.starts_with(reason), "expected {reason}, found {said}");
    }
    let fine =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    fine.hears_nothing().await;
    assert!(fine.connection.close_reason().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_certificate_of_another_ca_or_of_a_ca_is_a_tls_alert() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let other = Ca::new("Another CA").client(person("alice@example.com"));
    let ca = world.ca.client(Says { is_ca: true, ..person("alice@example.com") });
    for leaf in [other, ca] {
        let attempt = Client::attempt(server.address, &world.ca, Some(&leaf), Habits::default()).await;
        let ended = match attempt {
            Ok(client) => {
                tokio::time::timeout(Duration::from_secs(3), client.connection.closed()).await.unwrap()
            }
            Err(error) => error,
        };
        let ConnectionError::ConnectionClosed(close) = ended else { panic!("{ended:?}") };
        assert!((0x100..0x200).contains(&u64::from(close.error_code)), "a TLS alert: {close:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_ca_that_the_file_does_not_accept_is_refused_and_its_clients_cut() {
    let world = World::new();
    let second = Ca::new("Second CA");
    world.folder.write("cas.pem", format!("{}{}", world.ca.pem, second.pem));
    let accepting = |cas: serde_json::Value| {
        let mut enforced = everything();
        enforced["intermediate"]["clientCas"] = cas;
        enforced
    };
    world.enforce(&accepting(json!([world.ca.digest(), second.digest()])));
    let server = world.start();
    let leaf = second.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    alice.hears_nothing().await;
    world.enforce(&accepting(json!([world.ca.digest()])));
    assert_eq!(alice.closed().await.0, 2);
    let again = Client::attempt(server.address, &world.ca, Some(&leaf), Habits::default()).await;
    let refused = match again {
        Ok(client) => tokio::time::timeout(Duration::from_secs(3), client.connection.closed()).await.unwrap(),
        Err(error) => error,
    };
    assert!(matches!(refused, ConnectionError::ConnectionClosed(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_revoked_client_is_cut_within_a_second() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    alice.hears_nothing().await;
    let mut enforced = everything();
    enforced["intermediate"]["revoked"] = json!([leaf.fingerprint()]);
    let begin = std::time::Instant::now();
    world.enforce(&enforced);
    assert_eq!(alice.closed().await, (2, "revoked".into()));
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_ends_with_its_certificate() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(Says { valid: Some((-60, 3)), ..person("alice@example.com") });
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    alice.hears_nothing().await;
    assert_eq!(alice.closed().await, (2, "certificate-expired".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn clients_without_certificate_are_an_audience_of_their_own() {
    let world = World::new();
    let mut enforced = file(vec![]);
    enforced["intermediate"]["withoutCertificate"] =
        json!({ "reaches": ["dns"], "grants": [grant("dns", 53)] });
    world.enforce(&enforced);
    let server = world.start();
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("dns").await;
    let nobody = Client::connect(server.address, &world.ca, None).await;
    nobody.registers("dns").await;
    nobody.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    assert_eq!(read(&home.next().await).data, b"?");
    let begin = std::time::Instant::now();
    world.enforce(&everything());
    assert_eq!(nobody.closed().await.0, 1);
    assert!(begin.elapsed() < Duration::from_secs(1), "turning it off cuts within a second");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_resumes_a_session() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let config = crate::client::config(&world.ca, Some(&leaf), Habits::default());
    let endpoint = quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    for _ in 0..2 {
        let connecting = endpoint.connect_with(config.clone(), server.address, "localhost").unwrap();
        let connection = match connecting.into_0rtt() {
            Ok(_) => panic!("0-RTT was possible"),
            Err(connecting) => connecting.await.unwrap(),
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        connection.close(0u8.into(), b"");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_depends_on_its_address_comes_back_through_retry_and_others_move() {
    let world = World::new();
    let mut here = grant("dns", 53);
    here["sources"] = json!(["127.0.0.0/8"]);
    let mut enforced = file(vec![grant("web", 8080)]);
    let class = json!({ "principals": ["dave@example.com"], "reaches": ["dns"], "grants": [here] });
    enforced["intermediate"]["classes"].as_array_mut().unwrap().push(class);
    world.enforce(&enforced);
    let server = world.start();
    let connect = async |email| {
        let leaf = world.ca.client(person(email));
        let ping = Some(Duration::from_millis(100));
        Client::with(server.address, &world.ca, Some(&leaf), Habits { ping, ..Habits::default() }).await
    };
    let (alice, dave) = (connect("alice@example.com").await, connect("dave@example.com").await);
    for client in [&alice, &dave] {
        let observed = client.connection.read_datagram().await.unwrap();
        assert_eq!((observed[0], observed.len()), (0x01, 7));
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        client.endpoint.rebind(socket).unwrap();
    }
    assert_eq!(dave.closed().await.0, 4);
    let observed = tokio::time::timeout(Duration::from_secs(3), alice.connection.read_datagram()).await;
    let observed = observed.expect("its new address").unwrap();
    let port = alice.endpoint.local_addr().unwrap().port();
    assert_eq!(observed[..], [&[0x01, 127, 0, 0, 1][..], &port.to_be_bytes()].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_agent_that_moves_again_and_again_goes_on_whichever_socket_it_falls_to() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("dns").await;
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let mut inner = None;
    for round in 0..10u8 {
        alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), &[round]));
        let question = read(&home.next().await);
        assert_eq!(question.data, [round]);
        assert_eq!(*inner.get_or_insert(question.from), question.from);
        home.send(udp((DNS, 53), question.from, b"!"));
        assert_eq!(read(&alice.next().await).data, b"!");
        alice.endpoint.rebind(std::net::UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn clients_come_by_ipv6_too() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start_on(0, &["--bind", "[::1]"]);
    assert!(server.address.is_ipv6());
    let leaf = world.ca.client(person("alice@example.com"));
    let config = crate::client::config(&world.ca, Some(&leaf), Habits::default());
    let endpoint = quinn::Endpoint::client("[::1]:0".parse().unwrap()).unwrap();
    let connection = endpoint.connect_with(config, server.address, "localhost").unwrap().await.unwrap();
    let alice = Client { connection, endpoint };
    alice.say(&tunnel::wire::Message::Register("dns"));
    alice.is_refused("dns").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_that_come_at_once_from_one_address_all_get_in_within_seconds() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let config = crate::client::config(&world.ca, Some(&leaf), Habits::default());
    let endpoint = quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let connect = || {
        tokio::spawn(
            endpoint.connect_with(config.clone(), server.address, "localhost").unwrap().into_future(),
        )
    };
    let coming: Vec<_> = (0..230).map(|_| connect()).collect();
    let mut connections = Vec::new();
    for one in coming {
        connections.push(tokio::time::timeout(Duration::from_secs(20), one).await.unwrap().unwrap().unwrap());
    }
    assert!(connections.iter().all(|one| one.close_reason().is_none()));
    // The last messages of their handshakes may still be on their way.
    let accepted = || server.metric("ztna_handshakes_total{result=\"accepted\"}") == 230.0;
    eventually(Duration::from_secs(10), || accepted().then_some(()));
}
