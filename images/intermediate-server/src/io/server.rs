//! What all tasks of the server share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use component::own::OwnCertificate;
use component::status::Status;
use tunnel::enforcement::IntermediateRules;
use tunnel::figures::{DropReason, IntermediateMetrics};
use tunnel::limits::Buckets;

use super::access_log::{AccessLog, Writer};
use super::alone;
use super::handshakes::Handshakes;
use super::identifiers::Secrets;
use super::log::Denials;
use super::peer::Peer;
use super::trust::CurrentTrust;
use crate::relay::{Action, Close, ConnectionId, Counts, Now, Relay};

/// How often time passes for the relay: windows and leases end within this.
const TICK: Duration = Duration::from_millis(100);

/// Milliseconds for which whoever tells figures waits for the relay.
const PATIENCE: u32 = 20;

/// What all tasks share.
pub struct Server {
    pub(super) component: String,
    pub(super) status: Arc<Status<IntermediateMetrics>>,
    pub(super) trust: Arc<CurrentTrust>,
    pub(super) own: Arc<OwnCertificate>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) rules: Arc<ArcSwapOption<IntermediateRules>>,
    pub(super) peers: RwLock<HashMap<ConnectionId, Arc<Peer>>>,
    pub(super) next: AtomicU64,
    pub(super) handshakes: Mutex<Handshakes>,
    pub(super) handshakes_of: Mutex<Buckets<IpAddr>>,
    pub(super) access_log: AccessLog,
    pub(super) names: alone::Names,
    pub(super) relay: Mutex<Relay>,
    pub(super) writer: Writer,
    pub(super) denials: Denials,
}

/// Lets time pass for the relay.
pub async fn tick(server: Arc<Server>) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        server.relay(|relay, now| relay.tick(now));
    }
}

impl Server {
    /// Asks the relay something, and does what it says.
    pub fn relay<T>(&self, ask: impl FnOnce(&mut Relay, Now) -> T) -> T {
        let now = self.status.clock.now();
        let (answer, actions) = {
            let mut relay = self.relay.lock().unwrap_or_else(PoisonError::into_inner);
            (ask(&mut relay, now), relay.actions())
        };
        if !actions.is_empty() {
            self.perform(actions, now);
        }
        answer
    }

    fn perform(&self, actions: Vec<Action>, now: Now) {
        let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
        for action in actions {
            match action {
                Action::Send { to, from, datagram } => {
                    let sent = peers.get(&to).map(|peer| peer.send(from, Bytes::from(datagram)));
                    if let Some(Err((reason, lost))) = sent {
                        self.status.metrics.common.dropped_many(reason, lost);
                    }
                }
                Action::Close { connection, code, reason } => {
                    if let Some(peer) = peers.get(&connection) {
                        log_close(peer, code, reason);
                        peer.close(code, reason.name());
                    }
                }
                Action::Ended(flow) => {
                    self.log_line(|writer, environment| Some(writer.flow(environment, &flow)))
                }
                Action::Denied(denial) => {
                    if self.denials.log(&denial, now.monotonic) {
                        self.log_line(|writer, environment| writer.denial(environment, &denial));
                    }
                }
            }
        }
    }

    /// Writes a line of the access log. Without file in force there is no environment to name, and no flow either.
    fn log_line(&self, line: impl FnOnce(&Writer, &str) -> Option<String>) {
        let line = self.status.environment().and_then(|environment| line(&self.writer, &environment));
        line.into_iter().for_each(|line| self.access_log.line(line));
    }

    /// Adds what the relay counted to the metrics.
    pub fn publish(&self) {
        let Some((counts, (clients, _, flows))) = self.counted() else { return };
        let metrics = &self.status.metrics;
        for (reason, count) in DropReason::ALL.iter().zip(counts.drops) {
            metrics.common.dropped_many(*reason, count);
        }
        metrics.datagrams_relayed.inc_by(counts.relayed);
        metrics.relay_bytes.inc_by(counts.bytes);
        metrics.registrations.inc_by(counts.registered);
        metrics.registration_rejections.inc_by(counts.rejected);
        let level = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        metrics.common.active_connections.set(level(clients));
        metrics.common.flows.set(level(flows));
    }
}

impl Server {
    /// What the relay counted; none where it is busy for long (with a large file, say): then the next one who asks gets it,
    /// since whoever serves health must not wait.
    fn counted(&self) -> Option<(Counts, (usize, usize, usize))> {
        for _ in 0..PATIENCE {
            if let Ok(mut relay) = self.relay.try_lock() {
                return Some((relay.counts(), relay.sizes()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        None
    }
}

/// Who has to go is worth a line, unless everybody has to.
fn log_close(peer: &Peer, code: Close, reason: DropReason) {
    if code != Close::GoingAway {
        let source = peer.connection.remote_address();
        tracing::info!(%source, code = code as u32, reason = reason.name(), "connection closed");
    }
}
