//! A packet of an agent on its way to a connector.

use std::sync::Arc;

use tunnel::enforcement::{Ask, Service, Verdict};
use tunnel::figures::DropReason;
use tunnel::packet::{
    Packet, Rewrite, Transport, Tuple, expired, fragmentation_needed, hop, rewrite, rewrite_quoted,
};
use tunnel::time::Instant;

use super::flows::{Flow, FlowKey};
use super::tell::denial_of;
use super::{ConnectionId, Now, Relay};

impl Relay {
    /// A packet for a service, or one whose destination names it.
    pub(super) fn forth(&mut self, from: ConnectionId, named: Option<&str>, bytes: &[u8], now: Now) {
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
        if packet.ttl <= 1 {
            self.dropped(DropReason::PacketExpired);
            return self.answer(from, packet, expired(bytes, packet.destination), now);
        }
        let key = match self.flow_for(from, &service, packet, until, now) {
            Ok(key) => key,
            Err(reason) => return self.dropped(reason),
        };
        let connectors = self.connectors_of(&key, &service);
        if connectors.is_empty() {
            return self.dropped(DropReason::NoConnector);
        }
        let Some(flow) = self.flows.get_mut(&key) else { return };
        flow.last = now.monotonic;
        flow.until = until;
        flow.bytes_in += bytes.len() as u64;
        if let Transport::Tcp(segment) = &packet.transport {
            flow.tcp.saw_opener(segment);
        }
        self.next_edge = self.next_edge.min(until);
        self.relayed(bytes.len());
        for connector in connectors {
            self.hand_over(from, connector, &key, packet, bytes, now);
        }
    }

    /// Sends an allowed packet to a connector, or its sender why it is too large for that one.
    fn hand_over(
        &mut self,
        from: ConnectionId,
        connector: ConnectionId,
        key: &FlowKey,
        packet: &Packet,
        bytes: &[u8],
        now: Now,
    ) {
        let most = self.clients.get(&connector).map_or(0, |client| client.to_client);
        if bytes.len() > most {
            self.dropped(DropReason::PacketTooLarge);
            let mtu = u16::try_from(most).unwrap_or(u16::MAX);
            return self.answer(from, packet, fragmentation_needed(bytes, key.destination, mtu), now);
        }
        self.announce(key, connector);
        let mut datagram = bytes.to_vec();
        hop(&mut datagram);
        rewrite(&mut datagram, &Rewrite { source: Some(key.source), ..Rewrite::default() });
        self.clamp(&mut datagram, packet, from, connector, key);
        self.send(connector, from, datagram);
    }

    pub(super) fn relayed(&mut self, bytes: usize) {
        self.counts.relayed += 1;
        self.counts.bytes += bytes as u64;
    }

    /// An ICMP error of the agent about an answer that it got.
    fn error_forth(&mut self, from: ConnectionId, packet: &Packet, bytes: &[u8], now: Now) {
        let key = self.key_of(from, packet.tuple().reversed());
        let found = key.and_then(|key| self.flows.get(&key).map(|flow| (key, flow)));
        // An error goes to whom it is about, who is the service: no other address of the connector's network is reached by it.
        let is_meant = |(key, _): &(Tuple, &Flow)| packet.destination == key.destination;
        let Some((key, flow)) = found.filter(is_meant) else {
            return self.dropped(DropReason::NoFlow);
        };
        let (Some(connector), true) = (flow.connector, now.instant < flow.until) else {
            return self.dropped(DropReason::NoFlow);
        };
        // Nobody is told what became of an error.
        if packet.ttl <= 1 {
            return self.dropped(DropReason::PacketExpired);
        }
        let mut datagram = bytes.to_vec();
        hop(&mut datagram);
        let to = Rewrite { destination: Some(key.source), ..Rewrite::default() };
        rewrite_quoted(&mut datagram, &to);
        rewrite(&mut datagram, &Rewrite { source: Some(key.source), ..Rewrite::default() });
        self.relayed(bytes.len());
        self.send(connector, from, datagram);
    }
}
