//! How flows end: by policy, by time, with their connector.

use tunnel::enforcement::{Ask, Port, Protocol, Verdict};
use tunnel::figures::DropReason;
use tunnel::limits::ANSWERS;
use tunnel::packet::{Resets, Tuple, prohibited, protocol};
use tunnel::time::Instant;

use super::flows::FlowKey;
use super::{Action, ConnectionId, Denial, End, EndedFlow, Now, Relay};

impl Relay {
    /// Takes a flow out of the table and into the log.
    pub(super) fn end(&mut self, key: &FlowKey, why: End, now: Now) {
        let Some(flow) = self.flows.remove(key) else { return };
        if let Some(connector) = flow.connector.and_then(|id| self.connectors.get_mut(id)) {
            connector.flows = connector.flows.saturating_sub(1);
        }
        let ended = EndedFlow {
            who: flow.who,
            source: flow.source,
            service: flow.service.id.clone(),
            protocol: key.protocol,
            port: (key.protocol != protocol::ICMP).then_some(key.destination_port),
            connector: flow.connector_name,
            bytes_in: flow.bytes_in,
            bytes_out: flow.bytes_out,
            begin: flow.begin,
            end: now.instant,
            why,
        };
        self.actions.push(Action::Ended(Box::new(ended)));
    }

    /// Ends a flow that is not allowed any more, and tells both ends.
    pub(super) fn cut(&mut self, key: &FlowKey, reason: DropReason, now: Now) {
        self.tell_both(key, true, now);
        self.end(key, End::Cut(reason), now);
    }

    /// Ends a flow whose agent is gone for good. Its connector is told, which would wait for that agent's packets for hours, and its
    /// backend with it.
    pub(super) fn abandon(&mut self, key: &FlowKey, now: Now) {
        self.tell_both(key, true, now);
        self.end(key, End::AgentGone, now);
    }

    /// Resets a TCP conversation at its agent, and at its connector where that one is there; ICMP for what is no TCP.
    fn tell_both(&mut self, key: &FlowKey, connector_too: bool, now: Now) {
        let Some(flow) = self.flows.get(key) else { return };
        let (agent, connector) =
            (self.addresses.holder(key.source), flow.connector.filter(|_| connector_too));
        let as_agent_sees = flow.as_agent_sees(key);
        let messages = if key.protocol == protocol::TCP {
            flow.tcp.resets(as_agent_sees, key.reversed())
        } else {
            Resets {
                to_opener: vec![prohibited(&quote(as_agent_sees), key.destination)],
                to_other: Vec::new(),
            }
        };
        self.tell(agent, messages.to_opener, now);
        self.tell(connector, messages.to_other, now);
    }

    /// Sends what ends a flow to one of its ends. What an agent hears is limited; a connector serves many agents, and what
    /// one of them may cause there is bounded by its own flows.
    fn tell(&mut self, to: Option<ConnectionId>, messages: Vec<Vec<u8>>, now: Now) {
        let Some((id, client)) = to.and_then(|id| Some((id, self.clients.get_mut(&id)?))) else { return };
        if client.agent.is_none() || client.answers.take(ANSWERS, 1, now.monotonic) {
            messages.into_iter().for_each(|message| self.send(id, id, message));
        }
    }

    /// Decides again about the flows whose verdict ends now; about all of them when there is another file.
    pub(super) fn review_flows(&mut self, now: Now, all: bool) {
        if !all && now.instant < self.next_edge {
            return;
        }
        let keys = self.flows.keys_where(|_, flow| all || flow.until <= now.instant);
        self.review_keys(&keys, now);
        self.next_edge = self.flows.iter().map(|(_, flow)| flow.until).min().unwrap_or(Instant::MAX);
    }

    /// Decides again about the flows of an inner address, behind which there is another connection now.
    pub(super) fn review_flows_of(&mut self, inner: std::net::Ipv4Addr, now: Now) {
        let keys = self.flows.keys_of(inner);
        self.review_keys(&keys, now);
    }

    /// Decides again about these flows and cuts those that are not allowed. One whose agent is away is judged when it is back.
    pub(super) fn review_keys(&mut self, keys: &[FlowKey], now: Now) {
        for key in keys {
            match self.verdict_of(key, now) {
                Some(Verdict::Allow { until, .. }) => {
                    if let Some(flow) = self.flows.get_mut(key) {
                        flow.until = until;
                    }
                    self.next_edge = self.next_edge.min(until);
                }
                Some(Verdict::Deny(reason)) => {
                    self.dropped(reason);
                    self.cut(key, reason, now);
                }
                None => {}
            }
        }
    }

    fn verdict_of(&self, key: &FlowKey, now: Now) -> Option<Verdict> {
        let flow = self.flows.get(key)?;
        let client = self.clients.get(&self.addresses.holder(key.source)?)?;
        let Some(view) = &client.view else {
            return Some(Verdict::Deny(DropReason::NoEnforcement));
        };
        let port = match key.protocol {
            protocol::TCP => Port::Of(Protocol::Tcp, key.destination_port),
            protocol::UDP => Port::Of(Protocol::Udp, key.destination_port),
            _ => Port::Echo,
        };
        Some(view.decide(&flow.service.id, &Ask { destination: key.destination, port }, now.instant))
    }

