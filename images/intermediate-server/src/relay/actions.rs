//! What comes out of the relay.

use std::net::SocketAddr;
use std::sync::Arc;

use tunnel::figures::DropReason;
use tunnel::time::Instant;

use super::{Close, ConnectionId, Who};

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
