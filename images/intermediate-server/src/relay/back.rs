//! A connector's packet: it passes only as the answer to a live flow.

use std::net::Ipv4Addr;

use tunnel::figures::DropReason;
use tunnel::packet::{
    Packet, Rewrite, Transport, Tuple, expired, fragmentation_needed, hop, rewrite, rewrite_quoted,
};

use super::flows::{Flow, FlowKey};
use super::{ConnectionId, Now, Relay};

impl Relay {
    /// A packet of a connector.
    pub(super) fn back(&mut self, from: ConnectionId, bytes: &[u8], now: Now) {
        let packet = match Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(reason) => return self.dropped(reason),
        };
        let bytes = bytes.get(..usize::from(packet.length)).unwrap_or(bytes);
        match self.answered_flow(from, &packet) {
            Ok(key) => self.pass_back(from, &key, &packet, bytes, now),
            Err(reason) => self.dropped(reason),
        }
    }

    /// The one live flow of this connector that the packet answers.
    fn answered_flow(&self, from: ConnectionId, packet: &Packet) -> Result<FlowKey, DropReason> {
        let key = match packet.transport {
            Transport::Error { quoted, .. } if packet.destination == quoted.source => packet.tuple(),
            Transport::Error { .. } | Transport::Echo { reply: false, .. } => return Err(DropReason::NoFlow),
            _ => packet.tuple().reversed(),
        };
        let may_answer = |flow: &Flow| flow.connector == Some(from) || self.is_sought_in(flow, from);
        if self.flows.get(&key).is_some_and(may_answer) {
            return Ok(key);
        }
        // From another address than the virtual one, or from the backend's port.
        if let Transport::Error { .. } = packet.transport {
            return Err(DropReason::NoFlow);
        }
        // The virtual address of a service is no foreign one: it answers for that service alone.
        let named = self.rules.as_ref().and_then(|rules| rules.service_at(key.destination));
        let is_meant = |key: &&FlowKey| named.is_none_or(|named| named.virtual_ip == key.destination);
        let candidates = self.flows.answered_by(from, (key.protocol, key.source, key.source_port));
        let mut candidates = candidates.filter(is_meant);
        match (candidates.next(), candidates.next()) {
            (Some(only), None) => Ok(*only),
            (None, _) => Err(DropReason::NoFlow),
            (Some(_), Some(_)) => Err(DropReason::AmbiguousFlow),
        }
    }

    /// Sends an answer to the flow's agent, as if it came from the virtual address.
    fn pass_back(&mut self, from: ConnectionId, key: &FlowKey, packet: &Packet, bytes: &[u8], now: Now) {
        let Some(flow) = self.flows.get(key) else { return self.dropped(DropReason::NoFlow) };
        if flow.until <= now.instant {
            // The verdict's end is now: the flow is asked anew, and cut where that is the answer.
            self.review_keys(&[*key], now);
        }
        let Some(flow) = self.flows.get(key) else { return self.dropped(DropReason::NoFlow) };
        let original = flow.original;
        let Some((agent, most)) = self.agent_of(key) else { return self.dropped(DropReason::NoFlow) };
        if packet.ttl <= 1 {
            self.dropped(DropReason::PacketExpired);
            return self.answer(from, packet, expired(bytes, key.source), now);
        }
        if bytes.len() > most {
            self.dropped(DropReason::PacketTooLarge);
            let mtu = u16::try_from(most).unwrap_or(u16::MAX);
            return self.answer(from, packet, fragmentation_needed(bytes, key.source, mtu), now);
        }
        if !self.found(key, from, packet) {
            return self.dropped(DropReason::NoFlow);
        }
        let mut datagram = bytes.to_vec();
        hop(&mut datagram);
        restore(&mut datagram, packet, key, original);
        self.clamp(&mut datagram, packet, agent, from, key);
        self.note_answer(key, packet, bytes.len(), now);
        self.relayed(bytes.len());
        self.send(agent, from, datagram);
    }

    /// The connection behind a flow's inner address, and its largest DATAGRAM.
    fn agent_of(&self, key: &FlowKey) -> Option<(ConnectionId, usize)> {
        let agent = self.addresses.holder(key.source)?;
        Some((agent, self.clients.get(&agent)?.to_client))
    }

    /// What an answer tells about its flow.
    fn note_answer(&mut self, key: &FlowKey, packet: &Packet, length: usize, now: Now) {
        let Some(flow) = self.flows.get_mut(key) else { return };
        flow.last = now.monotonic;
        flow.bytes_out += length as u64;
        flow.answered |= !matches!(packet.transport, Transport::Error { .. });
        if let Transport::Tcp(segment) = &packet.transport {
            flow.tcp.saw_other(segment);
        }
    }
}

/// Gives a packet the addresses and ports that the agent knows.
fn restore(datagram: &mut [u8], packet: &Packet, key: &Tuple, original: Ipv4Addr) {
    if let Transport::Error { .. } = packet.transport {
        rewrite_quoted(datagram, &Rewrite { source: Some(original), ..Rewrite::default() });
    }
    let carries_ports = matches!(packet.transport, Transport::Tcp(_) | Transport::Udp { .. });
    let to = Rewrite {
        source: Some(key.destination),
        destination: Some(original),
        source_port: carries_ports.then_some(key.destination_port),
        destination_port: None,
    };
    rewrite(datagram, &to);
}
