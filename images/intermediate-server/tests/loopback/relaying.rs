//! What passes, what it looks like then, and what does not pass.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::json;
use tunnel::wire::{Because, Message, Refusal};

use crate::certificates::{connector, person};
use crate::client::{Client, Habits};
use crate::enforcement::{DNS, WEB, everything, file, grant};
use crate::packets::{ACK, EVERYBODY, RST, SYN, echo, ip, mss, read, tcp, udp, with_ttl};
use crate::path::Path;
use crate::server::{Server, World};

/// A world in which alice and carol may use `web` and `dns`, and connector `home` serves both.
async fn begin() -> (World, Server, Client, Client) {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("web").await;
    home.serves("dns").await;
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    (world, server, home, alice)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_packet_goes_there_and_its_answer_back() {
    let (_world, server, home, alice) = begin().await;
    alice.registers("dns").await;
    let me = (EVERYBODY, 9);
    // In its header, and bare.
    alice.to_service("dns", &udp(me, (DNS, 53), b"one"));
    let question = read(&home.next().await);
    assert_eq!((question.to, &question.data[..]), ((DNS, 53), &b"one"[..]));
    assert_eq!(question.from.0.octets()[0], 100, "a unique address out of 100.64.0.0/10");
    assert!(question.from.0 != EVERYBODY && (64..128).contains(&question.from.0.octets()[1]));
    alice.send(udp(me, (DNS, 53), b"two"));
    assert_eq!(read(&home.next().await).data, b"two");
    home.send(udp((DNS, 53), question.from, b"three"));
    let answer = read(&alice.next().await);
    assert_eq!((answer.from, answer.to, &answer.data[..]), ((DNS, 53), me, &b"three"[..]));
    alice.to_service("dns", &echo(EVERYBODY, DNS, 8, 77));
    let ping = home.next().await;
    assert_eq!(read(&ping).icmp(), (8, 0));
    home.send(echo(DNS, read(&ping).from.0, 0, 77));
    let pong = read(&alice.next().await);
    assert_eq!((pong.icmp(), pong.to.0), ((0, 0), EVERYBODY));
    assert_eq!(server.metric("ztna_datagrams_relayed_total"), 5.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_server_is_a_hop_of_the_path() {
    let (_world, server, home, alice) = begin().await;
    let question = |ttl| with_ttl(udp((EVERYBODY, 9), (DNS, 53), b"?"), ttl);
    alice.to_service("dns", &question(1));
    let told = read(&alice.next().await);
    assert_eq!((told.icmp(), told.from.0), ((11, 0), DNS), "time exceeded");
    alice.to_service("dns", &question(17));
    let arrived = read(&home.next().await);
    assert_eq!(arrived.ttl(), 16);
    home.send(udp((DNS, 53), arrived.from, b"!"));
    assert_eq!(read(&alice.next().await).ttl(), 63);
    assert_eq!(server.drops("packet-expired"), 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn two_agents_with_one_inner_address_get_their_own_answers() {
    let (world, server, home, alice) = begin().await;
    let carol =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("carol@example.com")))).await;
    let me = (EVERYBODY, 9);
    alice.to_service("dns", &udp(me, (DNS, 53), b"alice"));
    let first = read(&home.next().await);
    carol.to_service("dns", &udp(me, (DNS, 53), b"carol"));
    let second = read(&home.next().await);
    assert_ne!(first.from.0, second.from.0);
    for question in [second, first] {
        home.send(udp((DNS, 53), question.from, &question.data));
    }
    assert_eq!(read(&alice.next().await).data, b"alice");
    assert_eq!(read(&carol.next().await).data, b"carol");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_not_granted_is_denied_and_its_sender_told() {
    let (_world, server, home, alice) = begin().await;
    let denied: &[(&str, Vec<u8>, &str)] = &[
        ("web", tcp((EVERYBODY, 5), (WEB, 22), (7, 0, SYN), &[], b""), "port"),
        ("dns", udp((EVERYBODY, 5), (WEB, 53), b"x"), "destination"),
        ("web", udp((EVERYBODY, 5), (WEB, 8080), b"x"), "protocol"),
        ("nothing", udp((EVERYBODY, 5), (DNS, 53), b"x"), "service-unknown"),
    ];
    for (service, packet, reason) in denied {
        let before = server.drops(reason);
        alice.to_service(service, packet);
        let told = read(&alice.next().await);
        if packet[9] == 6 {
            assert_eq!((told.flags(), told.sequence(), told.from), (RST | ACK, 0, (WEB, 22)));
        } else {
            assert_eq!(told.icmp(), (3, 13), "{service}");
        }
        assert_eq!(server.drops(reason), before + 1.0, "{reason}");
    }
    home.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn packets_that_are_not_what_they_say_are_dropped() {
    let (_world, server, home, alice) = begin().await;
    let right = || udp((EVERYBODY, 5), (DNS, 53), b"x");
    let with = |at: usize, value: u8| {
        let mut packet = right();
        packet[at] = value;
        let (head, rest) = packet.split_at(20);
        let mut fixed = ip(head[9], EVERYBODY, DNS, rest);
        fixed[..10].copy_from_slice(&head[..10]);
        fix(&mut fixed);
        fixed
    };
    let from = |source: Ipv4Addr| udp((source, 5), (DNS, 53), b"x");
    let mut checksum = right();
    checksum[10] ^= 1;
    let mut cut = right();
    cut.truncate(24);
    let wrong: &[(Vec<u8>, &str)] = &[
        (checksum, "packet-checksum"),
        (cut, "packet-malformed"),
        (with(6, 0x20), "packet-fragment"),
        (with(7, 0x01), "packet-fragment"),
        (with(9, 47), "packet-protocol"),
        (with(24, 0xFF), "packet-malformed"),
        (from(Ipv4Addr::new(224, 0, 0, 1)), "packet-source"),
        (from(Ipv4Addr::LOCALHOST), "packet-source"),
        (from(Ipv4Addr::UNSPECIFIED), "packet-source"),
        (from(Ipv4Addr::BROADCAST), "packet-source"),
        (from(WEB), "packet-source"),
    ];
    for (packet, reason) in wrong {
        let before = server.drops(reason);
        alice.to_service("dns", packet);
        eventually_dropped(&server, reason, before + 1.0);
    }
    home.hears_nothing().await;
    alice.hears_nothing().await;
}

fn eventually_dropped(server: &Server, reason: &str, count: f64) {
    let begin = std::time::Instant::now();
    while server.drops(reason) != count {
        assert!(
            begin.elapsed() < Duration::from_secs(3),
            "not dropped as {reason}: {}",
            server.get("/metrics").1
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Makes the header's checksum right.
fn fix(packet: &mut [u8]) {
    packet[10..12].fill(0);
    let sum: u32 = packet[..20].chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    packet[10..12].copy_from_slice(&(!(folded as u16)).to_be_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connector_only_answers() {
    let (_world, server, home, alice) = begin().await;
    alice.registers("dns").await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    let question = read(&home.next().await);
    // Control messages, unasked packets, answers to other ports, echo requests: nothing of it arrives.
    home.say(&Message::Refused(Refusal::NotAuthorized, "dns"));
    home.say(&Message::Observed("203.0.113.7:4433".parse().unwrap()));
    home.say(&Message::ToService("dns", &udp((DNS, 53), question.from, b"no")));
    home.send(vec![0x77, 1, 2, 3]);
    home.send(udp((DNS, 53), (question.from.0, 10), b"no"));
    home.send(udp((DNS, 53), (EVERYBODY, 9), b"no"));
    home.send(tcp((DNS, 53), question.from, (1, 1, ACK), &[], b"no"));
    home.send(echo(DNS, question.from.0, 8, 9));
    alice.hears_nothing().await;
    assert_eq!(server.drops("message-unknown"), 4.0);
    assert_eq!(server.drops("no-flow"), 4.0);
    home.send(udp((DNS, 53), question.from, b"yes"));
    assert_eq!(read(&alice.next().await).data, b"yes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn answers_from_another_address_are_repaired_by_the_flow_table() {
    let (_world, server, home, alice) = begin().await;
    let backend = Ipv4Addr::new(10, 20, 1, 7);
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    let question = read(&home.next().await);
    for from in [(backend, 53), (backend, 5353), (DNS, 5353)] {
        home.send(udp(from, question.from, b"!"));
        let answer = read(&alice.next().await);
        assert_eq!((answer.from, answer.to), ((DNS, 53), (EVERYBODY, 9)), "from {from:?}");
    }
    // Which of two flows with this port is meant cannot be said: of TCP and UDP it can.
    alice.to_service("web", &tcp((EVERYBODY, 9), (WEB, 8080), (1, 0, SYN), &[], b""));
    home.next().await;
    home.send(udp((backend, 53), question.from, b"!"));
    assert_eq!(read(&alice.next().await).from, (DNS, 53));
    assert_eq!(server.drops("ambiguous-flow"), 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn agents_do_not_serve_and_connectors_only_what_they_are_given() {
    let (world, server, home, alice) = begin().await;
    alice.say(&Message::Serve("dns"));
    alice.is_refused("dns").await;
    home.say(&Message::Serve("mail"));
    home.is_refused("mail").await;
    home.say(&Message::Register("dns"));
    home.is_refused("dns").await;
    home.send(vec![0x11, 2, 0xC3, 0x28]);
    assert_eq!(Message::decode(&home.next().await), Ok(Message::Refused(Refusal::Malformed, "")));
    home.send(vec![0x11, 9, b'd']);
    home.hears_nothing().await;
    let stranger = world.ca.client(connector("connector.stranger.ztna"));
    let stranger = Client::connect(server.address, &world.ca, Some(&stranger)).await;
    stranger.say(&Message::Serve("dns"));
    stranger.is_refused("dns").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn registration_follows_policy_connector_and_certificate() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let alice = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&alice)).await;
    alice.say(&Message::Register("dns"));
    alice.is_refused("dns").await;
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("dns").await;
    alice.is_accepted("dns").await;
    let bob =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("bob@example.com")))).await;
    bob.say(&Message::Register("dns"));
    bob.is_refused("dns").await;
    let mut limited = person("alice@example.com");
    limited.dns = vec!["agent.web.ztna"];
    let limited = Client::connect(server.address, &world.ca, Some(&world.ca.client(limited))).await;
    limited.say(&Message::Register("dns"));
    limited.is_refused("dns").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_reason_of_a_denial_is_told_to_who_asks() {
    let (world, server, _home, alice) = begin().await;
    let ask = async |service: &str| {
        alice.say(&Message::Why(service));
        let answer = alice.next().await;
        let Ok(Message::Because(of, json)) = Message::decode(&answer) else { panic!("{answer:02x?}") };
        assert_eq!(of, service);
        Because::from_json(json).unwrap()
    };
    assert_eq!(ask("dns").await.reason, "allowed");
    assert_eq!(ask("nothing").await.reason, "service-unknown");
    let mut later = file(vec![grant("dns", 53)]);
    later["intermediate"]["classes"][1]["opensAt"] = json!({ "web": "2099-01-01T08:00:00Z" });
    server.applied(&world.enforce(&later));
    let because = ask("web").await;
    assert_eq!(because.reason, "not-now");
    assert_eq!(because.opens_at.as_deref(), Some("2099-01-01T08:00:00Z"));
    assert_eq!(because.owner.as_deref(), Some("platform"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_too_large_is_told_and_the_mss_fits_both_hops() {
    let (world, server, home, _alice) = begin().await;
    let carol = world.ca.client(person("carol@example.com"));
    let foreign = Habits { payload: 1200, ..Habits::default() };
    let carol = Client::with(server.address, &world.ca, Some(&carol), foreign).await;
    let (here, there) = ((EVERYBODY, 40000), (WEB, 8080));
    carol.to_service("web", &tcp(here, there, (1, 0, SYN), &mss(1460), b""));
    let syn = read(&home.next().await);
    assert_eq!(syn.mss(), 1126 - 3, "1126 less the id's length, the connection ids having 8 bytes");
    home.send(tcp(there, syn.from, (9, 2, SYN | ACK), &mss(1460), b""));
    assert_eq!(read(&carol.next().await).mss(), 1126 - 3);
    // One of ours shows that it is by a datagram that no payload of 1,200 bytes can hold.
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let mut why = Message::Why("web").to_bytes().unwrap();
    why.resize(1300, 0);
    alice.send(why);
    alice.next().await;
    alice.to_service("web", &tcp(here, there, (1, 0, SYN), &mss(1460), b""));
    let syn = read(&home.next().await);
    assert_eq!(syn.mss(), 1350 - 38 - 2 - 3 - 40, "what a payload of 1,350 leaves");
    home.send(tcp(there, syn.from, (9, 2, SYN | ACK), &mss(536), b""));
    assert_eq!(read(&alice.next().await).mss(), 536, "less stays less");
    // The connector's datagram limit is 1312 here: none of its packets can be too large for an agent with the same.
    assert_eq!(server.drops("packet-too-large"), 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn announcements_go_to_who_asked_before_a_flow_until_it_is_answered() {
    let (world, server, home, alice) = begin().await;
    home.say(&Message::ServeAnnounced("web"));
    home.is_accepted("web").await;
    let (here, there) = ((EVERYBODY, 40000), (WEB, 8080));
    let announced = async || {
        let datagram = home.next().await;
        let Ok(Message::Announce(json)) = Message::decode(&datagram) else { panic!("{datagram:02x?}") };
        serde_json::from_slice::<serde_json::Value>(json).unwrap()
    };
    for _ in 0..2 {
        alice.to_service("web", &tcp(here, there, (1, 0, SYN), &[], b""));
        let who = announced().await;
        let syn = read(&home.next().await);
        assert_eq!(who["inner"], json!(syn.from.0));
        assert_eq!(who["principal"], json!("alice@example.com"));
        let address = alice.endpoint.local_addr().unwrap().port();
        assert_eq!(who["address"], json!(format!("127.0.0.1:{address}")));
        assert_eq!(who["device"], json!({}));
    }
    let inner = {
        alice.to_service("web", &tcp(here, there, (1, 0, SYN), &[], b""));
        announced().await;
        read(&home.next().await).from
    };
    home.send(tcp(there, inner, (9, 2, SYN | ACK), &[], b""));
    alice.next().await;
    alice.to_service("web", &tcp(here, there, (2, 10, ACK), &[], b"data"));
    assert_eq!(read(&home.next().await).data, b"data", "answered: no announcement any more");
    drop((world, server));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn direct_paths_between_clients_are_refused() {
    let (_world, server, _home, alice) = begin().await;
    let (mut send, mut receive) = alice.connection.open_bi().await.unwrap();
    let _ = send.write_all(b"\x00\x00\x00\x01x").await;
    let answer = tokio::time::timeout(Duration::from_secs(3), receive.read_to_end(100)).await;
    assert!(answer.expect("an answer").is_err(), "reset");
    alice.registers("dns").await;
    assert!(server.metric("ztna_signaling_sessions_total") >= 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_agent_that_floods_does_not_slow_another() {
    let (world, server, home, alice) = begin().await;
    let carol =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("carol@example.com")))).await;
    let flood = tokio::spawn(async move {
        let data = [0; 1000];
        for _ in 0..20_000 {
            alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), &data));
            tokio::task::yield_now().await;
        }
        alice
    });
    let mut seen = 0;
    for number in 0..20u8 {
        carol.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), &[number]));
        let until = tokio::time::Instant::now() + Duration::from_secs(2);
        while let Ok(Some(packet)) = tokio::time::timeout_at(until, home.within(Duration::from_secs(2))).await
        {
            if read(&packet).data == [number] {
                seen += 1;
                break;
            }
        }
    }
    flood.abort();
    assert!(seen >= 18, "{seen} of 20 arrived");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_agent_behind_a_slow_path_does_not_slow_another() {
    let (world, server, home, alice) = begin().await;
    let path = Path::slow(server.address, Duration::from_millis(20)).await;
    let slow =
        Client::connect(path.address, &world.ca, Some(&world.ca.client(person("carol@example.com")))).await;
    let mut inner = Vec::new();
    for agent in [&alice, &slow] {
        agent.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
        inner.push(read(&home.next().await).from);
    }
    let answers = tokio::spawn(async move {
        for _ in 0..500 {
            for to in &inner {
                home.send(udp((DNS, 53), *to, &[0; 1000]));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        home
    });
    let mut heard = 0;
    while alice.within(Duration::from_millis(1000)).await.is_some() {
        heard += 1;
    }
    assert!(heard >= 490, "{heard} of 500 answers");
    drop(answers.await);
}
