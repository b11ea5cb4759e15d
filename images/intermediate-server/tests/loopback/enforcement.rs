//! Enforcement files, and what a changed one does to running flows.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::certificates::{connector, person};
use crate::client::Client;
use crate::packets::{ACK, EVERYBODY, RST, SYN, read, tcp, udp};
use crate::server::{World, eventually};

pub const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
pub const DNS: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 3);

/// An instant so many seconds from now, as the file writes it.
pub fn instant(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    tunnel::time::Instant::from_seconds(now + seconds).to_string()
}

pub fn grant(service: &str, port: u16) -> Value {
    json!({ "service": service, "ports": [[port, port]], "notBefore": instant(-60), "notAfter": instant(300) })
}

/// Two services, `web` (tcp/8080) and `dns` (udp/53), served by connector `home`; alice may use what is given here.
pub fn file(grants: Vec<Value>) -> Value {
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(300),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24",
            "services": [
                { "id": "dns", "protocol": "udp", "ports": [[53, 53]], "virtualIp": DNS, "owner": "platform" },
                { "id": "web", "protocol": "tcp", "ports": [[8080, 8080]], "virtualIp": WEB, "owner": "platform" },
            ],
            "classes": [
                { "principals": [], "reaches": [], "grants": [] },
                { "principals": ["alice@example.com", "carol@example.com"], "reaches": ["dns", "web"], "grants": grants },
            ],
            "revoked": [],
            "connectors": [{ "id": "home", "services": ["dns", "web"] }, { "id": "other", "services": ["dns", "web"] }],
        },
    })
}

