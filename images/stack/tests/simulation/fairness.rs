//! How much gets through: alone, on a bad path, and beside twenty flows to a slow agent.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use stack::{Congestion, Event, FlowId, Read, Settings, Stack, Write};
use tunnel::limits::QUEUED;
use tunnel::time::Monotonic;

use crate::network::{MTU, SERVER, settings};
use crate::random::Random;

/// A connector that sends to agents by way of an intermediate: one link to the intermediate, one to each agent with a queue of
/// [`QUEUED`] bytes before it, as the intermediate has one for each connector.
struct World {
    now: Monotonic,
    connector: Stack,
    agents: HashMap<Ipv4Addr, Agent>,
    flying: BinaryHeap<Reverse<Flying>>,
    /// Bits a second of the connector's link, and when it is free again.
    uplink: (u64, Monotonic),
    half_trip: Duration,
    loss: u64,
    random: Random,
    sent: u64,
    dropped: u64,
    congestion: Congestion,
}

/// When it arrives, order, to which agent, what.
type Flying = (Monotonic, u64, Option<Ipv4Addr>, Vec<u8>);

struct Agent {
    stack: Stack,
    rate: u64,
    /// When its link is free again: what waits there is what it carries until then.
    free: Monotonic,
    received: u64,
    flows: Vec<FlowId>,
}

/// How long bytes take at a rate in bits a second.
fn time(bytes: usize, rate: u64) -> Duration {
    Duration::from_nanos(bytes as u64 * 8_000_000_000 / rate)
}

impl World {
    fn new(congestion: Congestion, uplink: u64, loss: u64) -> Self {
        let settings = Settings { congestion, budget: 768 << 20, ..settings(1) };
        Self {
            now: Monotonic::default(),
            connector: Stack::new(settings),
            agents: HashMap::new(),
            flying: BinaryHeap::new(),
            uplink: (uplink, Monotonic::default()),
            half_trip: Duration::from_millis(15),
            loss,
            random: Random(7),
            sent: 0,
            dropped: 0,
            congestion,
        }
    }

    /// An agent with so many flows, on each of which the connector sends without end.
    fn agent(&mut self, last: u8, rate: u64, flows: u16) {
        let address = Ipv4Addr::new(100, 64, 0, last);
        let settings =
            Settings { congestion: self.congestion, budget: 768 << 20, ..settings(u64::from(last)) };
        let mut stack = Stack::new(settings);
        let to = |index| SocketAddrV4::new(SERVER, 8000 + index);
        let flows =
            (0..flows).map(|index| stack.connect(0, address, to(index), MTU, self.now).unwrap()).collect();
        self.agents.insert(address, Agent { stack, rate, free: self.now, received: 0, flows });
    }

    fn fly(&mut self, after: Duration, to: Option<Ipv4Addr>, packet: Vec<u8>) {
        if self.random.happens(self.loss) {
            return;
        }
        self.sent += 1;
        self.flying.push(Reverse((self.now + after, self.sent, to, packet)));
    }

    fn step(&mut self) {
        let now = self.now;
        // As fast as the link to the intermediate takes it, not faster: what waits, waits in its flow.
        while self.uplink.1 <= now
            && let Some(packet) = self.connector.next_packet(0, now)
        {
            self.uplink.1 = self.uplink.1.max(now) + time(packet.len(), self.uplink.0);
            let to = Ipv4Addr::from(*packet[16..].first_chunk::<4>().unwrap());
            let agent = self.agents.get_mut(&to).unwrap();
            let waits = agent.free.since(now);
            if waits > time(QUEUED, agent.rate) {
                self.dropped += 1;
                continue;
            }
            agent.free = agent.free.max(now) + time(packet.len(), agent.rate);
            let after = agent.free.since(now) + self.half_trip;
            self.fly(after, Some(to), packet);
        }
        let addresses: Vec<_> = self.agents.keys().copied().collect();
        let mut answers = Vec::new();
        for address in addresses {
            let agent = self.agents.get_mut(&address).unwrap();
            while let Some(packet) = agent.stack.next_packet(0, now) {
                answers.push(packet);
            }
        }
        answers.into_iter().for_each(|packet| self.fly(self.half_trip, None, packet));
        let deadlines = self.agents.values().map(|agent| &agent.stack).chain([&self.connector]);
        let mut next = deadlines.filter_map(Stack::deadline).min().unwrap();
        next = self.flying.peek().map_or(next, |Reverse((at, ..))| next.min(*at));
        if self.connector.has_packets(0) {
            next = next.min(self.uplink.1);
        }
        self.now = next.max(now + Duration::from_micros(1));
        while let Some(Reverse((at, ..))) = self.flying.peek()
            && *at <= self.now
        {
            let Reverse((_, _, to, packet)) = self.flying.pop().unwrap();
            let stack = match to {
                Some(to) => &mut self.agents.get_mut(&to).unwrap().stack,
                None => &mut self.connector,
            };
            stack.receive(0, &packet, self.now).unwrap();
        }
        self.use_flows();
    }

