//! What the relay says itself: about denied packets, about who is behind a flow; and what it lowers on the way.

use std::net::SocketAddr;
use std::sync::Arc;

use tunnel::figures::DropReason;
use tunnel::keys::CONNECTION_ID;
use tunnel::limits::{ANSWERS, FOREIGN_PAYLOAD, foreign_datagram, own_datagram};
use tunnel::packet::{
    OWN_PAYLOAD, Packet, RST, SYN, Transport, Tuple, clamp_mss, may_be_answered, most_mss, prohibited,
    protocol, reset_for,
};
use tunnel::wire::{Announcement, Message, TO_SERVICE_HEADER};

use super::client::Client;
use super::flows::FlowKey;
use super::{ConnectionId, Denial, Now, Relay};

/// The largest DATAGRAM that a client with UDP payloads of 1,200 bytes can send: a larger one shows that it is one of ours.
const FOREIGN: usize = foreign_datagram(FOREIGN_PAYLOAD, CONNECTION_ID);

/// The largest that one of ours sends.
const OWN: usize = own_datagram(OWN_PAYLOAD as usize, CONNECTION_ID);

impl Relay {
    /// `0x22` before each packet of a flow that the connector has not answered yet, where it asked for that.
    pub(super) fn announce(&mut self, key: &FlowKey, connector: ConnectionId) {
        let Some(flow) = self.flows.get(key).filter(|flow| !flow.answered) else { return };
        let offer = self.connectors.get(connector).and_then(|one| one.accepted(&flow.service.id));
        if !offer.is_some_and(|offer| offer.announced) {
            return;
        }
        let (principal, device) = (flow.who.principal.clone(), flow.who.device.clone());
        let address = SocketAddr::new(flow.source.ip().to_canonical(), flow.source.port());
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
        key: &FlowKey,
    ) {
        if !matches!(packet.transport, Transport::Tcp(segment) if segment.flags & SYN != 0) {
            return;
        }
        let (Some(agent), Some(connector)) = (self.clients.get(&agent), self.clients.get(&connector)) else {
            return;
        };
        let Some(flow) = self.flows.get(key) else { return };
        let largest = agent.agent.as_ref().map_or(0, |agent| agent.largest);
        let from_agent = if largest > FOREIGN { OWN } else { FOREIGN };
        let to_agent = agent.to_client.min(OWN);
        // The connector's datagrams carry bare packets: both of its directions are limits without a header.
        let least = most_mss(to_agent, from_agent, &flow.service.id).min(most_mss(
            connector.to_client,
            OWN + TO_SERVICE_HEADER,
            "",
        ));
        clamp_mss(datagram, least);
    }

    /// Counts and logs a denied packet, ends its flow, and answers its sender.
    pub(super) fn deny(
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
        let denial = denial_of(client, service.unwrap_or_default(), packet, Some(reason), now);
        self.log_denial(denial);
        if let Some(key) = self.key_of(from, packet.tuple()) {
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
        let is_reset = matches!(about.transport, Transport::Tcp(segment) if segment.flags & RST != 0);
        let Some(client) = self.clients.get_mut(&to) else { return };
        if !is_reset && may_be_answered(about) && client.answers.take(ANSWERS, 1, now.monotonic) {
            self.send(to, to, answer);
        }
    }
}

/// What is logged of a packet.
pub(super) fn denial_of(
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
