//! One task per intermediate: it connects, reads, notices that the network changed, and comes back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn::{Connection, Endpoint, VarInt};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tunnel::wire::first;

use crate::backoff::Backoff;
use crate::event::{Ended, Event};
use crate::link::Link;
use crate::network::{changed, own_address};
use crate::{Server, Settings, quic, socket};

/// How long one address of a server may take for a handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Addresses of a server's name that are tried in one attempt.
const ADDRESSES: usize = 4;

/// After the network changed an answer must come within this, else the connection is made anew.
const ANSWER: Duration = Duration::from_secs(2);

/// How often a session that waits looks at the files of certificate and CAs.
const LOOK: Duration = Duration::from_secs(1);

/// Datagrams handed over at once.
const BATCH: usize = 64;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

pub(crate) struct Run {
    pub(crate) server: Server,
    pub(crate) settings: Settings,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) hurry: watch::Receiver<u64>,
    pub(crate) end: watch::Receiver<()>,
}

/// A connection with the socket and the address that it has.
struct Up {
    endpoint: Endpoint,
    link: Link,
    address: SocketAddr,
}

impl Run {
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let stamp = self.settings.credentials.stamp();
            let (why, lived) = self.session().await;
            if why == Ended::Left || self.is_over() {
                return;
            }
            tracing::debug!(server = %self.server.id, %why, "down");
            let pause = backoff.pause(&why, lived.unwrap_or_default(), dice());
            let down = Event::Down { server: self.server.id.clone(), was_up: lived.is_some(), why };
            if self.events.send(down).await.is_err() || !self.wait(pause, stamp).await {
                return;
            }
        }
    }

    fn is_over(&self) -> bool {
        self.end.has_changed().is_err() || self.events.is_closed()
    }

    /// One session: how it ended, and how long it was up; none where it never was.
    async fn session(&mut self) -> (Ended, Option<Duration>) {
        let mut end = self.end.clone();
        let up = tokio::select! {
            up = self.connect() => up,
            _ = end.changed() => return (Ended::Left, None),
        };
        let up = match up {
            Ok(up) => up,
            Err(why) => return (why, None),
        };
        let begin = Instant::now();
        self.greet(&up.link);
        if self.events.send(Event::Up(up.link.clone())).await.is_err() {
            return (Ended::Left, None);
        }
        let connection = up.link.connection();
        let why = tokio::select! {
            why = self.read(&up.link) => why,
            why = follow_network(&up) => why,
            _ = end.changed() => Ended::Left,
        };
        connection.close(VarInt::from_u32(0), b"");
        let _ = timeout(GOODBYE, up.endpoint.wait_idle()).await;
        (why, Some(begin.elapsed()))
    }

    /// Tries the server's addresses one after the other.
    async fn connect(&self) -> Result<Up, Ended> {
        let credentials = &self.settings.credentials;
        let tls = credentials.tls().map_err(|fault| Ended::Credentials(fault.to_string()))?;
        let config = quic::config(tls, self.settings.ping);
        let unreachable = |fault: String| Ended::Unreachable(format!("{}: {fault}", self.server.address));
        let found = timeout(HANDSHAKE, tokio::net::lookup_host(&self.server.address)).await;
        let found = found.map_err(|_| unreachable("its name is not resolved in time".into()))?;
        let addresses: Vec<_> =
            found.map_err(|error| unreachable(error.to_string()))?.take(ADDRESSES).collect();
        let mut last = unreachable("its name has no address".into());
        for address in addresses {
            match self.attempt(address, config.clone()).await {
                Ok(up) => return Ok(up),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    async fn attempt(&self, address: SocketAddr, config: quinn::ClientConfig) -> Result<Up, Ended> {
        let unreachable = |fault: &dyn std::fmt::Display| Ended::Unreachable(format!("{address}: {fault}"));
        let endpoint = endpoint(address).map_err(|error| unreachable(&error))?;
        let connecting = endpoint.connect_with(config, address, &self.server.name);
        let connecting = connecting.map_err(|fault| unreachable(&fault))?;
        let connection = timeout(HANDSHAKE, connecting).await.map_err(|_| unreachable(&"no answer"))?;
        let connection = connection.map_err(|fault| Ended::of(&fault, false))?;
        Ok(Up { endpoint, link: Link::new(self.server.id.clone(), connection), address })
    }

    /// The first datagram: one that no payload of 1,200 bytes can hold.
    fn greet(&self, link: &Link) {
        if self.settings.hello {
            let mut hello = vec![0; link.most()];
            if let Some(kind) = hello.first_mut() {
                *kind = first::WHY;
            }
            let _ = link.send(Bytes::from(hello));
        }
    }

    /// Hands over what comes in until the connection ends.
    async fn read(&self, link: &Link) -> Ended {
        let connection = link.connection();
        loop {
            let first = match connection.read_datagram().await {
                Ok(datagram) => datagram,
                Err(error) => return Ended::of(&error, true),
            };
            let mut datagrams = vec![first];
            take_more(connection, &mut datagrams);
            if self.events.send(Event::Datagrams { link: link.clone(), datagrams }).await.is_err() {
                return Ended::Left;
            }
        }
    }

    /// Waits before the next attempt; a changed network, a changed file and a hurry end it. Returns whether there is a next one.
    async fn wait(&mut self, pause: Duration, stamp: crate::credentials::Stamp) -> bool {
        let credentials = self.settings.credentials.clone();
        let files = async {
            while credentials.stamp() == stamp {
                sleep(LOOK).await;
            }
        };
        self.hurry.mark_unchanged();
        tokio::select! {
            () = sleep(pause) => true,
            () = files => true,
            () = network_of(&self.server.address) => true,
            hurried = self.hurry.changed() => hurried.is_ok(),
            _ = self.end.changed() => false,
        }
    }
}

/// Ends when the way to a server that is not connected changes.
async fn network_of(server: &str) {
    let address = match tokio::net::lookup_host(server).await {
        Ok(mut found) => found.next(),
        Err(_) => None,
    };
    match address {
        Some(address) => {
            changed(address, own_address(address)).await;
        }
        // No name service: no network, perhaps. The pause decides.
        None => std::future::pending().await,
    }
}

/// Takes a connection along to another network; ends where nobody answers from there.
async fn follow_network(up: &Up) -> Ended {
    let connection = up.link.connection();
    let mut before = own_address(up.address);
    loop {
        let now = changed(up.address, before).await;
        before = Some(now);
        tracing::info!(server = %up.link.server(), address = %now, "the network changed");
        let heard = connection.stats().udp_rx.datagrams;
        match socket::towards(up.address).and_then(|socket| up.endpoint.rebind(socket)) {
            Ok(()) => sleep(ANSWER).await,
            Err(error) => return Ended::Lost(format!("no socket after the network changed: {error}")),
        }
        if connection.stats().udp_rx.datagrams == heard {
            return Ended::Lost("no answer after the network changed".into());
        }
    }
}

fn endpoint(server: SocketAddr) -> std::io::Result<Endpoint> {
    let runtime = std::sync::Arc::new(quinn::TokioRuntime);
    Endpoint::new(quinn::EndpointConfig::default(), None, socket::towards(server)?, runtime)
}

/// The datagrams that are there already.
fn take_more(connection: &Connection, datagrams: &mut Vec<Bytes>) {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};
    while datagrams.len() < BATCH {
        let read = std::pin::pin!(connection.read_datagram());
        match read.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(datagram)) => datagrams.push(datagram),
            // An end is found again by whoever waits for the next one.
            _ => return,
        }
    }
}

/// Any number, for the jitter.
fn dice() -> u64 {
    let mut bytes = [0; 8];
    // Without randomness there is no jitter, which is no reason to stay away.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    u64::from_ne_bytes(bytes)
}
