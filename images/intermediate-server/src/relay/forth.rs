//! A packet of an agent on its way to a connector.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tunnel::enforcement::{Ask, Service, Verdict};
use tunnel::figures::DropReason;
use tunnel::keys::CONNECTION_ID;
use tunnel::limits::{
    ANSWERS, DATAGRAMS, FLOWS, FLOWS_PER_CLIENT, FOREIGN_PAYLOAD, foreign_datagram, own_datagram,
};
use tunnel::packet::{
    OWN_PAYLOAD, Packet, Rewrite, SYN, Segment, TcpTrack, Transport, Tuple, clamp_mss, fragmentation_needed,
    may_be_answered, most_mss, prohibited, protocol, reset_for, rewrite, rewrite_quoted,
};
use tunnel::time::Instant;
use tunnel::wire::{Announcement, Malformed, Message, TO_SERVICE_HEADER};

use super::client::{AGENT_SILENT, Client};
use super::flows::{Flow, FlowKey};
use super::{ConnectionId, Denial, Now, Relay};

/// The largest DATAGRAM that a client with UDP payloads of 1,200 bytes can send: a larger one shows that it is one of ours.
const FOREIGN: usize = foreign_datagram(FOREIGN_PAYLOAD, CONNECTION_ID);

/// The largest that one of ours sends.
const OWN: usize = own_datagram(OWN_PAYLOAD as usize, CONNECTION_ID);

impl Relay {
    /// A datagram came in.
    pub fn datagram(&mut self, from: ConnectionId, datagram: &[u8], now: Now) {
        let Some(client) = self.clients.get_mut(&from) else { return };
        client.heard = now.monotonic;
        if !client.datagrams.take(DATAGRAMS, 1, now.monotonic) {
            return self.dropped(DropReason::ClientRate);
        }
        if let Some(agent) = &mut client.agent {
            agent.largest = agent.largest.max(datagram.len());
        }
        let (address, is_agent) = (client.outer.ip().to_canonical(), client.agent.is_some());
        if !self.rates.take(address, 1, now.monotonic) {
            return self.dropped(DropReason::AddressRate);
        }
        match Message::decode(datagram) {
            Ok(Message::ToService(service, packet)) if is_agent => {
                self.forth(from, Some(service), packet, now)
            }
            Ok(Message::Packet(packet)) if is_agent => self.forth(from, None, packet, now),
            Ok(Message::Packet(packet)) => self.back(from, packet, now),
            Ok(Message::Register(service)) => self.register(from, service, now),
            Ok(Message::Serve(service)) => self.offer(from, service, false, now),
            Ok(Message::ServeAnnounced(service)) => self.offer(from, service, true, now),
            Ok(Message::Why(service)) if is_agent => self.why(from, service, now),
            Ok(_) => self.dropped(DropReason::MessageUnknown),
            Err(malformed) => self.malformed(from, malformed, now),
        }
    }

    fn malformed(&mut self, from: ConnectionId, malformed: Malformed, now: Now) {
        self.dropped(match malformed {
            Malformed::CutShort => DropReason::MessageCutShort,
            Malformed::NotText { .. } => DropReason::MessageNotText,
            Malformed::Unknown(_) | Malformed::Status(_) => DropReason::MessageUnknown,
        });
        if malformed.is_answered() {
            self.refuse_malformed(from, now);
        }
    }

