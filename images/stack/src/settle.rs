//! What follows for a flow from whatever happened to it: who must be told, when it is asked next, whether it is over.

use std::time::Duration;

use smoltcp::socket::tcp::State;
use tunnel::limits::TCP_IDLE;
use tunnel::packet::{ACK, RST};
use tunnel::time::Monotonic;

use crate::entry::{Entry, Finish, Over, Phase};
use crate::live::Due;
use crate::{Congestion, Cut, Event, FlowId, GIVE_UP, Stack};

/// A flow that both sides ended is remembered for the peer that did not hear our last acknowledgment.
const LINGER: Duration = Duration::from_secs(60);

/// smoltcp waits 10 s for late packets, and then forgets all; before that it is not asked any more.
const KEPT: Duration = Duration::from_secs(9);

/// When a reset is said again, in milliseconds: an intermediate lets it through for 10 s.
const AGAIN: [u64; 5] = [500, 1_500, 3_000, 5_000, 8_000];

/// A flow that wanted to send and then had nothing is asked again after this: smoltcp should not do that.
const STALLED: Duration = Duration::from_millis(10);

impl Stack {
    /// Looks at one flow after anything happened to it.
    pub(crate) fn settle(&mut self, flow: FlowId, now: Monotonic) {
        self.review(flow, None, false, now);
    }

    /// The same after it was asked for a packet.
    pub(crate) fn settled_after(&mut self, flow: FlowId, packet: Option<&[u8]>, now: Monotonic) {
        self.review(flow, packet, packet.is_none(), now);
    }

    fn review(&mut self, flow: FlowId, packet: Option<&[u8]>, stalled: bool, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        match &mut entry.phase {
            Phase::Waiting(_) if entry.heard + GIVE_UP <= now => self.cut(flow, Cut::Silent),
            Phase::Waiting(_) => {
                let at = entry.heard + GIVE_UP;
                self.schedule(flow, Some(at));
            }
            Phase::Cut(_) => self.schedule(flow, None),
            Phase::Over(over) if over.until <= now => self.forget(flow),
            Phase::Over(over) => {
                let next = over.again.front().copied();
                let wants = !entry.replies.is_empty() || next.is_some_and(|at| at <= now);
                let at = next.filter(|at| *at > now).unwrap_or(over.until);
                self.schedule(flow, Some(at));
                self.queue(flow, wants);
            }
            Phase::Live(_) => self.review_live(flow, packet, stalled, now),
        }
    }

    fn review_live(&mut self, flow: FlowId, packet: Option<&[u8]>, stalled: bool, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        let is_told = entry.advance(packet, now);
        let Phase::Live(live) = &mut entry.phase else { return };
        if is_told {
            self.events.push_back(Event::Changed(flow));
        }
        if live.is_over() {
            return self.end(flow, packet, now);
        }
        let patience = match entry.waits {
            Some(since) => entry.heard.max(since) + GIVE_UP,
            None => entry.heard + TCP_IDLE,
        };
        if patience <= now {
            live.abort();
            let (link, reset) = (entry.link, live.packet(now));
            reset.into_iter().for_each(|reset| self.say(link, reset));
            return self.cut(flow, Cut::Silent);
        }
        let lost_at = entry.recovery.deadline();
        if lost_at.is_some_and(|at| at <= now) {
            entry.recovery.lost(now);
            entry.flight.forget();
            let is_held = self.settings.congestion == Congestion::Measured;
            // The window that counts now; smoltcp would send again all that it may.
            let bare = entry.recovery.bare(entry.tuple, live.expected(), ACK, is_held);
            let bare = bare.filter(|_| !live.owes_end());
            bare.iter().for_each(|bare| drop(live.receive(bare, now)));
            live.hurry(now);
        }
        let patience = entry.recovery.deadline().map_or(patience, |at| at.min(patience));
        // smoltcp forgets what was not read yet when it has waited long enough for late packets.
        let is_kept = !entry.released && entry.late.is_some_and(|since| now >= since + KEPT);
        let due = if is_kept { Due::Never } else { live.due(now) };
        let wants = !entry.replies.is_empty() || entry.flight.has_missing() || (due == Due::Now && !stalled);
        if !wants && entry.released && entry.late.is_some() && !entry.last.is_empty() {
            let last = std::mem::take(&mut entry.last);
            return self.keep(
                flow,
                Over { last, until: now + LINGER, again: [].into(), is_reset: false },
                now,
            );
        }
        let at = match due {
            Due::At(at) => at.min(patience),
            Due::Now if stalled => now + STALLED,
            Due::Now | Due::Never => patience,
        };
        self.schedule(flow, Some(at));
        self.queue(flow, wants);
    }

