//! The running server: what all of its tasks share, and how it begins and ends.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use quinn::{Endpoint, TokioRuntime};
use ring::rand::{SecureRandom, SystemRandom};
use tunnel::config::Invalid;
use tunnel::enforcement::IntermediateRules;
use tunnel::figures::DropReason;
use tunnel::keys::SharedKeys;
use tunnel::limits::{ADDRESSES, Buckets, HANDSHAKES_PER_ADDRESS};

use super::access_log::{AccessLog, Writer};
use super::identifiers::Secrets;
use super::log::Denials;
use super::peer::Peer;
use super::status::Status;
use super::tls::{CurrentTrust, OwnCertificate, Trust};
use super::{accept, alone, connection, quic, sockets, tls, watch};
use crate::relay::{Action, Close, ConnectionId, Counts, Idle, Now, Relay};

/// How often time passes for the relay: windows and leases end within this.
const TICK: Duration = Duration::from_millis(100);

/// From SIGTERM to the end there are 3 s; the rest is for the log.
const DRAIN: Duration = Duration::from_millis(2_500);

/// The most endpoints that an address has: connections are carried by all cores in any case, only receiving and sorting
/// packets is an endpoint's own work.
const MOST_LANES: usize = 8;

/// As many endpoints as there are cores.
pub fn lanes() -> u8 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u8::try_from(cores.min(MOST_LANES)).unwrap_or(1)
}

/// A text that no other start has: 16 random bytes.
pub fn run_id() -> String {
    let mut random = [0; 16];
    let _ = SystemRandom::new().fill(&mut random);
    random.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Milliseconds for which whoever tells figures waits for the relay.
const PATIENCE: u32 = 20;

/// What a server needs to begin.
pub struct Setup {
    /// `intermediate/<id>`.
    pub component: String,
    /// Which instance of it.
    pub instance: String,
    /// Where to listen.
    pub addresses: Vec<SocketAddr>,
    /// How many endpoints each address has: as many as there are cores for them.
    pub lanes: u8,
    /// The enforcement file.
    pub enforcement: PathBuf,
    /// The access log; none is the standard output.
    pub access_log: Option<PathBuf>,
    /// How long flows may be idle.
    pub idle: Idle,
    /// Keys that all instances share.
    pub keys: SharedKeys,
    /// The client CAs that are known.
    pub trust: Trust,
    /// Our own certificate.
    pub own: Arc<OwnCertificate>,
    /// What is told outside.
    pub status: Arc<Status>,
}

/// What all tasks share.
pub struct Server {
    pub(super) component: String,
    pub(super) status: Arc<Status>,
    pub(super) trust: Arc<CurrentTrust>,
    pub(super) own: Arc<OwnCertificate>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) rules: Arc<ArcSwapOption<IntermediateRules>>,
    pub(super) peers: RwLock<HashMap<ConnectionId, Arc<Peer>>>,
    pub(super) next: AtomicU64,
    pub(super) handshakes: AtomicUsize,
    pub(super) handshakes_of: Mutex<Buckets<std::net::IpAddr>>,
    pub(super) access_log: AccessLog,
    pub(super) names: alone::Names,
    relay: Mutex<Relay>,
    writer: Writer,
    denials: Denials,
}

/// A server that listens.
pub struct Running {
    /// What its tasks share.
    pub server: Arc<Server>,
    /// Its endpoints.
    endpoints: Vec<Endpoint>,
}

