//! Senders that share one path, in virtual time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn_proto::EcnCodepoint;
use quinn_proto::congestion::ControllerFactory;

use crate::end::{End, Packet, pair};
use crate::random::Random;

/// What a path does.
#[derive(Clone, Copy)]
pub struct Path {
    /// Bits a second, and bytes that may wait for their turn.
    pub rate: u64,
    pub queue: usize,
    /// How long a packet takes each way.
    pub half_trip: Duration,
    /// Of a thousand packets so many are lost by chance.
    pub loss: u64,
    /// Whether a packet that waits behind half of a full queue is marked, and none is lost.
    pub marks: bool,
}

pub struct World {
    pub path: Path,
    pub now: Instant,
    ends: Vec<[End; 2]>,
    /// When it arrives, order, pair, end.
    flying: BinaryHeap<Reverse<(Instant, u64, usize, usize)>>,
    packets: HashMap<u64, Packet>,
    count: u64,
    /// When the path is free again: what waits is what it carries until then.
    free: Instant,
    random: Random,
    /// Packets that were sent to the path, lost because it was full, and bytes that waited before each.
    pub sent: u64,
    pub overflown: u64,
    pub waited: u64,
}

impl World {
    pub fn new(path: Path, controllers: &[Arc<dyn ControllerFactory + Send + Sync>]) -> Self {
        let now = Instant::now();
        let ends = (1..).zip(controllers).map(|(seed, one)| pair(Arc::clone(one), seed, now)).collect();
        Self {
            path,
            now,
            ends,
            flying: BinaryHeap::new(),
            packets: HashMap::new(),
            count: 0,
            free: now,
            random: Random(7),
            sent: 0,
            overflown: 0,
            waited: 0,
        }
    }

    /// Lets so many seconds pass. Returns the bits a second that each receiver got in them.
    pub fn run(&mut self, seconds: u64) -> Vec<u64> {
        let before: Vec<_> = self.ends.iter().map(|[_, receiver]| receiver.received).collect();
        self.pass(Duration::from_secs(seconds));
        let after = self.ends.iter().map(|[_, receiver]| receiver.received);
        after.zip(before).map(|(after, before)| (after - before) * 8 / seconds).collect()
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            self.step();
        }
    }

    /// What the first sender may have on its way, in bytes.
    pub fn window(&mut self) -> u64 {
        self.ends[0][0].connection().congestion_state().window()
    }

    fn step(&mut self) {
        while let Some(Reverse((at, id, pair, end))) = self.flying.peek().copied()
            && at <= self.now
        {
            self.flying.pop();
            let packet = self.packets.remove(&id).unwrap();
            self.ends[pair][end].take(packet, self.now);
        }
        for pair in 0..self.ends.len() {
            for end in [0, 1] {
                for packet in self.ends[pair][end].packets(end == 0, self.now) {
                    self.send(pair, end, packet);
                }
            }
        }
        let timeouts = self.ends.iter_mut().flatten().filter_map(End::next).min();
        let arrival = self.flying.peek().map(|Reverse((at, ..))| *at);
        let next = timeouts.into_iter().chain(arrival).min().unwrap();
        self.now = next.max(self.now + Duration::from_micros(1));
    }

    /// Acknowledgments go back on a path that is never full.
    fn send(&mut self, pair: usize, end: usize, (mut mark, packet): Packet) {
        let Path { rate, queue, half_trip, loss, marks } = self.path;
        let mut at = self.now + half_trip;
        if end == 0 {
            let time = |bytes: usize| Duration::from_nanos(bytes as u64 * 8_000_000_000 / rate);
            let waits = self.free.saturating_duration_since(self.now);
            self.sent += 1;
            self.waited += waits.as_nanos() as u64 * (rate / 1000) / 8_000_000;
            if marks && waits > time(queue / 2) {
                mark = mark.map(|_| EcnCodepoint::Ce);
            } else if waits > time(queue) {
                self.overflown += 1;
                return;
            }
            self.free = self.free.max(self.now) + time(packet.len());
            at = self.free + half_trip;
        }
        if self.random.happens(loss) {
            return;
        }
        self.count += 1;
        self.packets.insert(self.count, (mark, packet));
        self.flying.push(Reverse((at, self.count, pair, 1 - end)));
    }
}
