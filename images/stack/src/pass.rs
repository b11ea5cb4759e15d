//! Packets in, packets out, time.

use std::net::Ipv4Addr;

use smoltcp::socket::tcp::State;
use tunnel::figures::DropReason;
use tunnel::limits::ANSWERS;
use tunnel::packet::{ACK, FIN, Packet, RST, Segment, Transport, has_right_transport_checksum, reset_for};
use tunnel::time::Monotonic;

use crate::entry::{Over, Phase};
use crate::header::{HEADERS, pieces, segment_of};
use crate::live::Live;
use crate::open::is_knock;
use crate::recovery::REPEATS;
use crate::turns::Turn;
use crate::{Congestion, Cut, FlowId, Link, Stack};

/// Answers that wait for one flow; more replace the oldest, each saying all that those before it said.
const REPLIES: usize = 64;

/// Resets for strays that wait on one link.
const LOOSE: usize = 256;

impl Stack {
    /// Takes one inner packet that came in on a link.
    /// Returns why it was dropped where it is no TCP segment whose checksums are right.
    pub fn receive(&mut self, link: Link, bytes: &[u8], now: Monotonic) -> Result<(), DropReason> {
        let packet = Packet::parse(bytes)?;
        let Transport::Tcp(segment) = packet.transport else { return Err(DropReason::PacketProtocol) };
        let bytes = bytes.get(..usize::from(packet.length)).unwrap_or(bytes);
        if !has_right_transport_checksum(bytes) {
            return Err(DropReason::PacketChecksum);
        }
        let tuple = packet.tuple().reversed();
        if segment.source == 0 || segment.destination == 0 {
            return Err(DropReason::PacketMalformed);
        }
        let known = self.by_tuple.get(&tuple).copied();
        match known.and_then(|flow| Some((flow, self.flows.get_mut(&flow)?))) {
            Some((flow, entry)) if entry.is_replaceable() && is_knock(&packet) => {
                if matches!(entry.phase, Phase::Over(_)) {
                    self.forget(flow);
                }
                self.knock(link, tuple, bytes, now);
            }
            Some((flow, entry)) => {
                entry.link = link;
                entry.heard = now;
                self.take(flow, bytes, &segment, now);
            }
            None if is_knock(&packet) => self.knock(link, tuple, bytes, now),
            None => self.stray(link, bytes, now),
        }
        Ok(())
    }

    /// A packet of a known flow.
    fn take(&mut self, flow: FlowId, bytes: &[u8], segment: &Segment, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        match &mut entry.phase {
            Phase::Waiting(_) => self.still_waits(flow, bytes, segment),
            // A late packet of ours that found nobody: all was said already (RFC 1337).
            Phase::Live(live) if segment.flags & RST != 0 && live.state() == State::TimeWait => {}
            Phase::Live(live) => {
                let is_skipped =
                    live.owes_end() && entry.recovery.is_repeated_by(segment) && live.is_within(segment);
                let heard = entry.recovery.heard(bytes, segment, now);
                if heard.is_known {
                    let (ack, trip) = (segment.acknowledgment, entry.recovery.trip());
                    entry.flight.heard(ack, pieces(bytes), trip, now);
                }
                let is_held = self.settings.congestion == Congestion::Measured;
                let mut packet = bytes.to_vec();
                entry.recovery.correct(&mut packet, segment, live.expected(), is_held);
                live.note_end(segment);
                let tell = |live: &mut Live, flags: u8| {
                    let bare = entry.recovery.bare(entry.tuple, live.expected(), flags, is_held);
                    bare.and_then(|bare| live.receive(&bare, now));
                };
                if heard.is_news && !live.is_within(segment) {
                    tell(live, ACK);
                }
                let reply = if is_skipped { None } else { live.receive(&packet, now) };
                if live.is_at_end() {
                    tell(live, FIN | ACK);
                }
                let is_awaited = entry.flight.is_first_awaited(entry.recovery.trip(), now);
                if heard.is_loss && !is_awaited && !live.owes_end() {
                    (0..REPEATS).for_each(|_| tell(live, ACK));
                }
                if segment.flags & RST != 0 && live.is_over() {
                    let why = entry.reset();
                    return self.cut(flow, why);
                }
                if let Some(reply) = reply {
                    if live.state() == State::TimeWait {
                        entry.last.clone_from(&reply);
                    }
                    if entry.replies.len() == REPLIES {
                        entry.replies.pop_front();
                    }
                    entry.replies.push_back(reply);
                }
            }
            Phase::Over(over) if !over.is_reset => {
                // Our last acknowledgment was lost where the peer says its end again.
                let is_late = segment.flags & FIN != 0 || segment.data > 0;
                if is_late && segment.flags & RST == 0 && entry.replies.is_empty() {
                    entry.replies.push_back(over.last.clone());
                }
            }
            Phase::Over(_) | Phase::Cut(_) => {
                let link = entry.link;
                self.stray(link, bytes, now);
            }
        }
        self.settle(flow, now);
    }

