//! The relay without I/O: datagrams, events and instants go in, [`Action`]s come out.
//!
//! | file | holds |
//! |---|---|
//! | `client` | who is connected, and whether it may stay |
//! | `registrations` | which agent wants what, which connector serves it, why something is denied |
//! | `dispatch` | every datagram: limits, and what kind of message it is |
//! | `forth` | a packet of an agent on its way to a connector |
//! | `assign` | its flow, its inner address, its connector |
//! | `seek` | conversations that go on after a restart |
//! | `back` | a connector's answer on its way to the agent |
//! | `tell` | what the relay says itself |
//! | `cut` | ending flows: by policy, by time, with a connector |
//! | `flows`, `addresses`, `connectors`, `queue` | the tables |

mod addresses;
mod assign;
mod back;
mod client;
mod connectors;
mod cut;
mod dispatch;
mod flows;
mod forth;
mod queue;
mod registrations;
mod seek;
mod tell;

#[cfg(test)]
mod testing;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tunnel::digest::Digest;
use tunnel::enforcement::{Credentials, IntermediateRules};
use tunnel::figures::DropReason;
use tunnel::identity::Device;
use tunnel::keys::InnerAddresses;
use tunnel::limits::{ADDRESSES, Buckets, DATAGRAMS_PER_ADDRESS};
use tunnel::time::{Instant, Monotonic};

pub use flows::Idle;
pub use queue::{FairQueue, Full};

use addresses::Addresses;
use client::Client;
use connectors::Connectors;
use flows::Flows;

/// One QUIC connection; later ones have higher numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId(pub u64);

/// What time it is, by both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For policies, leases and certificates.
    pub instant: Instant,
    /// For whatever lasts.
    pub monotonic: Monotonic,
}

/// A client, as logs name it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Who {
    /// None: a client without certificate.
    pub principal: Option<String>,
    /// Of its certificate.
    pub fingerprint: Option<Digest>,
    /// What is known of its device.
    pub device: Device,
}

/// A connection whose handshake is over.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its number.
    pub id: ConnectionId,
    /// What it showed; none: no certificate.
    pub credentials: Option<Credentials>,
    /// Its outer address.
    pub outer: SocketAddr,
    /// The largest DATAGRAM that can be sent to it, in bytes.
    pub to_client: usize,
}

/// Application close codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Close {
    /// The server is going away.
    GoingAway = 0,
    /// No usable certificate.
    NoUsableCertificate = 1,
    /// The certificate is expired or revoked.
    ExpiredOrRevoked = 2,
    /// Over a limit.
    OverLimit = 3,
    /// Come back through Retry.
    ComeBack = 4,
}

/// What is to be done, in this order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send a datagram.
    Send {
        /// To whom.
        to: ConnectionId,
        /// In whose queue it waits.
        from: ConnectionId,
        /// The datagram.
        datagram: Vec<u8>,
    },
    /// Close a connection; [`Relay::disconnect`] is not called for it any more.
    Close {
        /// Which one.
        connection: ConnectionId,
        /// How.
        code: Close,
        /// Why, for the client.
        reason: DropReason,
    },
    /// A flow ended: a line of the access log.
    Ended(Box<EndedFlow>),
    /// Something was denied: a sample for the log.
    Denied(Box<Denial>),
}

/// What the access log says of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndedFlow {
    /// Whose.
    pub who: Arc<Who>,
    /// The agent's outer address when it began.
    pub source: SocketAddr,
    /// The service's id.
    pub service: String,
    /// 1, 6 or 17.
    pub protocol: u8,
    /// The service's port; none for an echo.
    pub port: Option<u16>,
    /// The connector's bare id.
    pub connector: Arc<str>,
    /// Bytes of inner packets from the agent.
    pub bytes_in: u64,
    /// Bytes of inner packets towards the agent.
    pub bytes_out: u64,
    /// When it began.
    pub begin: Instant,
    /// When it ended.
    pub end: Instant,
    /// Why.
    pub why: End,
}

/// Why a flow ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Both ends said so.
    Finished,
    /// No packet for too long.
    Idle,
    /// It is not allowed any more.
    Cut(DropReason),
    /// Its connector is gone or silent.
    ConnectorGone,
    /// Its agent is gone.
    AgentGone,
    /// The server is going away.
    GoingAway,
}

/// A packet that was not allowed, or one that only observed policies would deny.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Denial {
    /// Whose.
    pub who: Arc<Who>,
    /// From where.
    pub source: SocketAddr,
    /// The service's id; empty where the packet names none.
    pub service: String,
    /// 1, 6 or 17.
    pub protocol: u8,
    /// The inner destination port; none for an echo.
    pub port: Option<u16>,
    /// Bytes of the inner packet.
    pub length: u16,
    /// When.
    pub at: Instant,
    /// Why; none: it passed, and only observed policies would deny it.
    pub reason: Option<DropReason>,
}

/// What is counted; the caller adds it to its metrics and sets it to zero.
#[derive(Clone, Debug)]
pub struct Counts {
    /// By [`DropReason::index`].
    pub drops: Vec<u64>,
    /// Datagrams relayed.
    pub relayed: u64,
    /// Bytes of inner packets relayed.
    pub bytes: u64,
    /// Registrations accepted.
    pub registered: u64,
    /// Registrations refused.
    pub rejected: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { drops: vec![0; DropReason::ALL.len()], relayed: 0, bytes: 0, registered: 0, rejected: 0 }
    }
}

/// The relay.
pub struct Relay {
    rules: Option<Arc<IntermediateRules>>,
    inner: InnerAddresses,
    idle: Idle,
    clients: HashMap<ConnectionId, Client>,
    of_address: HashMap<IpAddr, usize>,
    rates: Buckets<IpAddr>,
    addresses: Addresses,
    flows: Flows,
    connectors: Connectors,
    /// No flow's verdict ends before this.
    next_edge: Instant,
    swept: Monotonic,
    counts: Counts,
    actions: Vec<Action>,
}

impl Relay {
    /// A relay that has no file yet, and so lets nothing pass.
    pub fn new(inner: InnerAddresses, idle: Idle) -> Self {
        Self {
            rules: None,
            inner,
            idle,
            clients: HashMap::new(),
            of_address: HashMap::new(),
            rates: Buckets::new(DATAGRAMS_PER_ADDRESS, ADDRESSES),
            addresses: Addresses::default(),
            flows: Flows::default(),
            connectors: Connectors::default(),
            next_edge: Instant::MAX,
            swept: Monotonic::default(),
            counts: Counts::default(),
            actions: Vec::new(),
        }
    }

    /// What is to be done since the last call.
    pub fn actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    /// What was counted since the last call.
    pub fn counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// How many connections, connectors among them, and flows there are.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.clients.len(), self.connectors.len(), self.flows.len())
    }

    /// Inner addresses are derived by new keys from now on; those that are held stay.
    pub fn rekey(&mut self, inner: InnerAddresses) {
        self.inner = inner;
    }

    fn dropped(&mut self, reason: DropReason) {
        self.counts.drops[reason.index()] += 1;
    }

    fn send(&mut self, to: ConnectionId, from: ConnectionId, datagram: Vec<u8>) {
        self.actions.push(Action::Send { to, from, datagram });
    }
}
