//! A connection's life: datagrams in batches, streams refused, its address watched.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use quinn::{Connection, RecvStream, SendStream, VarInt};
use tunnel::figures::DropReason;

use super::intake::Intake;
use super::peer::Peer;
use super::server::Server;
use crate::relay::ConnectionId;

/// Datagrams taken at once: as many as a receiving system call brings, so that the relay is asked once for them.
pub(super) const BATCH: usize = 64;

/// How often connectors are felt: one that is silent is noticed within this.
const FEEL: Duration = Duration::from_millis(200);

/// Every so many times all connections are looked at: whether their address changed. Those that send are looked at with
/// everything that they send.
const ROUNDS: u32 = 5;

/// The code with which streams are refused: direct paths between clients would go around the policy.
const REFUSED: VarInt = VarInt::from_u32(1);

/// Carries what a client sends to the relay until it is gone.
pub async fn serve(id: ConnectionId, mut outer: SocketAddr, peer: Arc<Peer>, server: Arc<Server>) {
    let connection = &peer.connection;
    let (mut batch, mut intake) = (Vec::new(), Intake::default());
    loop {
        tokio::select! {
            datagram = connection.read_datagram() => match datagram {
                Ok(datagram) => {
                    batch.push(datagram);
                    take_more(connection, &mut batch);
                    let lost = intake.took(batch.len(), || connection.stats().frame_rx.datagram);
                    server.status.metrics.common.dropped_many(DropReason::MemoryLimit, lost);
                    let now_outer = connection.remote_address();
                    let moved = (now_outer != outer).then_some(now_outer);
                    outer = now_outer;
                    server.carry(id, moved, connection, &mut batch);
                }
                Err(_) => break,
            },
            stream = connection.accept_bi() => match stream {
                Ok(stream) => refuse(stream, &server),
                Err(_) => break,
            },
        }
    }
    server.relay(|relay, now| relay.disconnect(id, now));
}

/// The datagrams that are there already.
fn take_more(connection: &Connection, batch: &mut Vec<Bytes>) {
    while batch.len() < BATCH {
        let Some(datagram) = ready_datagram(connection) else { return };
        batch.push(datagram);
    }
}

/// The next datagram, if it is there now.
fn ready_datagram(connection: &Connection) -> Option<Bytes> {
    let read = pin!(connection.read_datagram());
    match read.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(datagram)) => Some(datagram),
        // An end is found again by whoever waits for the next one.
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

fn refuse((mut send, mut receive): (SendStream, RecvStream), server: &Server) {
    server.status.metrics.signaling_sessions.inc();
    let _ = send.reset(REFUSED);
    let _ = receive.stop(REFUSED);
}

impl Server {
    /// Hands a batch to the relay.
    fn carry(
        &self,
        id: ConnectionId,
        moved: Option<SocketAddr>,
        connection: &Connection,
        batch: &mut Vec<Bytes>,
    ) {
        self.relay(|relay, now| {
            if let Some(outer) = moved {
                relay.moved(id, outer, connection.max_datagram_size().unwrap_or(0), now);
            }
            for datagram in batch.drain(..) {
                relay.datagram(id, &datagram, now);
            }
        });
    }
}

/// Looks at all connections again and again: also one that sends no datagrams may have moved, or gone silent.
pub async fn attend(server: Arc<Server>) {
    let mut interval = tokio::time::interval(FEEL);
    for round in 0u32.. {
        interval.tick().await;
        server.feel_connectors();
        if round.is_multiple_of(ROUNDS) {
            server.look_for_moved();
        }
    }
}

impl Server {
    fn feel_connectors(&self) {
        for id in self.relay(|relay, _| relay.connectors()) {
            if let Some(peer) = self.peer(id) {
                let stats = peer.connection.stats();
                self.relay(|relay, now| relay.feel(id, stats.udp_rx.datagrams, stats.frame_rx.ping, now));
            }
        }
    }

    fn look_for_moved(&self) {
        let known = self.relay(|relay, _| relay.outers());
        let moved: Vec<_> = {
            let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
            let now = |id: &ConnectionId| peers.get(id).map(|peer| peer.connection.remote_address());
            let moved =
                known.into_iter().filter_map(|(id, outer)| Some((id, now(&id).filter(|now| *now != outer)?)));
            moved.collect()
        };
        for (id, outer) in moved {
            let to_client = self.peer(id).and_then(|peer| peer.connection.max_datagram_size()).unwrap_or(0);
            self.relay(|relay, now| relay.moved(id, outer, to_client, now));
        }
    }

    fn peer(&self, id: ConnectionId) -> Option<Arc<Peer>> {
        self.peers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }
}