    /// A packet for a service, or one whose destination names it.
    fn forth(&mut self, from: ConnectionId, named: Option<&str>, bytes: &[u8], now: Now) {
        let packet = match Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(reason) => return self.dropped(reason),
        };
        let bytes = bytes.get(..usize::from(packet.length)).unwrap_or(bytes);
        if let Transport::Error { .. } = packet.transport {
            return self.error_forth(from, &packet, bytes, now);
        }
        let Some(service) = self.service_of(from, named, &packet) else {
            let reason = if named.is_some() { DropReason::ServiceUnknown } else { DropReason::NotRegistered };
            let reason = if self.rules.is_none() { DropReason::NoEnforcement } else { reason };
            return self.deny(from, named, &packet, bytes, reason, now);
        };
        match self.decide(from, &service, &packet, now) {
            Ok(until) => self.pass_forth(from, service, &packet, bytes, until, now),
            Err(reason) => self.deny(from, Some(&service.id), &packet, bytes, reason, now),
        }
    }

    /// The service that a packet is for: the one that its message names, else the registered one that has its destination.
    fn service_of(&self, from: ConnectionId, named: Option<&str>, packet: &Packet) -> Option<Arc<Service>> {
        let rules = self.rules.as_ref()?;
        let is_registered = |service: &&Arc<Service>| {
            let agent = self.clients.get(&from).and_then(|client| client.agent.as_ref());
            agent.is_some_and(|agent| agent.registered.contains_key(&service.id))
        };
        match named {
            Some(id) => rules.service(id).cloned(),
            None => rules.service_at(packet.destination).filter(is_registered).cloned(),
        }
    }

    /// The policy's word on one packet.
    fn decide(
        &mut self,
        from: ConnectionId,
        service: &Service,
        packet: &Packet,
        now: Now,
    ) -> Result<Instant, DropReason> {
        let client = self.clients.get(&from).ok_or(DropReason::NoFlow)?;
        let view = client.view.as_ref().ok_or(DropReason::NoEnforcement)?;
        // What arrives from inside the virtual network claims to be a service.
        if self.rules.as_ref().is_some_and(|rules| rules.service_at(packet.source).is_some()) {
            return Err(DropReason::PacketSource);
        }
        let ask = Ask::of(packet).ok_or(DropReason::PacketProtocol)?;
        match view.decide(&service.id, &ask, now.instant) {
            Verdict::Allow { until, observed } => {
                if observed {
                    let denial = denial_of(client, &service.id, packet, None, now);
                    self.log_denial(denial);
                }
                Ok(until)
            }
            Verdict::Deny(reason) => Err(reason),
        }
    }

    /// An allowed packet: it finds or makes its flow and goes to the flow's connector.
    fn pass_forth(
        &mut self,
        from: ConnectionId,
        service: Arc<Service>,
        packet: &Packet,
        bytes: &[u8],
        until: Instant,
        now: Now,
    ) {
        let key = match self.flow_for(from, &service, packet, until, now) {
            Ok(key) => key,
            Err(reason) => return self.dropped(reason),
        };
        let Some(connector) = self.connector_of(&key, &service) else {
            return self.dropped(DropReason::NoConnector);
        };
        let most = self.clients.get(&connector).map_or(0, |client| client.to_client);
        if bytes.len() > most {
            self.dropped(DropReason::PacketTooLarge);
            let mtu = u16::try_from(most).unwrap_or(u16::MAX);
            let answer = fragmentation_needed(bytes, service.virtual_ip, mtu);
            return self.answer(from, packet, answer, now);
        }
        self.announce(&key, connector);
        let mut datagram = bytes.to_vec();
        rewrite(&mut datagram, &Rewrite { source: Some(key.source), ..Rewrite::default() });
        self.clamp(&mut datagram, packet, from, connector, &service.id);
        let Some(flow) = self.flows.get_mut(&key) else { return };
        flow.last = now.monotonic;
        flow.until = until;
        flow.bytes_in += bytes.len() as u64;
        if let Transport::Tcp(segment) = &packet.transport {
            flow.tcp.saw_opener(segment);
        }
        self.next_edge = self.next_edge.min(until);
        self.relayed(bytes.len());
        self.send(connector, from, datagram);
    }

    pub(super) fn relayed(&mut self, bytes: usize) {
        self.counts.relayed += 1;
        self.counts.bytes += bytes as u64;
    }

    /// The flow that the packet belongs to, made where it is new.
    fn flow_for(
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
                matches!(packet.transport, Transport::Tcp(segment) if begins(&segment)) && flow.tcp.is_over();
            if flow.original == packet.source && !begins_anew {
                return Ok(key);
            }
            if !begins_anew {
                // Two inner sources of one agent with one port: the table has room for the first.
                return Err(DropReason::AmbiguousFlow);
            }
            self.end(&key, super::End::Finished, now);
        }
        if self.flows.of_agent(inner) >= FLOWS_PER_CLIENT || self.flows.len() >= FLOWS {
            return Err(DropReason::FlowLimit);
        }
        if self.connectors.choose(&service.id).is_none() {
            return Err(DropReason::NoConnector);
        }
        let client = self.clients.get(&from).ok_or(DropReason::NoFlow)?;
        let flow = new_flow(client, Arc::clone(service), packet.source, until, now);
        self.flows.insert(key, flow);
        Ok(key)
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

    /// Where the flow goes: where it went, while that one is ready, else to the least loaded one.
    fn connector_of(&mut self, key: &FlowKey, service: &Service) -> Option<ConnectionId> {
        let flow = self.flows.get_mut(key)?;
        if let Some(connector) = flow.connector.filter(|one| self.connectors.keeps(*one, &service.id)) {
            return Some(connector);
        }
        let chosen = self.connectors.choose(&service.id)?;
        if let Some(old) = flow.connector.replace(chosen).and_then(|old| self.connectors.get_mut(old)) {
            old.flows = old.flows.saturating_sub(1);
        }
        if let Some(new) = self.connectors.get_mut(chosen) {
            new.flows += 1;
            flow.connector_name = Arc::clone(&new.name);
            flow.answered = false;
        }
        Some(chosen)
    }

    /// `0x22` before each packet of a flow that the connector has not answered yet, where it asked for that.
    fn announce(&mut self, key: &FlowKey, connector: ConnectionId) {
        let Some(flow) = self.flows.get(key).filter(|flow| !flow.answered) else { return };
        let offer = self.connectors.get(connector).and_then(|one| one.accepted(&flow.service.id));
        if !offer.is_some_and(|offer| offer.announced) {
            return;
        }
        let (principal, device) = (flow.who.principal.clone(), flow.who.device.clone());
        let address = std::net::SocketAddr::new(flow.source.ip().to_canonical(), flow.source.port());
        let json = Announcement { inner: key.source, address, principal, device }.to_json();
        self.say(connector, &Message::Announce(&json));
    }

    /// Lowers the MSS of a SYN to what fits both hops in both directions.
    pub(super) fn clamp(
        &self,
        datagram: &mut [u8],
        packet: &Packet,
        agent: ConnectionId,
        connector: ConnectionId,
        service: &str,
    ) {
        if !matches!(packet.transport, Transport::Tcp(segment) if segment.flags & SYN != 0) {
            return;
        }
        let (Some(agent), Some(connector)) = (self.clients.get(&agent), self.clients.get(&connector)) else {
            return;
        };
        let largest = agent.agent.as_ref().map_or(0, |agent| agent.largest);
        let from_agent = if largest > FOREIGN { OWN } else { FOREIGN };
        let to_agent = agent.to_client.min(OWN);
        // The connector's datagrams carry bare packets: both of its directions are limits without a header.
        let least = most_mss(to_agent, from_agent, service).min(most_mss(
            connector.to_client,
            OWN + TO_SERVICE_HEADER,
            "",
        ));
        clamp_mss(datagram, least);
    }

    /// An ICMP error of the agent about an answer that it got.
    fn error_forth(&mut self, from: ConnectionId, packet: &Packet, bytes: &[u8], now: Now) {
        let inner = self.clients.get(&from).and_then(|client| client.agent.as_ref()?.inner);
        let key = inner.map(|inner| Tuple { source: inner, ..packet.tuple().reversed() });
        let found = key.and_then(|key| self.flows.get(&key).map(|flow| (key, flow)));
        let Some((key, flow)) = found.filter(|(_, flow)| flow.original == packet.tuple().destination) else {
            return self.dropped(DropReason::NoFlow);
        };
        let (Some(connector), true) = (flow.connector, now.instant < flow.until) else {
            return self.dropped(DropReason::NoFlow);
        };
        let mut datagram = bytes.to_vec();
        let to = Rewrite { destination: Some(key.source), ..Rewrite::default() };
        rewrite_quoted(&mut datagram, &to);
        rewrite(&mut datagram, &Rewrite { source: Some(key.source), ..Rewrite::default() });
        self.relayed(bytes.len());
        self.send(connector, from, datagram);
    }

    /// Counts and logs a denied packet, ends its flow, and answers its sender.
    fn deny(
        &mut self,
        from: ConnectionId,
        service: Option<&str>,
        packet: &Packet,
        bytes: &[u8],
        reason: DropReason,
        now: Now,
    ) {
        self.dropped(reason);
        let Some(client) = self.clients.get(&from) else { return };
        let inner = client.agent.as_ref().and_then(|agent| agent.inner);
        let denial = denial_of(client, service.unwrap_or_default(), packet, Some(reason), now);
        self.log_denial(denial);
        let key = inner.map(|inner| Tuple { source: inner, ..packet.tuple() });
        if let Some(key) =
            key.filter(|key| self.flows.get(key).is_some_and(|flow| flow.original == packet.source))
        {
            // The flow is judged by itself: a packet that names the wrong service, say, ends nothing.
            self.review_keys(&[key], now);
            if self.flows.get(&key).is_none() {
                return;
            }
        }
        // A packet that came before its registration may be in the middle of a conversation that goes on.
        if matches!(reason, DropReason::NotRegistered | DropReason::NoEnforcement | DropReason::PacketSource)
        {
            return;
        }
        let answer = reset_for(packet).unwrap_or_else(|| prohibited(bytes, packet.destination));
        self.answer(from, packet, answer, now);
    }

    /// Sends an answer of our own about a packet, at a limited rate, never about a reset or an ICMP error.
    pub(super) fn answer(&mut self, to: ConnectionId, about: &Packet, answer: Vec<u8>, now: Now) {
        let is_reset =
            matches!(about.transport, Transport::Tcp(segment) if segment.flags & tunnel::packet::RST != 0);
        let Some(client) = self.clients.get_mut(&to) else { return };
        if !is_reset && may_be_answered(about) && client.answers.take(ANSWERS, 1, now.monotonic) {
            self.send(to, to, answer);
        }
    }
}

fn denial_of(
    client: &Client,
    service: &str,
    packet: &Packet,
    reason: Option<DropReason>,
    now: Now,
) -> Denial {
    let Tuple { protocol: number, destination_port, .. } = packet.tuple();
    Denial {
        who: Arc::clone(&client.who),
        source: client.outer,
        service: service.to_owned(),
        protocol: number,
        port: (number != protocol::ICMP).then_some(destination_port),
        length: packet.length,
        at: now.instant,
        reason,
    }
}

/// Whether a segment opens a conversation.
fn begins(segment: &Segment) -> bool {
    segment.flags & (SYN | tunnel::packet::ACK) == SYN
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
    }
}
