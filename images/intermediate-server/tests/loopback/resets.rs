//! Restarts: clients learn at once that their connection is gone, and what they had is there again.

use std::time::{Duration, Instant};

use quinn::ConnectionError;

use crate::certificates::{connector, person};
use crate::client::{Client, Habits};
use crate::enforcement::{WEB, everything};
use crate::packets::{ACK, EVERYBODY, SYN, read, tcp};
use crate::server::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_tcp_flow_goes_on_over_a_restart_because_the_inner_address_is_the_same() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let (alice, home) =
        (world.ca.client(person("alice@example.com")), world.ca.client(connector("connector.home.ztna")));
    let ping = Some(Duration::from_millis(200));
    let habits = Habits { ping, ..Habits::default() };
    let first = Client::with(server.address, &world.ca, Some(&alice), habits).await;
    let serving = Client::with(server.address, &world.ca, Some(&home), habits).await;
    serving.serves("web").await;
    first.to_service("web", &tcp((EVERYBODY, 2), (WEB, 8080), (5, 0, SYN), &[], b""));
    let before = read(&serving.next().await).from;
    server.kill();
    let killed = Instant::now();
    let server = world.start_on(server.address.port(), &[]);
    for client in [&first, &serving] {
        let ended = tokio::time::timeout(Duration::from_secs(3), client.connection.closed()).await;
        assert!(matches!(ended, Ok(ConnectionError::Reset)), "a stateless reset: {ended:?}");
    }
    let again = Client::with(server.address, &world.ca, Some(&alice), habits).await;
    let serving = Client::with(server.address, &world.ca, Some(&home), habits).await;
    serving.serves("web").await;
    again.to_service("web", &tcp((EVERYBODY, 2), (WEB, 8080), (6, 71, ACK), &[], b"on"));
    let after = read(&serving.next().await);
    assert_eq!((after.from, &after.data[..]), (before, &b"on"[..]));
    serving.send(tcp((WEB, 8080), before, (71, 8, ACK), &[], b"and on"));
    assert_eq!(read(&again.next().await).data, b"and on");
    assert!(killed.elapsed() < Duration::from_secs(5), "{:?}", killed.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_agent_that_reconnects_keeps_its_address_and_its_flows() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let (alice, home) =
        (world.ca.client(person("alice@example.com")), world.ca.client(connector("connector.home.ztna")));
    let serving = Client::connect(server.address, &world.ca, Some(&home)).await;
    serving.serves("web").await;
    let mut addresses = Vec::new();
    for sequence in 0..3 {
        let agent = Client::connect(server.address, &world.ca, Some(&alice)).await;
        agent.to_service("web", &tcp((EVERYBODY, 2), (WEB, 8080), (sequence, 1, ACK), &[], b""));
        let there = read(&serving.next().await).from;
        serving.send(tcp((WEB, 8080), there, (1, sequence, ACK), &[], b""));
        agent.next().await;
        addresses.push(there);
        if sequence == 1 {
            // Gone without a word: the next connection takes the address over once this one has been silent for a second.
            tokio::time::sleep(Duration::from_millis(1100)).await;
            std::mem::forget(agent);
        } else {
            agent.connection.close(0u8.into(), b"");
        }
    }
    assert!(addresses.iter().all(|one| *one == addresses[0]), "{addresses:?}");
    assert_eq!(server.metric("ztna_flows"), 1.0);
}
