//! Which flow a packet belongs to, which inner address an agent has, which connector a flow goes to.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tunnel::enforcement::Service;
use tunnel::figures::DropReason;
use tunnel::limits::{FLOWS, FLOWS_BEGUN, FLOWS_PER_CERTIFICATE, FLOWS_PER_CLIENT};
use tunnel::packet::{ACK, Packet, RST, SYN, Segment, TcpTrack, Transport, Tuple};
use tunnel::time::Instant;

use super::client::Client;
use super::flows::{Flow, FlowKey, UNANSWERED};
use super::{ConnectionId, End, Now, Relay};

impl Relay {
    /// The flow that the packet belongs to, made where it is new.
    pub(super) fn flow_for(
        &mut self,
        from: ConnectionId,
        service: &Arc<Service>,
        packet: &Packet,
        until: Instant,
        now: Now,
    ) -> Result<FlowKey, DropReason> {
        let inner = self.source_of(from, packet, now)?;
        let key = Tuple { source: inner, ..packet.tuple() };
        if let Some(flow) = self.flows.get(&key) {
            let begins_anew =
                matches!(packet.transport, Transport::Tcp(segment) if begins(&segment)) && is_past(flow, now);
            if flow.original == packet.source && !begins_anew {
                return Ok(key);
            }
            if !begins_anew {
                // Two inner sources of one agent with one port: the table has room for the first.
                return Err(DropReason::AmbiguousFlow);
            }
            self.may_begin(from, now)?;
            self.end(&key, End::Finished, now);
        } else {
            self.may_begin(from, now)?;
        }
        let client = self.clients.get(&from).ok_or(DropReason::NoFlow)?;
        if self.flows.of_agent(inner) >= FLOWS_PER_CLIENT
            || self.flows.of_certificate(&client.who) >= FLOWS_PER_CERTIFICATE
            || self.flows.len() >= FLOWS
        {
            return Err(DropReason::FlowLimit);
        }
        if self.connectors.choose(&service.id).is_none() {
            return Err(DropReason::NoConnector);
        }
        let flow = new_flow(client, Arc::clone(service), packet.source, until, now);
        self.flows.insert(key, flow);
        self.seek(&key, packet);
        Ok(key)
    }

    /// Whether a connection may begin one flow more at this instant.
    fn may_begin(&mut self, from: ConnectionId, now: Now) -> Result<(), DropReason> {
        let client = self.clients.get_mut(&from).ok_or(DropReason::NoFlow)?;
        let is_within = client.begun.take(FLOWS_BEGUN, 1, now.monotonic);
        is_within.then_some(()).ok_or(DropReason::FlowLimit)
    }

    /// The unique inner address that a packet of an agent gets: the one under which its conversation is known, which the agent may
    /// have brought along from a connection before; else the connection's own.
    fn source_of(&mut self, from: ConnectionId, packet: &Packet, now: Now) -> Result<Ipv4Addr, DropReason> {
        let client = self.clients.get(&from).ok_or(DropReason::NoFlow)?;
        let agent = client.agent.as_ref().ok_or(DropReason::NoFlow)?;
        let flows = &self.flows;
        let goes_on = |inner: Ipv4Addr| {
            let flow = flows.get(&Tuple { source: inner, ..packet.tuple() });
            flow.is_some_and(|flow| flow.original == packet.source)
        };
        let own = agent.inner.filter(|inner| self.addresses.holder(*inner) == Some(from));
        if let Some(own) = own.filter(|own| goes_on(*own) || !is_from_the_middle(packet)) {
            return Ok(own);
        }
        let (owner, clients) = (agent.owner, &self.clients);
        let is_silent = |other: ConnectionId| clients.get(&other).is_none_or(|other| client.outlasts(other));
        let claimed = Some(()).filter(|()| is_from_the_middle(packet));
        let claimed = claimed.and_then(|()| self.addresses.claim(owner, from, is_silent, goes_on));
        match (claimed, own) {
            (Some((inner, false)), _) | (None, Some(inner)) => Ok(inner),
            (Some((inner, true)), _) => Ok(self.settle_in(from, own.unwrap_or(inner), inner, now)),
            (None, None) => self.inner_of(from, now),
        }
    }

