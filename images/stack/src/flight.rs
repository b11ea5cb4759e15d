//! Segments that are on their way, kept so that what is missing among them can be sent again at once: smoltcp 0.14 does not hear
//! which of them the peer has (RFC 2018), and would send one in a round trip.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tunnel::packet::{SYN, Segment};
use tunnel::time::Monotonic;

use crate::header::{is_after, restamp};

/// Later segments that the peer has, after which an earlier one is taken for lost (RFC 6675).
const LATER: usize = 3;

/// Bytes that all flows of a stack may keep: what is beyond is sent again by smoltcp alone.
const MOST: usize = 128 << 20;

/// Bytes that all flows keep.
pub type Kept = Arc<AtomicUsize>;

/// Segments that are on their way, in their order.
#[derive(Debug)]
pub struct Flight {
    kept: Kept,
    segments: VecDeque<Sent>,
    /// What is to be sent again, by its first sequence number.
    missing: VecDeque<u32>,
}

#[derive(Debug)]
struct Sent {
    packet: Vec<u8>,
    begin: u32,
    end: u32,
    /// The peer has it.
    is_there: bool,
    /// When it was sent again.
    again: Option<Monotonic>,
}

impl Flight {
    /// Nothing is on its way. `kept` is of all flows together.
    pub fn new(kept: Kept) -> Self {
        Self { kept, segments: VecDeque::new(), missing: VecDeque::new() }
    }

    /// A segment was sent: for the first time it is kept, else it is known when.
    pub fn sent(&mut self, packet: &[u8], segment: &Segment, now: Monotonic) {
        if segment.data == 0 || segment.flags & SYN != 0 {
            return;
        }
        let (begin, end) = (segment.sequence, segment.end());
        if self.segments.back().is_none_or(|last| !is_after(last.end, begin)) {
            if self.kept.load(Ordering::Relaxed) + packet.len() <= MOST {
                self.kept.fetch_add(packet.len(), Ordering::Relaxed);
                self.segments.push_back(Sent {
                    packet: packet.to_vec(),
                    begin,
                    end,
                    is_there: false,
                    again: None,
                });
            }
            return;
        }
        let repeated =
            self.segments.iter_mut().filter(|one| is_after(one.end, begin) && is_after(end, one.begin));
        repeated.for_each(|one| one.again = Some(now));
    }

    /// The peer has all before `ack`, and of what is after it these pieces. What is missing among them is to be sent again, but what
    /// was within a round trip, and but the first, which smoltcp sends again.
    pub fn heard(
        &mut self,
        ack: u32,
        pieces: impl Iterator<Item = (u32, u32)>,
        trip: Duration,
        now: Monotonic,
    ) {
        while self.segments.front().is_some_and(|first| !is_after(first.end, ack)) {
            self.drop_first();
        }
        let mut is_news = false;
        for (begin, end) in pieces {
            let within = |one: &&mut Sent| !is_after(begin, one.begin) && !is_after(one.end, end);
            self.segments.iter_mut().filter(within).for_each(|one| {
                is_news |= !one.is_there;
                one.is_there = true;
            });
        }
        if is_news {
            self.find_missing(ack, trip, now);
        }
    }

    fn find_missing(&mut self, ack: u32, trip: Duration, now: Monotonic) {
        let mut later = 0;
        self.missing.clear();
        for one in self.segments.iter().rev() {
            let is_awaited = one.again.is_some_and(|at| now.since(at) < trip);
            later += usize::from(one.is_there);
            if later >= LATER && !one.is_there && !is_awaited && is_after(one.begin, ack) {
                self.missing.push_front(one.begin);
            }
        }
    }

    /// Whether the first segment was sent again within the last round trip.
    pub fn is_first_awaited(&self, trip: Duration, now: Monotonic) -> bool {
        self.segments.front().and_then(|first| first.again).is_some_and(|at| now.since(at) < trip)
    }

    /// Whether anything is to be sent again.
    pub fn has_missing(&self) -> bool {
        !self.missing.is_empty()
    }

    /// The next segment that is to be sent again; it acknowledges what `last`, a packet of this flow, does.
    pub fn next(&mut self, last: &[u8], now: Monotonic) -> Option<Vec<u8>> {
        while let Some(begin) = self.missing.pop_front() {
            let found = self.segments.iter_mut().find(|one| one.begin == begin && !one.is_there);
            let Some(found) = found else { continue };
            found.again = Some(now);
            let mut packet = found.packet.clone();
            restamp(&mut packet, last);
            return Some(packet);
        }
        None
    }

    /// What was sent is taken for lost altogether, and smoltcp sends it again; or nothing more is sent.
    pub fn forget(&mut self) {
        while !self.segments.is_empty() {
            self.drop_first();
        }
        self.missing.clear();
    }

    fn drop_first(&mut self) {
        if let Some(first) = self.segments.pop_front() {
            self.kept.fetch_sub(first.packet.len(), Ordering::Relaxed);
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.forget();
    }
}