    /// A packet that belongs to no flow is answered as by a closed port, at a limited rate.
    pub(crate) fn stray(&mut self, link: Link, bytes: &[u8], now: Monotonic) {
        self.counts.strays += 1;
        let reset = Packet::parse(bytes).ok().and_then(|packet| reset_for(&packet));
        if let Some(reset) = reset.filter(|_| self.answers.take(ANSWERS, 1, now)) {
            self.say(link, reset);
        }
    }

    /// Sends a reset of a flow that is not there any more.
    pub(crate) fn say(&mut self, link: Link, reset: Vec<u8>) {
        let waiting = self.loose.entry(link).or_default();
        if waiting.len() < LOOSE {
            waiting.push_back(reset);
        }
    }

    /// The next packet for a link; none where nobody has anything to send there.
    pub fn next_packet(&mut self, link: Link, now: Monotonic) -> Option<Vec<u8>> {
        if let Some(packet) = self.loose.get_mut(&link).and_then(|waiting| waiting.pop_front()) {
            return Some(packet);
        }
        while let Some(turn) = self.turns.get_mut(&link)?.pop() {
            let flow = match turn {
                Turn::Packet(packet) => return Some(packet),
                Turn::Flow(flow) => flow,
            };
            let Some(entry) = self.flows.get_mut(&flow).filter(|entry| entry.queued == Some(link)) else {
                continue;
            };
            entry.queued = None;
            if entry.link != link {
                // It goes elsewhere since its last packet came from there.
                self.settle(flow, now);
                continue;
            }
            let peer = entry.tuple.destination;
            let packet = self.packet_of(flow, now);
            if let (Some(packet), Some(turns)) = (&packet, self.turns.get_mut(&link)) {
                turns.charge(peer, packet.len());
            }
            if packet.is_some() {
                return packet;
            }
        }
        None
    }

    /// Takes a packet that is no flow's (UDP, ICMP): it takes turns with those of its peer's flows.
    /// Returns whether there was room for it.
    pub fn send(&mut self, link: Link, peer: Ipv4Addr, packet: Vec<u8>) -> bool {
        self.turns.entry(link).or_default().push_packet(peer, packet)
    }

    /// Whether anything waits to be sent on a link.
    pub fn has_packets(&self, link: Link) -> bool {
        self.loose.get(&link).is_some_and(|waiting| !waiting.is_empty())
            || self.turns.get(&link).is_some_and(|turns| !turns.is_empty())
    }

    fn packet_of(&mut self, flow: FlowId, now: Monotonic) -> Option<Vec<u8>> {
        let entry = self.flows.get_mut(&flow)?;
        let reply = entry.replies.pop_front();
        let mut packet = match &mut entry.phase {
            _ if reply.is_some() => reply,
            Phase::Live(live) => entry.flight.next(&entry.stated, now).or_else(|| live.packet(now)),
            Phase::Over(Over { last, again, .. }) if again.front().is_some_and(|at| *at <= now) => {
                again.pop_front();
                Some(last.clone())
            }
            Phase::Waiting(_) | Phase::Cut(_) | Phase::Over(_) => None,
        };
        if let (Phase::Live(_), Some(packet)) = (&entry.phase, &mut packet)
            && let Some(segment) = segment_of(packet)
        {
            entry.recovery.restate(packet, &segment);
            entry.recovery.sent(&segment, now);
            entry.flight.sent(packet, &segment, now);
            entry.stated = packet.get(..HEADERS).unwrap_or_default().to_vec();
        }
        self.settled_after(flow, packet.as_deref(), now);
        packet
    }

    /// Lets time pass. Flows whose deadline came may have something to send, or be over.
    pub fn advance(&mut self, now: Monotonic) {
        while let Some(&(at, flow)) = self.deadlines.first().filter(|(at, _)| *at <= now) {
            self.deadlines.remove(&(at, flow));
            if let Some(entry) = self.flows.get_mut(&flow) {
                entry.deadline = None;
                self.settle(flow, now);
            }
        }
    }

    /// How far a flow is.
    pub fn state(&self, flow: FlowId) -> crate::State {
        match self.flows.get(&flow).map(|entry| (&entry.phase, entry)) {
            Some((Phase::Waiting(_), _)) => crate::State::Opening,
            Some((Phase::Live(_), entry)) if !entry.opened => crate::State::Opening,
            Some((Phase::Live(_), _)) => crate::State::Open,
            Some((Phase::Cut(cut), _)) => crate::State::Cut(*cut),
            Some((Phase::Over(_), _)) | None => crate::State::Cut(Cut::Gone),
        }
    }
}
