//! Every datagram: limits, then what kind of message it is.

use tunnel::figures::DropReason;
use tunnel::limits::DATAGRAMS;
use tunnel::wire::{Malformed, Message};

use super::{ConnectionId, Now, Relay};

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
        let (address, is_agent) = (client.limited_as, client.agent.is_some());
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
}