pub fn everything() -> Value {
    file(vec![grant("dns", 53), grant("web", 8080)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_changed_file_opens_and_cuts_a_running_flow_within_a_second() {
    let world = World::new();
    world.enforce(&file(vec![]));
    let server = world.start();
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("web").await;
    alice.registers("web").await;
    let (here, there) = ((EVERYBODY, 40000), (WEB, 8080));
    alice.to_service("web", &tcp(here, there, (100, 0, SYN), &[], b""));
    assert_eq!(read(&alice.next().await).flags() & RST, RST, "a denied SYN is reset");

    let opened = Instant::now();
    world.enforce(&everything());
    let came = loop {
        alice.to_service("web", &tcp(here, there, (100, 0, SYN), &[], b""));
        match home.within(Duration::from_millis(20)).await {
            Some(packet) => break read(&packet),
            None => assert!(opened.elapsed() < Duration::from_secs(1), "opened too late"),
        }
    };
    home.send(tcp(there, came.from, (500, 101, SYN | ACK), &[], b""));
    while read(&alice.next().await).flags() & SYN == 0 {}
    alice.to_service("web", &tcp(here, there, (101, 501, ACK), &[], b"hello"));
    assert_eq!(read(&home.next().await).data, b"hello");

    let cut = Instant::now();
    world.enforce(&file(vec![grant("dns", 53)]));
    let (to_home, to_alice) = (read(&home.next().await), read(&alice.next().await));
    assert!(cut.elapsed() < Duration::from_secs(1), "cut after {:?}", cut.elapsed());
    assert_eq!((to_home.flags() & RST, to_home.sequence(), to_home.from), (RST, 101, came.from));
    assert_eq!((to_alice.flags() & RST, to_alice.sequence(), to_alice.from), (RST, 501, there));
    let second = read(&home.next().await);
    assert_eq!(
        (second.flags() & RST, second.sequence()),
        (RST, 106),
        "it may have received what was on its way"
    );
    alice.to_service("web", &tcp(here, there, (106, 501, ACK), &[], b"more"));
    home.hears_nothing().await;
    let is_flow = |line: &Value| line.get("connector").is_some();
    let line = eventually(Duration::from_secs(2), || world.access_log().into_iter().find(is_flow));
    assert_eq!(
        (&line["why"], &line["service"], &line["port"]),
        (&json!("not-now"), &json!("web"), &json!(8080))
    );
    assert_eq!((&line["principal"], &line["connector"]), (&json!("alice@example.com"), &json!("home")));
    let denied =
        eventually(Duration::from_secs(2), || world.access_log().into_iter().find(|line| !is_flow(line)));
    assert_eq!(
        (&denied["why"], &denied["protocol"], &denied["bytesOut"]),
        (&json!("not-now"), &json!("tcp"), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn denials_are_counted_one_by_one_and_logged_by_samples() {
    let world = World::new();
    world.enforce(&file(vec![]));
    let server = world.start();
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    (0..500).for_each(|_| alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?")));
    eventually(Duration::from_secs(3), || (server.drops("not-now") == 500.0).then_some(()));
    server.signal("TERM");
    server.ended(Duration::from_secs(5));
    let lines = world.access_log().len();
    assert!((1..200).contains(&lines), "{lines} lines");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_grant_ends_in_the_middle_of_a_flow_without_another_file() {
    let world = World::new();
    let mut ending = grant("dns", 53);
    ending["notAfter"] = json!(instant(3));
    world.enforce(&file(vec![ending]));
    let server = world.start();
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let home =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(connector("connector.home.ztna"))))
            .await;
    home.serves("dns").await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    let question = read(&home.next().await);
    home.send(udp((DNS, 53), question.from, b"!"));
    assert_eq!(read(&alice.next().await).data, b"!");
    let message = alice.next().await;
    assert_eq!(read(&message).icmp(), (3, 13), "administratively prohibited");
    home.send(udp((DNS, 53), question.from, b"late"));
    alice.hears_nothing().await;
    assert!(server.drops("no-flow") >= 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn when_the_lease_is_over_nothing_passes() {
    let world = World::new();
    let mut ending = everything();
    ending["notAfter"] = json!(instant(2));
    for grant in ending["intermediate"]["classes"][1]["grants"].as_array_mut().unwrap() {
        grant["notAfter"] = json!(instant(2));
    }
    world.enforce(&ending);
    let server = world.start();
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let home =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(connector("connector.home.ztna"))))
            .await;
    home.serves("dns").await;
    assert_eq!(server.get("/readyz").0, 200);
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    home.next().await;
    eventually(Duration::from_secs(4), || (server.get("/readyz").0 == 503).then_some(()));
    while home.within(Duration::from_millis(50)).await.is_some() {}
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    home.hears_nothing().await;
    assert_eq!(server.get("/healthz").0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refused_file_leaves_the_one_in_force_and_says_why() {
    let world = World::new();
    let digest = world.enforce(&everything());
    let server = world.start();
    server.applied(&digest);
    let mut wrong = everything();
    wrong["intermediate"]["services"][0]["protocol"] = json!("sctp");
    let refused = world.enforce(&wrong);
    let applied = eventually(Duration::from_secs(2), || {
        Some(server.json("/applied")).filter(|applied| applied.get("refused").is_some())
    });
    assert_eq!(applied["digest"], json!(digest));
    assert_eq!(applied["refused"]["digest"], json!(refused));
    world.enforce(&everything());
    eventually(Duration::from_secs(2), || server.json("/applied").get("refused").is_none().then_some(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn without_a_file_everything_is_denied_and_registrations_are_promoted_when_it_comes() {
    let world = World::new();
    let server = world.start();
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let home =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(connector("connector.home.ztna"))))
            .await;
    home.say(&tunnel::wire::Message::Serve("dns"));
    home.is_refused("dns").await;
    alice.say(&tunnel::wire::Message::Register("dns"));
    alice.is_refused("dns").await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    home.hears_nothing().await;
    assert_eq!(server.json("/applied").get("digest"), None);
    world.enforce(&everything());
    home.is_accepted("dns").await;
    alice.is_accepted("dns").await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    assert_eq!(read(&home.next().await).data, b"?");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_that_is_taken_away_denies_and_one_that_cannot_be_read_changes_nothing() {
    let world = World::new();
    let digest = world.enforce(&everything());
    let server = world.start();
    server.applied(&digest);
    let path = world.folder.0.join("enforcement.json");
    std::fs::rename(&path, world.folder.0.join("kept")).unwrap();
    std::fs::create_dir(&path).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.json("/applied")["digest"], json!(digest), "a failure of reading is no decision");
    std::fs::remove_dir(&path).unwrap();
    eventually(Duration::from_secs(2), || server.json("/applied").get("digest").is_none().then_some(()));
    assert_eq!(server.get("/readyz").0, 503);
    std::fs::rename(world.folder.0.join("kept"), &path).unwrap();
    server.applied(&digest);
}
