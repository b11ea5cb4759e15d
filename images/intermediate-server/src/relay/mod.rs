//! The relay without I/O: datagrams, events and instants go in, [`Action`]s come out.
//!
//! | file | holds |
//! |---|---|
//! | `client` | who is connected, and whether it may stay |
//! | `life` | another file, time, the end |
//! | `registrations` | which agent wants what, which connector serves it, why something is denied |
//! | `dispatch` | every datagram: limits, and what kind of message it is |
//! | `forth` | a packet of an agent on its way to a connector |
//! | `assign` | its flow, its inner address, its connector |
//! | `seek` | conversations that go on after a restart |
//! | `back` | a connector's answer on its way to the agent |
//! | `tell` | what the relay says itself |
//! | `cut` | ending flows: by policy, by time, with a connector |
//! | `flows`, `addresses`, `connectors`, `queue` | the tables |

mod actions;
mod addresses;
mod assign;
mod back;
mod client;
mod connectors;
mod cut;
mod dispatch;
mod flows;
mod forth;
mod life;
mod queue;
mod registrations;
mod seek;
mod tell;
mod types;

#[cfg(test)]
mod testing;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tunnel::enforcement::IntermediateRules;
use tunnel::figures::DropReason;
use tunnel::keys::InnerAddresses;
use tunnel::limits::{ADDRESSES, Buckets, DATAGRAMS_PER_ADDRESS};
use tunnel::time::{Instant, Monotonic};

pub use actions::{Action, Counts, Denial, End, EndedFlow};
pub use flows::Idle;
pub use queue::{FairQueue, Full};
pub use tunnel::time::Now;
pub use types::{Arrival, Close, ConnectionId, Who};

use addresses::Addresses;
use client::Client;
use connectors::Connectors;
use flows::Flows;

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
