//! Several connectors for one service, and connectors that go away.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};

use crate::certificates::{connector, person};
use crate::client::{Client, Habits, SILENCE};
use crate::enforcement::{DNS, WEB, everything};
use crate::packets::{ACK, EVERYBODY, RST, SYN, read, tcp, udp};
use crate::server::{Server, World};

async fn begin() -> (World, Server, [Client; 2], Client) {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let ping = Some(Duration::from_millis(500));
    let mut connectors = Vec::new();
    for name in ["connector.home.ztna", "connector.other.ztna"] {
        let leaf = world.ca.client(connector(name));
        let one =
            Client::with(server.address, &world.ca, Some(&leaf), Habits { ping, ..Habits::default() }).await;
        one.serves("web").await;
        one.serves("dns").await;
        connectors.push(one);
    }
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    let Ok(connectors) = connectors.try_into() else { panic!("two") };
    (world, server, connectors, alice)
}

/// Which of two gets the next packet.
async fn who(connectors: &[Client; 2]) -> (usize, Vec<u8>) {
    tokio::select! {
        packet = connectors[0].next() => (0, packet.to_vec()),
        packet = connectors[1].next() => (1, packet.to_vec()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn flows_stick_to_the_least_loaded() {
    let (_world, _server, connectors, alice) = begin().await;
    let mut counts = [0; 2];
    for port in 1..=10 {
        let mut chosen = Vec::new();
        for _ in 0..3 {
            alice.to_service("dns", &udp((EVERYBODY, port), (DNS, 53), b"?"));
            chosen.push(who(&connectors).await.0);
        }
        assert!(chosen.iter().all(|one| *one == chosen[0]), "a flow stays: {chosen:?}");
        counts[chosen[0]] += 1;
    }
    assert_eq!(counts, [5, 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_that_closes_is_left_at_once() {
    let (_world, _server, connectors, alice) = begin().await;
    alice.to_service("web", &tcp((EVERYBODY, 1), (WEB, 8080), (5, 0, SYN), &[], b""));
    let (first, syn) = who(&connectors).await;
    let syn = read(&syn);
    connectors[first].send(tcp((WEB, 8080), syn.from, (70, 6, SYN | ACK), &[], b""));
    alice.next().await;
    connectors[first].connection.close(0u8.into(), b"");
    let reset = read(&alice.next().await);
    assert_eq!((reset.flags() & RST, reset.from), (RST, (WEB, 8080)));
    alice.to_service("web", &tcp((EVERYBODY, 2), (WEB, 8080), (5, 0, SYN), &[], b""));
    assert_eq!(read(&connectors[1 - first].next().await).to, (WEB, 8080));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_that_is_silent_for_three_pings_is_left_within_two_seconds() {
    let (_world, server, connectors, alice) = begin().await;
    tokio::time::sleep(Duration::from_millis(3500)).await;
    alice.to_service("web", &tcp((EVERYBODY, 2), (WEB, 8080), (5, 0, SYN), &[], b""));
    let (silent, syn) = who(&connectors).await;
    connectors[silent].send(tcp((WEB, 8080), read(&syn).from, (70, 6, SYN | ACK), &[], b""));
    alice.next().await;
    // The connector's machine is gone: nothing comes from it any more.
    connectors[silent].endpoint.rebind_abstract(Arc::new(Nowhere)).unwrap();
    let begin = std::time::Instant::now();
    let reset = read(&alice.next().await);
    assert_eq!(reset.flags() & RST, RST);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    assert_eq!(read(&connectors[1 - silent].next().await).data, b"?");
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_that_pings_seldom_is_not_taken_for_gone() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    home.serves("dns").await;
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    tokio::time::sleep(Duration::from_millis(2500) + SILENCE).await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    assert_eq!(read(&home.next().await).data, b"?");
}

/// A socket that leads nowhere.
#[derive(Debug)]
struct Nowhere;

impl AsyncUdpSocket for Nowhere {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(Nowhere)
    }

    fn try_send(&self, _transmit: &Transmit) -> io::Result<()> {
        Ok(())
    }

    fn poll_recv(
        &self,
        _: &mut Context,
        _: &mut [IoSliceMut<'_>],
        _: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 9)))
    }
}

impl UdpPoller for Nowhere {
    fn poll_writable(self: Pin<&mut Self>, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