    /// A unique inner address of its own for a connection that has none. Where nobody can tell what it goes on with, it has that of
    /// its owner's only connection before, or of one that was elsewhere: a machine that moved.
    fn inner_of(&mut self, from: ConnectionId, now: Now) -> Result<Ipv4Addr, DropReason> {
        let client = self.clients.get(&from).ok_or(DropReason::NoFlow)?;
        let owner = client.agent.as_ref().ok_or(DropReason::NoFlow)?.owner;
        let (clients, flows) = (&self.clients, &self.flows);
        let is_only = self.addresses.of(&owner).len() == 1;
        let is_its = |address: Ipv4Addr, holder: Option<ConnectionId>| match holder {
            None => is_only || flows.of_agent(address) == 0,
            Some(other) => clients
                .get(&other)
                .is_none_or(|other| client.outlasts(other) && client.outer.ip() != other.outer.ip()),
        };
        let taken = self.addresses.take(owner, from, is_its, self.inner.of_bytes(&owner));
        let inner = taken.ok_or(DropReason::NoInnerAddress)?;
        Ok(self.settle_in(from, inner, inner, now))
    }

    /// A connection has taken over an address, and has `own` for what it begins.
    fn settle_in(&mut self, from: ConnectionId, own: Ipv4Addr, taken: Ipv4Addr, now: Now) -> Ipv4Addr {
        if let Some(agent) = self.clients.get_mut(&from).and_then(|client| client.agent.as_mut()) {
            agent.inner = Some(own);
        }
        // Flows of the connection before were judged by its facts, not by these.
        self.review_flows_of(taken, now);
        taken
    }

    /// The flow that an agent knows by this tuple.
    pub(super) fn key_of(&self, from: ConnectionId, tuple: Tuple) -> Option<FlowKey> {
        let owner = &self.clients.get(&from)?.agent.as_ref()?.owner;
        let keys = self.addresses.held_by(owner, from).map(|inner| Tuple { source: inner, ..tuple });
        let is_its = |key: &FlowKey| self.flows.get(key).is_some_and(|flow| flow.original == tuple.source);
        keys.into_iter().find(is_its)
    }

    /// Where a packet of the flow goes: where it went, while that one is ready, else to the least loaded one; to all of them
    /// while it is sought.
    pub(super) fn connectors_of(&mut self, key: &FlowKey, service: &Service) -> Vec<ConnectionId> {
        let Some(flow) = self.flows.get(key) else { return Vec::new() };
        if flow.refused_by.is_some() {
            return self.connectors.all_ready(&service.id);
        }
        if let Some(connector) = flow.connector.filter(|one| self.connectors.keeps(*one, &service.id)) {
            return vec![connector];
        }
        let chosen = self.connectors.choose(&service.id);
        if let Some(chosen) = chosen {
            self.attach(key, chosen);
        }
        chosen.into_iter().collect()
    }

    /// From now on the flow goes to this connector.
    pub(super) fn attach(&mut self, key: &FlowKey, chosen: ConnectionId) {
        self.detach(key);
        let (Some(flow), Some(connector)) = (self.flows.get_mut(key), self.connectors.get_mut(chosen)) else {
            return;
        };
        connector.flows += 1;
        flow.connector = Some(chosen);
        flow.connector_name = Arc::clone(&connector.name);
        flow.answered = false;
        flow.refused_by = None;
    }
}

/// Whether a packet may go on with what was said on another connection. A reset says nothing of who sends it: whoever does not know a
/// conversation answers so.
fn is_from_the_middle(packet: &Packet) -> bool {
    match packet.transport {
        Transport::Tcp(segment) => segment.flags & (SYN | RST) == 0,
        Transport::Udp { .. } => true,
        Transport::Echo { .. } | Transport::Error { .. } => false,
    }
}

/// Whether a segment opens a conversation.
fn begins(segment: &Segment) -> bool {
    segment.flags & (SYN | ACK) == SYN
}

/// Whether a SYN cannot be one more of those that opened the flow: that one is over, opened long ago, or still sought.
fn is_past(flow: &Flow, now: Now) -> bool {
    flow.tcp.is_over()
        || flow.refused_by.is_some()
        || (flow.answered && now.instant.since(flow.begin) > UNANSWERED)
}

fn new_flow(client: &Client, service: Arc<Service>, original: Ipv4Addr, until: Instant, now: Now) -> Flow {
    Flow {
        who: Arc::clone(&client.who),
        source: client.outer,
        original,
        service,
        connector: None,
        connector_name: "".into(),
        until,
        begin: now.instant,
        last: now.monotonic,
        bytes_in: 0,
        bytes_out: 0,
        tcp: TcpTrack::default(),
        answered: false,
        refused_by: None,
    }
}