/// Opens all sockets and begins.
pub fn start(setup: Setup) -> Result<Running, Invalid> {
    let rules = Arc::new(ArcSwapOption::empty());
    let failures = setup.status.metrics.retry_token_failures.clone();
    let secrets = quic::secrets(&setup.keys, &setup.component, failures);
    let trust = Arc::new(ArcSwap::from_pointee(setup.trust));
    let accepts = accepts_by(Arc::clone(&rules), Arc::clone(&setup.status));
    let tls = tls::server_config(Arc::clone(&setup.own), Arc::clone(&trust), accepts)?;
    let config = quic::server_config(tls, &secrets);
    let mut endpoints = Vec::new();
    for address in &setup.addresses {
        let wrong = |fault: std::io::Error| Invalid(format!("{address} cannot be listened on: {fault}"));
        let opened = match sockets::open(*address, setup.lanes) {
            // The default asks for both kinds: a machine without IPv6 has one.
            Err(fault) if setup.addresses.len() > 1 && sockets::is_without_ipv6(*address, &fault) => {
                tracing::warn!(%address, "this machine has no IPv6");
                continue;
            }
            opened => opened.map_err(wrong)?,
        };
        for (lane, socket) in (0..).zip(opened) {
            let own = quic::endpoint_config(&secrets, lane, setup.lanes);
            let runtime = Arc::new(TokioRuntime);
            let endpoint = Endpoint::new_with_abstract_socket(own, Some(config.clone()), socket, runtime);
            endpoints.push(endpoint.map_err(wrong)?);
        }
    }
    let log = |fault| Invalid(format!("the access log cannot be opened: {fault}"));
    let server = Arc::new(Server {
        access_log: AccessLog::open(setup.access_log).map_err(log)?,
        writer: Writer { component: setup.component.clone(), instance: setup.instance },
        relay: Mutex::new(Relay::new(setup.keys.inner_addresses(), setup.idle)),
        component: setup.component,
        status: setup.status,
        trust,
        own: setup.own,
        secrets,
        rules,
        peers: RwLock::default(),
        next: AtomicU64::new(1),
        handshakes: AtomicUsize::new(0),
        handshakes_of: Mutex::new(Buckets::new(HANDSHAKES_PER_ADDRESS, ADDRESSES)),
        names: alone::Names::default(),
        denials: Denials::default(),
    });
    begin(&server, &endpoints, setup.enforcement, setup.keys);
    Ok(Running { server, endpoints })
}

/// The file is read before the first client is let in: a restart denies nothing that is allowed.
fn begin(server: &Arc<Server>, endpoints: &[Endpoint], enforcement: PathBuf, keys: SharedKeys) {
    let mut watch = watch::Watch::new(enforcement);
    watch.look(server);
    tokio::spawn(watch::run(watch, Arc::clone(server)));
    tokio::spawn(tick(Arc::clone(server)));
    tokio::spawn(connection::attend(Arc::clone(server)));
    let names = Arc::clone(&server.names);
    tokio::spawn(alone::wait(names, keys, server.component.clone(), Arc::clone(&server.secrets)));
    for endpoint in endpoints {
        tokio::spawn(accept::run(endpoint.clone(), Arc::clone(server)));
    }
    let counted = Arc::downgrade(server);
    server.status.refresh_by(Box::new(move || counted.upgrade().iter().for_each(|server| server.publish())));
    server.status.listening();
}

/// Whether the file in force accepts a client's CA. Without file every known CA is accepted, and nothing passes.
fn accepts_by(rules: Arc<ArcSwapOption<IntermediateRules>>, status: Arc<Status>) -> Box<tls::AcceptsCa> {
    Box::new(move |credentials| {
        let now = status.clock.now().instant;
        rules
            .load()
            .as_ref()
            .is_none_or(|rules| rules.admits(credentials, now) != Err(DropReason::CaNotAccepted))
    })
}

async fn tick(server: Arc<Server>) {
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
                    if let Some(Err(reason)) = sent {
                        self.status.metrics.common.dropped(reason);
                    }
                }
                Action::Close { connection, code, reason } => {
                    if let Some(peer) = peers.get(&connection) {
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

impl Running {
    /// The addresses on which it listens, each once.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let mut all: Vec<_> =
            self.endpoints.iter().filter_map(|endpoint| endpoint.local_addr().ok()).collect();
        all.dedup();
        all
    }

    /// Not ready any more; closes every connection, so that clients go elsewhere, and waits until they know or 3 s are over.
    pub async fn drain(&self) {
        let server = &self.server;
        server.status.draining();
        server.relay(|relay, now| relay.drain(now));
        for endpoint in &self.endpoints {
            let code = quinn::VarInt::from_u32(Close::GoingAway as u32);
            endpoint.close(code, DropReason::Draining.name().as_bytes());
        }
        let idle = async {
            for endpoint in &self.endpoints {
                endpoint.wait_idle().await;
            }
        };
        let _ = tokio::time::timeout(DRAIN, idle).await;
        server.access_log.close();
    }
}
