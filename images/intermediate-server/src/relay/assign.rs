//! Which flow a packet belongs to, which inner address an agent has, which connector a flow goes to.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tunnel::enforcement::Service;
use tunnel::figures::DropReason;
use tunnel::limits::{FLOWS, FLOWS_BEGUN, FLOWS_PER_CERTIFICATE, FLOWS_PER_CLIENT};
use tunnel::packet::{ACK, Packet, SYN, Segment, TcpTrack, Transport, Tuple};
use tunnel::time::Instant;

use super::client::{AGENT_SILENT, Client};
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
        let inner = self.inner_of(from, now)?;
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

    /// The agent's unique inner address, taken when it is needed first, or when another connection has taken it over.
    fn inner_of(&mut self, from: ConnectionId, now: Now) -> Result<Ipv4Addr, DropReason> {
        let agent =
            self.clients.get(&from).and_then(|client| client.agent.as_ref()).ok_or(DropReason::NoFlow)?;
        if let Some(inner) = agent.inner.filter(|inner| self.addresses.holder(*inner) == Some(from)) {
            return Ok(inner);
        }
        let owner = agent.owner;
        let heard = self.clients.get(&from).map(|client| client.heard).unwrap_or_default();
        let clients = &self.clients;
        let is_silent = |other: ConnectionId| {
            clients.get(&other).is_none_or(|other| heard.since(other.heard) >= AGENT_SILENT)
        };
        let taken = self.addresses.take(owner, from, is_silent, self.inner.of_bytes(&owner));
        let inner = taken.ok_or(DropReason::NoInnerAddress)?;
        if let Some(agent) = self.clients.get_mut(&from).and_then(|client| client.agent.as_mut()) {
            agent.inner = Some(inner);
        }
        // Flows of the connection before were judged by its facts, not by these.
        self.review_flows_of(inner, now);
        Ok(inner)
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
