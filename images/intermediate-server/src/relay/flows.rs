//! The flow table: which conversation of which agent goes to which connector.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tunnel::digest::Digest;
use tunnel::enforcement::Service;
use tunnel::limits::{ECHO_IDLE, TCP_IDLE, TCP_OVER, UDP_IDLE};
use tunnel::packet::{TcpTrack, Tuple, protocol};
use tunnel::time::{Instant, Monotonic};

use super::{ConnectionId, Who};

/// What names a flow: the conversation as its connector sees the agent's side of it (unique inner source).
pub type FlowKey = Tuple;

/// How long a flow may be idle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Idle {
    /// UDP.
    pub udp: Duration,
    /// TCP whose ends are both open.
    pub tcp: Duration,
    /// TCP that is over.
    pub over: Duration,
    /// TCP that was never answered: a SYN is repeated within this time.
    pub unanswered: Duration,
    /// Echoes.
    pub echo: Duration,
}

/// The distance between repeated SYNs doubles from 1 s: the fifth comes after 31 s.
pub const UNANSWERED: Duration = Duration::from_secs(35);

impl Default for Idle {
    fn default() -> Self {
        Self { udp: UDP_IDLE, tcp: TCP_IDLE, over: TCP_OVER, unanswered: UNANSWERED, echo: ECHO_IDLE }
    }
}

/// One flow.
#[derive(Debug)]
pub struct Flow {
    /// Whose it is, for the access log.
    pub who: Arc<Who>,
    /// The agent's outer address when it began.
    pub source: SocketAddr,
    /// The inner source that the agent itself uses.
    pub original: Ipv4Addr,
    /// The service.
    pub service: Arc<Service>,
    /// Where it goes, while that is known: of a UDP flow the next packet chooses anew.
    pub connector: Option<ConnectionId>,
    /// The bare id of the connector that it went to last.
    pub connector_name: Arc<str>,
    /// Until then (excluded) the verdict holds.
    pub until: Instant,
    /// When it began.
    pub begin: Instant,
    /// When a packet of it passed last.
    pub last: Monotonic,
    /// Bytes of inner packets from the agent.
    pub bytes_in: u64,
    /// Bytes of inner packets towards the agent.
    pub bytes_out: u64,
    /// What ends a TCP conversation from the middle.
    pub tcp: TcpTrack,
    /// Whether the connector has answered.
    pub answered: bool,
    /// While it is sought which connector has the conversation: those that do not.
    pub refused_by: Option<Vec<ConnectionId>>,
}

impl Flow {
    /// Whether it has been idle for longer than its kind may.
    pub fn is_idle(&self, key: &FlowKey, idle: &Idle, now: Monotonic) -> bool {
        let most = match key.protocol {
            protocol::TCP if self.tcp.is_over() => idle.over,
            protocol::TCP if !self.answered => idle.unanswered,
            protocol::TCP => idle.tcp,
            protocol::UDP => idle.udp,
            _ => idle.echo,
        };
        now.since(self.last) >= most
    }

    /// The conversation as the agent sees it.
    pub fn as_agent_sees(&self, key: &FlowKey) -> Tuple {
        Tuple { source: self.original, ..*key }
    }
}

/// All flows, and those of each inner address and port.
#[derive(Debug, Default)]
pub struct Flows {
    flows: HashMap<FlowKey, Flow>,
    /// The keys with this protocol, inner source and source port: an answer from a foreign address names no more.
    by_port: HashMap<(u8, Ipv4Addr, u16), Vec<FlowKey>>,
    of_agent: HashMap<Ipv4Addr, HashSet<FlowKey>>,
    of_certificate: HashMap<Digest, usize>,
}

impl Flows {
    /// The flow with this key.
    pub fn get_mut(&mut self, key: &FlowKey) -> Option<&mut Flow> {
        self.flows.get_mut(key)
    }

    /// The flow with this key.
    pub fn get(&self, key: &FlowKey) -> Option<&Flow> {
        self.flows.get(key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// How many an inner address has.
    pub fn of_agent(&self, inner: Ipv4Addr) -> usize {
        self.of_agent.get(&inner).map_or(0, HashSet::len)
    }

    /// How many a client's certificate has; 0 without one.
    pub fn of_certificate(&self, who: &Who) -> usize {
        who.fingerprint.and_then(|one| self.of_certificate.get(&one).copied()).unwrap_or(0)
    }

    /// The keys of an inner address's flows.
    pub fn keys_of(&self, inner: Ipv4Addr) -> Vec<FlowKey> {
        self.of_agent.get(&inner).into_iter().flatten().copied().collect()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&FlowKey, &Flow)> {
        self.flows.iter()
    }

    /// Adds a flow that is not there yet.
    pub fn insert(&mut self, key: FlowKey, flow: Flow) {
        let certificate = flow.who.fingerprint;
        if self.flows.insert(key, flow).is_none() {
            certificate.iter().for_each(|one| *self.of_certificate.entry(*one).or_default() += 1);
            self.by_port.entry(port_of(&key)).or_default().push(key);
            self.of_agent.entry(key.source).or_default().insert(key);
        }
    }

    /// Takes a flow out.
    pub fn remove(&mut self, key: &FlowKey) -> Option<Flow> {
        let flow = self.flows.remove(key)?;
        if let Some(certificate) = flow.who.fingerprint {
            let left = self.of_certificate(&flow.who).saturating_sub(1);
            match left {
                0 => self.of_certificate.remove(&certificate),
                left => self.of_certificate.insert(certificate, left),
            };
        }
        if let Some(keys) = self.by_port.get_mut(&port_of(key)) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.by_port.remove(&port_of(key));
            }
        }
        if let Some(keys) = self.of_agent.get_mut(&key.source) {
            keys.remove(key);
            if keys.is_empty() {
                self.of_agent.remove(&key.source);
            }
        }
        Some(flow)
    }

    /// The flows of a connector whose agent's side is this protocol, inner address and port.
    pub fn answered_by(
        &self,
        connector: ConnectionId,
        agent: (u8, Ipv4Addr, u16),
    ) -> impl Iterator<Item = &FlowKey> {
        let keys = self.by_port.get(&agent).map_or(&[][..], Vec::as_slice);
        keys.iter()
            .filter(move |key| self.flows.get(key).is_some_and(|flow| flow.connector == Some(connector)))
    }

    /// The keys of the flows for which this is true.
    pub fn keys_where(&self, mut is_meant: impl FnMut(&FlowKey, &Flow) -> bool) -> Vec<FlowKey> {
        self.flows.iter().filter(|(key, flow)| is_meant(key, flow)).map(|(key, _)| *key).collect()
    }
}

fn port_of(key: &FlowKey) -> (u8, Ipv4Addr, u16) {
    (key.protocol, key.source, key.source_port)
}