    /// smoltcp is done with it: by both ends, by our reset (the packet that was sent last), or by the peer's.
    fn end(&mut self, flow: FlowId, packet: Option<&[u8]>, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        let Phase::Live(live) = &mut entry.phase else { return };
        let ours = packet.filter(|packet| packet.get(33).is_some_and(|flags| flags & RST != 0));
        // Both sides said their end, and the peer has ours: what it sent may still be read. (A reset went another way.)
        let is_ended = entry.finish == Finish::Done && (live.can_read() || live.is_read());
        if let Some(reset) = ours.filter(|_| entry.released) {
            let last = reset.to_vec();
            return self.repeat(flow, last, now);
        }
        if entry.released {
            return self.forget(flow);
        }
        if is_ended {
            return self.schedule(flow, None);
        }
        let why = entry.reset();
        self.cut(flow, why);
    }

    /// The flow is over for its holder; its buffers are given back.
    pub(crate) fn cut(&mut self, flow: FlowId, why: Cut) {
        self.counts.cut += 1;
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        if entry.released {
            return self.forget(flow);
        }
        if let Phase::Live(live) = &entry.phase {
            self.budget.give_back(live.buffer);
        }
        entry.phase = Phase::Cut(why);
        entry.flight.forget();
        entry.replies.clear();
        self.events.push_back(Event::Changed(flow));
        self.schedule(flow, None);
    }

    /// We reset it: said again, since nothing would ask for it where the peer only waits to read.
    fn repeat(&mut self, flow: FlowId, last: Vec<u8>, now: Monotonic) {
        let again = AGAIN.map(|after| now + Duration::from_millis(after)).into();
        self.keep(flow, Over { last, until: now + LINGER, again, is_reset: true }, now);
    }

    fn keep(&mut self, flow: FlowId, over: Over, now: Monotonic) {
        self.leave(flow);
        if let Some(entry) = self.flows.get_mut(&flow) {
            entry.phase = Phase::Over(over);
            entry.flight.forget();
            entry.replies.clear();
        }
        self.settle(flow, now);
    }

    /// Forgets a flow.
    pub(crate) fn forget(&mut self, flow: FlowId) {
        self.leave(flow);
        let Some(entry) = self.flows.remove(&flow) else { return };
        if self.by_tuple.get(&entry.tuple) == Some(&flow) {
            self.by_tuple.remove(&entry.tuple);
        }
        if let Some(at) = entry.deadline {
            self.deadlines.remove(&(at, flow));
        }
    }

    /// Gives back what a flow holds: its buffers, and its place among those of its peer.
    fn leave(&mut self, flow: FlowId) {
        let Some(entry) = self.flows.get(&flow) else { return };
        if let Phase::Live(live) = &entry.phase {
            self.budget.give_back(live.buffer);
        }
        if !matches!(entry.phase, Phase::Over(_)) {
            let peer = entry.tuple.destination;
            let left = self.of_peer.get(&peer).map_or(0, |flows| flows.saturating_sub(1));
            match left {
                0 => self.of_peer.remove(&peer),
                left => self.of_peer.insert(peer, left),
            };
        }
    }

    /// Writes down when the flow is looked at again.
    fn schedule(&mut self, flow: FlowId, at: Option<Monotonic>) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        if entry.deadline == at {
            return;
        }
        if let Some(old) = entry.deadline {
            self.deadlines.remove(&(old, flow));
        }
        entry.deadline = at;
        if let Some(at) = at {
            self.deadlines.insert((at, flow));
        }
    }

    /// The flow has something to send: it waits in line once.
    fn queue(&mut self, flow: FlowId, wants: bool) {
        let Some(entry) = self.flows.get_mut(&flow).filter(|_| wants) else { return };
        if entry.queued != Some(entry.link) {
            entry.queued = Some(entry.link);
            self.turns.entry(entry.link).or_default().push(entry.tuple.destination, flow);
        }
    }
}

/// The part of a buffer that must be free before a writer that found it full is told.
const ENOUGH: usize = 16;

impl Entry {
    /// Writes down how far smoltcp is.
    /// Returns whether the flow's holder must be told.
    fn advance(&mut self, packet: Option<&[u8]>, now: Monotonic) -> bool {
        let Phase::Live(live) = &mut self.phase else { return false };
        let state = live.state();
        let has_begun = !matches!(state, State::Listen | State::SynSent | State::SynReceived | State::Closed);
        let has_opened = has_begun && !self.opened;
        self.opened |= has_begun;
        if self.opened && self.finish == Finish::Said && live.can_finish() {
            live.finish();
            self.finish = Finish::Done;
        }
        if state == State::TimeWait {
            self.late.get_or_insert(now);
            packet.into_iter().for_each(|packet| self.last = packet.to_vec());
        }
        self.waits = (!live.is_settled()).then(|| self.waits.unwrap_or(now));
        let is_told = has_opened
            || (self.wants_read && (live.can_read() || live.is_read() || live.is_over()))
            || (self.wants_write && (live.room() >= live.buffer / ENOUGH || live.is_over()));
        if is_told {
            (self.wants_read, self.wants_write) = (false, false);
        }
        is_told
    }
}
