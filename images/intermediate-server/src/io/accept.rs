//! Handshakes: first Retry, then TLS within limits, then the relay's word.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use quinn::{Connection, Endpoint, Incoming};
use rustls::pki_types::CertificateDer;
use tunnel::enforcement::Credentials;
use tunnel::figures::{DropReason, Handshake};
use tunnel::limits::sharing;

use super::connection;
use super::handshakes::{GivesWay, Handshakes};
use super::peer::Peer;
use super::server::Server;
use crate::relay::{Arrival, Close, ConnectionId};

/// A handshake takes three round trips and a signature on each side.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Takes clients in until the endpoint is closed.
pub async fn run(endpoint: Endpoint, server: Arc<Server>) {
    while let Some(incoming) = endpoint.accept().await {
        // Every client shows first that its address is its own.
        if !incoming.remote_address_validated() {
            server.status.metrics.handshake(Handshake::Retried);
            let _ = incoming.retry();
            continue;
        }
        server.status.metrics.retry_tokens_validated.inc();
        match server.begin_handshake(&incoming) {
            Ok(begun) => drop(tokio::spawn(admit(incoming, begun, Arc::clone(&server)))),
            Err(reason) => {
                // Dropped in silence: the client repeats its packet, and by then there is room.
                server.status.metrics.common.dropped(reason);
                server.status.metrics.handshake(Handshake::Limited);
                incoming.ignore();
            }
        }
    }
}

impl Server {
    /// Notes a handshake that begins, where that is within the limits.
    fn begin_handshake(&self, incoming: &Incoming) -> Result<(u64, GivesWay), DropReason> {
        let now = self.status.clock.now().monotonic;
        let address = sharing(incoming.remote_address().ip());
        let mut rates = self.handshakes_of.lock().unwrap_or_else(PoisonError::into_inner);
        if !rates.take(address, 1, now) {
            return Err(DropReason::AddressRate);
        }
        self.handshakes().begin(now).ok_or(DropReason::HandshakeLimit)
    }

    fn handshakes(&self) -> MutexGuard<'_, Handshakes> {
        self.handshakes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the client showed: none where that was nothing, an error where nobody can use it.
    fn credentials(&self, connection: &Connection) -> Result<Option<Credentials>, String> {
        match shown(connection) {
            Some(chain) if !chain.is_empty() => self.trust.load().credentials(&chain).map(Some),
            _ => Ok(None),
        }
    }
}

/// The certificates that a client showed.
pub(super) fn shown(connection: &Connection) -> Option<Vec<CertificateDer<'static>>> {
    let shown = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    Some(*shown)
}

/// One handshake. The connection's life after it is a task of its own, so that what a handshake needs is not kept.
async fn admit(incoming: Incoming, (number, gives_way): (u64, GivesWay), server: Arc<Server>) {
    let shaking = async { tokio::time::timeout(HANDSHAKE, incoming.accept().ok()?).await.ok()?.ok() };
    let shaken = tokio::select! {
        shaken = shaking => shaken,
        _ = gives_way => {
            server.status.metrics.common.dropped(DropReason::HandshakeLimit);
            None
        }
    };
    server.handshakes().end(number);
    let metrics = &server.status.metrics;
    let Some(connection) = shaken else { return metrics.handshake(Handshake::Failed) };
    match server.credentials(&connection) {
        Ok(credentials) => drop(tokio::spawn(welcome(connection, credentials, Arc::clone(&server)))),
        Err(unusable) => {
            metrics.common.dropped(DropReason::CertificateUnusable);
            metrics.handshake(Handshake::Refused);
            let why = format!("{}: {unusable}", DropReason::CertificateUnusable);
            tracing::info!(source = %connection.remote_address(), reason = why, "connection closed");
            Peer::new(connection).close(Close::NoUsableCertificate, &why);
        }
    }
}

async fn welcome(connection: Connection, credentials: Option<Credentials>, server: Arc<Server>) {
    let id = ConnectionId(server.next.fetch_add(1, Ordering::Relaxed));
    let outer = connection.remote_address();
    let to_client = connection.max_datagram_size().unwrap_or(0);
    let peer = Arc::new(Peer::new(connection));
    server.peers.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&peer));
    let arrival = Arrival { id, credentials, outer, to_client };
    let is_in = server.relay(|relay, now| relay.connect(arrival, now));
    server.status.metrics.handshake(if is_in { Handshake::Accepted } else { Handshake::Refused });
    if is_in {
        connection::serve(id, outer, Arc::clone(&peer), Arc::clone(&server)).await;
    }
    server.peers.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
}