    fn use_flows(&mut self) {
        let now = self.now;
        self.connector.advance(now);
        for event in self.connector.events().collect::<Vec<_>>() {
            let flow = match event {
                Event::Incoming { flow, .. } => {
                    self.connector.accept(flow, MTU, now).unwrap();
                    flow
                }
                Event::Changed(flow) => flow,
            };
            while let Write::Some(()) = self.connector.write(flow, now, |room| (room.len(), ())) {}
        }
        for agent in self.agents.values_mut() {
            agent.stack.advance(now);
            agent.stack.events().for_each(drop);
            for flow in &agent.flows {
                while let Read::Some(bytes) = agent.stack.read(*flow, now, |bytes| (bytes.len(), bytes.len()))
                {
                    agent.received += bytes as u64;
                }
            }
        }
    }

    /// Mbit/s of each agent over so many seconds, after one of warming up.
    fn goodput(&mut self, seconds: u64) -> HashMap<u8, f64> {
        let until = |world: &mut Self, time| {
            let end = world.now + time;
            while world.now < end {
                world.step();
            }
        };
        until(self, Duration::from_secs(1));
        self.agents.values_mut().for_each(|agent| agent.received = 0);
        until(self, Duration::from_secs(seconds));
        let rate = |agent: &Agent| agent.received as f64 * 8.0 / seconds as f64 / 1e6;
        self.agents.iter().map(|(address, agent)| (address.octets()[3], rate(agent))).collect()
    }
}

const ALL: [Congestion; 4] = [Congestion::Measured, Congestion::None, Congestion::Reno, Congestion::Cubic];

#[test]
#[ignore = "prints figures for docs/decisions.md"]
fn figures() {
    for congestion in ALL {
        for loss in [0, 10] {
            let mut world = World::new(congestion, 1_000_000_000, loss);
            world.agent(1, 1_000_000_000, 1);
            println!("{congestion:?} alone, loss {loss}: {:?}", world.goodput(20));
        }
        for uplink in [100_000_000, 1_000_000_000] {
            let mut world = World::new(congestion, uplink, 0);
            world.agent(1, 1_000_000_000, 1);
            let alone = world.goodput(10);
            world.agent(2, 5_000_000, 20);
            let beside = world.goodput(20);
            println!(
                "{congestion:?} uplink {uplink}: alone {alone:?} beside {beside:?} dropped {}",
                world.dropped
            );
        }
    }
}

#[test]
fn a_slow_agent_with_twenty_flows_takes_little_from_a_fast_one_with_one() {
    let one = |with_slow: bool| {
        let mut world = World::new(Congestion::Measured, 100_000_000, 0);
        world.agent(1, 1_000_000_000, 1);
        if with_slow {
            world.agent(2, 5_000_000, 20);
        }
        world.goodput(3)
    };
    let (alone, beside) = (one(false), one(true));
    assert!(alone[&1] > 50.0, "at 30 ms: {alone:?}");
    assert!(beside[&1] > 0.8 * alone[&1], "{alone:?} {beside:?}");
    assert!(beside[&2] > 2.0, "the slow one gets its share too: {beside:?}");
}

#[test]
fn a_path_that_loses_one_in_a_hundred_carries_five_megabits() {
    let mut world = World::new(Congestion::Measured, 1_000_000_000, 10);
    world.agent(1, 1_000_000_000, 1);
    let goodput = world.goodput(3);
    assert!(goodput[&1] > 5.0, "{goodput:?}");
}
