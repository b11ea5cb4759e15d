//! TCP conversations that go on after a restart of ours, where several connectors serve the service: which of them has it
//! nobody remembers. A segment from the middle of a conversation goes to all of them; whoever does not know it answers with a
//! reset, which counts only once all have; whoever answers otherwise has it.

use tunnel::packet::{Packet, RST, SYN, Transport};

use super::flows::{Flow, FlowKey};
use super::{ConnectionId, Relay};

impl Relay {
    /// Begins to seek where a new flow belongs, if its first segment is from the middle and there is a choice.
    pub(super) fn seek(&mut self, key: &FlowKey, packet: &Packet) {
        let is_middle =
            matches!(packet.transport, Transport::Tcp(segment) if segment.flags & (SYN | RST) == 0);
        let Some(flow) = self.flows.get_mut(key).filter(|_| is_middle) else { return };
        if self.connectors.all_ready(&flow.service.id).len() > 1 {
            flow.refused_by = Some(Vec::new());
        }
    }

    /// Whether a flow is sought and this connector may have it.
    pub(super) fn is_sought_in(&self, flow: &Flow, connector: ConnectionId) -> bool {
        flow.refused_by.is_some() && self.connectors.keeps(connector, &flow.service.id)
    }

    /// A connector answered a flow. Returns whether the answer counts: what ends the search does.
    pub(super) fn found(&mut self, key: &FlowKey, connector: ConnectionId, packet: &Packet) -> bool {
        let Some(flow) = self.flows.get_mut(key) else { return false };
        let Some(refused_by) = &mut flow.refused_by else { return true };
        if matches!(packet.transport, Transport::Tcp(segment) if segment.flags & RST != 0) {
            if !refused_by.contains(&connector) {
                refused_by.push(connector);
            }
            let ready = self.connectors.all_ready(&flow.service.id);
            if !ready.iter().all(|one| refused_by.contains(one)) {
                return false;
            }
        }
        self.attach(key, connector);
        true
    }
}
