//! How the server begins.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use component::own::OwnCertificate;
use component::status::Status;
use component::watch;
use quinn::{Endpoint, TokioRuntime};
use tunnel::config::Invalid;
use tunnel::enforcement::IntermediateRules;
use tunnel::figures::{DropReason, IntermediateMetrics};
use tunnel::keys::SharedKeys;
use tunnel::limits::{ADDRESSES, Buckets, HANDSHAKES, HANDSHAKES_PER_ADDRESS};

use super::access_log::{AccessLog, Writer};
use super::handshakes::Handshakes;
use super::identifiers::Secrets;
use super::log::Denials;
use super::running::Running;
use super::server::{Server, tick};
use super::trust::{AcceptsCa, Trust};
use super::{accept, alone, connection, quic, sockets, tls};
use crate::relay::{Idle, Relay};

/// The most endpoints that an address has: connections are carried by all cores in any case, only receiving and sorting
/// packets is an endpoint's own work.
const MOST_LANES: usize = 8;

/// As many endpoints as there are cores.
pub fn lanes() -> u8 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u8::try_from(cores.min(MOST_LANES)).unwrap_or(1)
}

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
    pub status: Arc<Status<IntermediateMetrics>>,
}

/// Opens all sockets and begins.
pub fn start(setup: Setup) -> Result<Running, Invalid> {
    let rules = Arc::new(ArcSwapOption::empty());
    let failures = setup.status.metrics.retry_token_failures.clone();
    let secrets = Arc::new(Secrets::new(&setup.keys, &setup.component, failures));
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
        handshakes: Mutex::new(Handshakes::new(HANDSHAKES)),
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
    watch.look(&**server);
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
    server.status.open(true);
}

/// Whether the file in force accepts a client's CA. Without file every known CA is accepted, and nothing passes.
fn accepts_by(
    rules: Arc<ArcSwapOption<IntermediateRules>>,
    status: Arc<Status<IntermediateMetrics>>,
) -> Box<AcceptsCa> {
    Box::new(move |credentials| {
        let now = status.clock.now().instant;
        rules
            .load()
            .as_ref()
            .is_none_or(|rules| rules.admits(credentials, now) != Err(DropReason::CaNotAccepted))
    })
}
