//! Whether packets wait on their way, from what round trips take.

use std::time::{Duration, Instant};

/// How long the shortest round trip counts: a route may become longer. It outlasts what others send at once, whose queue would
/// else be taken for the path; BBR, which takes 10 s, empties the queue itself to measure.
const COUNTS: Duration = Duration::from_secs(300);

/// What machines add to a round trip that are busy, not the path.
const SLACK: Duration = Duration::from_millis(10);

/// Round trips of which the shortest tells something (`N_RTT_SAMPLE` of RFC 9406): a packet that is alone is acknowledged late.
const ENOUGH: u32 = 8;

/// What round trips take.
#[derive(Clone, Copy, Debug)]
pub struct Trips {
    /// When the first packet was sent of those that are measured now.
    begin: Instant,
    count: u32,
    /// The shortest of them, of those measured before them where they were enough, and of all, with its time.
    least: Duration,
    before: Option<Duration>,
    shortest: Option<(Duration, Instant)>,
}

impl Trips {
    /// Nothing is measured before `now`.
    pub fn new(now: Instant) -> Self {
        Self { begin: now, count: 0, least: Duration::MAX, before: None, shortest: None }
    }

    /// A packet is acknowledged.
    pub fn heard(&mut self, sent: Instant, now: Instant) {
        let trip = now.saturating_duration_since(sent);
        if sent >= self.begin && self.count > 0 {
            self.before = (self.count >= ENOUGH).then_some(self.least);
            (self.begin, self.count, self.least) = (now, 0, Duration::MAX);
        }
        (self.count, self.least) = (self.count.saturating_add(1), self.least.min(trip));
        self.shortest =
            self.shortest.filter(|(most, at)| *most < trip && now.saturating_duration_since(*at) < COUNTS);
        self.shortest.get_or_insert((trip, now));
    }

    /// Whether all of a round trip took half as long again as the shortest: behind a queue of half of what the path carries meanwhile.
    pub fn is_waiting(&self) -> bool {
        let found = self.before.zip(self.shortest);
        found.is_some_and(|(before, (shortest, _))| before > shortest + (shortest / 2).max(SLACK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Whether packets are seen to wait, after some round trips of so many packets from `second` on, of which one in eight takes so many
    /// milliseconds and the others, held up by a busy machine, 40 more.
    fn seen(trips: &mut Trips, begin: Instant, second: u64, packets: u32, milliseconds: u32) -> bool {
        let mut sent = begin + Duration::from_secs(second);
        for _ in 0..3 {
            let at = sent + MILLISECOND * milliseconds;
            (0..packets).for_each(|packet| {
                trips.heard(sent, at + MILLISECOND * if packet % 8 == 0 { 0 } else { 40 });
            });
            sent = at + MILLISECOND * 41;
        }
        trips.is_waiting()
    }

    #[test]
    fn a_queue_is_seen_and_neither_a_busy_machine_nor_a_packet_that_is_alone() {
        let begin = Instant::now();
        let mut trips = Trips::new(begin);
        assert!(!trips.is_waiting());
        let mut at = |second, packets, milliseconds| seen(&mut trips, begin, second, packets, milliseconds);
        assert!(!at(0, 8, 30));
        assert!(!at(1, 8, 45));
        assert!(at(2, 8, 46));
        assert!(!at(3, 8, 30));
        assert!(!at(4, 7, 80), "they are too few to tell");
    }

    #[test]
    fn a_longer_route_is_no_queue_for_ever() {
        let begin = Instant::now();
        let mut trips = Trips::new(begin);
        let mut at = |second, milliseconds| seen(&mut trips, begin, second, 8, milliseconds);
        assert!(!at(0, 10));
        assert!(!at(1, 20), "between near machines 10 ms are slack");
        assert!(at(2, 30));
        assert!(at(299, 30));
        assert!(!at(301, 30));
    }
}