    /// Ends every flow of a client that must go.
    pub(super) fn cut_flows_of(&mut self, id: ConnectionId, reason: DropReason, now: Now) {
        let Some(client) = self.clients.get(&id) else { return };
        let keys = match &client.agent {
            Some(agent) => {
                let held = self.addresses.held_by(&agent.owner, id);
                held.flat_map(|inner| self.flows.keys_of(inner)).collect()
            }
            None => self.flows.keys_where(|_, flow| flow.connector == Some(id)),
        };
        keys.iter().for_each(|key| self.cut(key, reason, now));
    }

    /// A connector is gone, or silent: its TCP flows are reset at their agents, the next packet of any other chooses anew; so does
    /// the next SYN of one that it never answered, where another connector serves the same.
    pub(super) fn leave_connector(&mut self, id: ConnectionId, now: Now) {
        for key in self.flows.keys_where(|_, flow| flow.connector == Some(id)) {
            let Some(flow) = self.flows.get(&key) else { continue };
            let others = self.connectors.all_ready(&flow.service.id);
            let begins_elsewhere = !flow.answered && others.iter().any(|other| *other != id);
            if key.protocol == protocol::TCP && !begins_elsewhere {
                self.tell_both(&key, false, now);
                self.end(&key, End::ConnectorGone, now);
            } else {
                self.detach(&key);
            }
        }
    }

    /// A connector does not serve this any more.
    pub(super) fn leave_service(&mut self, id: ConnectionId, service: &str, now: Now) {
        for key in self.flows.keys_where(|_, flow| flow.connector == Some(id) && flow.service.id == service) {
            if key.protocol == protocol::TCP {
                self.cut(&key, DropReason::NotConnector, now);
            } else {
                self.detach(&key);
            }
        }
    }

    /// The flow's next packet chooses a connector.
    pub(super) fn detach(&mut self, key: &FlowKey) {
        let connector = self.flows.get_mut(key).and_then(|flow| flow.connector.take());
        if let Some(connector) = connector.and_then(|id| self.connectors.get_mut(id)) {
            connector.flows = connector.flows.saturating_sub(1);
        }
    }

    /// A connector's connection is gone.
    pub(super) fn connector_gone(&mut self, id: ConnectionId, now: Now) {
        self.leave_connector(id, now);
        let gone = self.connectors.remove(id);
        let served = gone.iter().flat_map(|one| one.offers.iter().filter(|(_, offer)| offer.accepted));
        if served.map(|(service, _)| service).any(|service| !self.connectors.serves(service)) {
            self.review_registrations();
        }
    }

    /// How many packets and pings came from a connector so far.
    pub fn feel(&mut self, id: ConnectionId, received: u64, pings: u64, now: Now) {
        let became_silent =
            self.connectors.get_mut(id).is_some_and(|one| one.feel(received, pings, now.monotonic));
        if became_silent {
            self.leave_connector(id, now);
        }
    }

    /// Ends the flows that were idle for longer than they may be.
    pub(super) fn end_idle_flows(&mut self, now: Now) {
        let idle = self.idle;
        for key in self.flows.keys_where(|key, flow| flow.is_idle(key, &idle, now.monotonic)) {
            let is_over = self.flows.get(&key).is_some_and(|flow| flow.tcp.is_over());
            self.end(&key, if is_over { End::Finished } else { End::Idle }, now);
        }
    }

    /// A line for the log about something denied.
    pub(super) fn log_denial(&mut self, denial: Denial) {
        // Whoever writes the log takes samples; a batch of packets that are all the same needs no more than one line.
        let is_same = |last: &Denial| {
            (&last.service, last.reason, last.source) == (&denial.service, denial.reason, denial.source)
        };
        let is_repeated = matches!(self.actions.last(), Some(Action::Denied(last)) if is_same(last));
        if !is_repeated {
            self.actions.push(Action::Denied(Box::new(denial)));
        }
    }
}

/// The beginning of a packet of a conversation that is no TCP, for an ICMP error to quote: IPv4 header and ports.
fn quote(tuple: Tuple) -> Vec<u8> {
    let mut bytes = vec![0x45, 0, 0, 28, 0, 0, 0x40, 0, 64, tuple.protocol, 0, 0];
    bytes.extend(tuple.source.octets());
    bytes.extend(tuple.destination.octets());
    let sum = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum::<u32>();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    let checksum = !((folded & 0xFFFF) + (folded >> 16)) as u16;
    bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
    if tuple.protocol == protocol::ICMP {
        bytes.extend([8, 0, 0, 0]);
        bytes.extend(tuple.source_port.to_be_bytes());
        bytes.extend([0, 0]);
    } else {
        bytes.extend(tuple.source_port.to_be_bytes());
        bytes.extend(tuple.destination_port.to_be_bytes());
        bytes.extend([0, 8, 0, 0]);
    }
    bytes
}
