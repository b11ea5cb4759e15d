//! Two stacks with a network between them, in virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::Ipv4Addr;
use std::time::Duration;

use stack::{Congestion, Event, FlowId, Settings, Stack};
use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

use crate::random::Random;

pub const MTU: usize = 1300;
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);

/// What the network does to packets, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    pub delay: Duration,
    /// The most that is added to the delay of a packet: later ones overtake it.
    pub jitter: Duration,
    pub loss: u64,
    pub duplicates: u64,
    /// Bytes a second that go each way; 0 for any.
    pub rate: u64,
    /// Packets that wait each way where the rate is reached; more are lost.
    pub queue: u64,
}

/// When it arrives, order, to whom, what.
type Flying = (Monotonic, u64, usize, Vec<u8>);

pub struct Network {
    pub now: Monotonic,
    pub ends: [Stack; 2],
    pub weather: Weather,
    pub random: Random,
    flying: BinaryHeap<Reverse<Flying>>,
    /// When each way has carried what waits.
    busy: [Monotonic; 2],
    sent: u64,
    /// What each end was told, not yet looked at.
    pub incoming: Vec<(FlowId, Tuple)>,
}

pub fn settings(seed: u64) -> Settings {
    Settings { budget: 64 << 20, flows_per_peer: 4096, congestion: Congestion::Measured, seed }
}

impl Network {
    pub fn new(seed: u64, weather: Weather) -> Self {
        Self::with(settings(seed), weather)
    }

    pub fn with(settings: Settings, weather: Weather) -> Self {
        let seed = settings.seed;
        let ends = [Stack::new(settings), Stack::new(Settings { seed: !seed, ..settings })];
        let (random, now) = (Random(seed), Monotonic::default());
        Self {
            now,
            ends,
            weather,
            random,
            flying: BinaryHeap::new(),
            busy: [now; 2],
            sent: 0,
            incoming: Vec::new(),
        }
    }

    /// Lets both ends send all that they have, and time pass until something happens, but no further than `until`.
    pub fn step(&mut self, until: Monotonic) {
        for end in 0..2 {
            while let Some(packet) = self.ends[end].next_packet(0, self.now) {
                self.fly(1 - end, packet);
            }
        }
        let deadlines = self.ends.iter().filter_map(Stack::deadline);
        let next = self.flying.peek().map(|Reverse((at, ..))| *at);
        self.now = deadlines.chain(next).chain([until]).min().unwrap().max(self.now);
        while let Some(Reverse((at, ..))) = self.flying.peek()
            && *at <= self.now
        {
            let Reverse((_, _, to, packet)) = self.flying.pop().unwrap();
            self.ends[to].receive(0, &packet, self.now).unwrap();
        }
        for end in &mut self.ends {
            end.advance(self.now);
        }
        let told = self.ends[1].events().collect::<Vec<_>>();
        self.incoming.extend(told.into_iter().filter_map(|event| match event {
            Event::Incoming { flow, tuple, .. } => Some((flow, tuple)),
            Event::Changed(_) => None,
        }));
        self.ends[0].events().for_each(drop);
    }

    fn fly(&mut self, to: usize, packet: Vec<u8>) {
        if self.random.happens(self.weather.loss) {
            return;
        }
        let Some(waits) = self.wait(to, packet.len() as u64) else { return };
        let copies = 1 + usize::from(self.random.happens(self.weather.duplicates));
        for _ in 0..copies {
            let jitter = self.random.below(self.weather.jitter.as_micros() as u64);
            let at = self.now + waits + self.weather.delay + Duration::from_micros(jitter);
            self.sent += 1;
            self.flying.push(Reverse((at, self.sent, to, packet.clone())));
        }
    }

    /// How long a packet waits for those before it; none where too many do.
    fn wait(&mut self, to: usize, bytes: u64) -> Option<Duration> {
        if self.weather.rate == 0 {
            return Some(Duration::ZERO);
        }
        let time = |bytes: u64| Duration::from_micros(bytes * 1_000_000 / self.weather.rate);
        let waits = self.busy[to].since(self.now);
        if waits > time(self.weather.queue * MTU as u64) {
            return None;
        }
        self.busy[to] = self.now + waits + time(bytes);
        Some(waits)
    }

    /// Packets on their way.
    pub fn is_calm(&self) -> bool {
        self.flying.is_empty()
    }
}
