//! Random schedules: sizes, half-closes, slow readers, resets, loss, reordering, duplication.

use std::net::SocketAddrV4;
use std::time::Duration;

use stack::{Cut, FlowId, Read, Write};
use tunnel::time::Monotonic;

use crate::network::{CLIENT, MTU, Network, SERVER, Weather};
use crate::random::{Random, runs};

/// Virtual time in which everything must be over: several losses in a row cost some doubled timeouts.
const PATIENCE: Duration = Duration::from_secs(900);

/// Schedules that found a fault once: the end said while the peer's window was full and had a hole; an end that the window cut off.
const KEPT: [u64; 2] = [2729, 4768];

/// One end of one flow.
struct End {
    flow: FlowId,
    /// What it sends in all, and how far it is.
    sends: u64,
    sent: u64,
    received: u64,
    /// What differs in the bytes of this direction.
    mark: u64,
    expects: u64,
    ended: bool,
    finished: bool,
    /// Waits for the peer's end before it says its own.
    answers: bool,
    /// Most bytes read at once, and how long it pauses then.
    sips: (usize, Duration),
    ready: Monotonic,
    /// It gives up after it has received so much.
    breaks: Option<u64>,
    over: Option<Over>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Over {
    Both,
    Cut(Cut),
    Broke,
}

fn byte(mark: u64, at: u64) -> u8 {
    (at.wrapping_mul(0x9E37_79B9).wrapping_add(mark) >> 7) as u8
}

impl End {
    fn new(flow: FlowId, random: &mut Random, sends: u64, mark: u64) -> Self {
        let sip = random.one_of(&[1 << 20, 1 << 20, 5000, 700]);
        let pause = Duration::from_millis(random.one_of(&[0, 0, 5, 40]));
        let breaks = random.happens(80).then(|| random.below(60_000));
        Self {
            flow,
            sends,
            sent: 0,
            received: 0,
            mark,
            expects: 0,
            ended: false,
            finished: false,
            answers: random.happens(500),
            sips: (sip, pause),
            ready: Monotonic::default(),
            breaks,
            over: None,
        }
    }

    /// Does what can be done now.
    fn act(&mut self, side: usize, world: &mut Network, peer_mark: u64) {
        let now = world.now;
        let stack = &mut world.ends[side];
        if self.over.is_some() {
            return;
        }
        while now >= self.ready && !self.ended {
            let (most, at) = (self.sips.0, self.received);
            let read = stack.read(self.flow, now, |bytes| {
                let taken = &bytes[..bytes.len().min(most)];
                let wrong = taken.iter().zip(at..).find(|(found, place)| **found != byte(peer_mark, *place));
                assert_eq!(wrong, None, "bytes differ");
                (taken.len(), taken.len() as u64)
            });
            match read {
                Read::Some(bytes) => {
                    self.received += bytes;
                    self.ready = now + self.sips.1;
                }
                Read::Nothing => break,
                Read::End => self.ended = true,
                Read::Cut(cut) => return self.over(side, world, Over::Cut(cut)),
            }
        }
        if self.breaks.is_some_and(|after| self.received >= after) {
            return self.over(side, world, Over::Broke);
        }
        while self.sent < self.sends {
            let (from, most, mark) = (self.sent, (self.sends - self.sent) as usize, self.mark);
            let written = stack.write(self.flow, now, |room| {
                let length = room.len().min(most);
                room[..length].iter_mut().zip(from..).for_each(|(to, at)| *to = byte(mark, at));
                (length, length as u64)
            });
            match written {
                Write::Some(bytes) => self.sent += bytes,
                Write::Full => break,
                Write::Cut(cut) => return self.over(side, world, Over::Cut(cut)),
            }
        }
        if self.sent == self.sends && !self.finished && (self.ended || !self.answers) {
            self.finished = true;
            stack.finish(self.flow, now);
        }
        if self.finished && self.ended {
            self.over(side, world, Over::Both);
        }
    }

    fn over(&mut self, side: usize, world: &mut Network, how: Over) {
        self.over = Some(how);
        world.ends[side].release(self.flow, world.now);
    }
}

fn run(seed: u64) {
    let mut random = Random(seed);
    let weather = Weather {
        delay: Duration::from_millis(random.one_of(&[0, 5, 30, 100])),
        jitter: Duration::from_millis(random.one_of(&[0, 1, 10, 60])),
        loss: random.one_of(&[0, 0, 10, 30, 100]),
        duplicates: random.one_of(&[0, 0, 20, 200]),
        ..Weather::default()
    };
    let mut world = Network::new(seed, weather);
    let count = 1 + random.below(5);
    let mut clients = Vec::new();
    for index in 0..count {
        let to = SocketAddrV4::new(SERVER, 8000 + index as u16);
        let flow = world.ends[0].connect(0, CLIENT, to, MTU, world.now).unwrap();
        let sends = random.one_of(&[0, 1, 1000, 70_000, 300_000]);
        let mut end = End::new(flow, &mut random, sends, index);
        end.expects = random.one_of(&[0, 1, 1500, 70_000, 300_000]);
        clients.push(end);
    }
    // If both wait for the other's end first, neither ever comes.
    let mut servers: Vec<Option<End>> = clients.iter().map(|_| None).collect();
    let end = world.now + PATIENCE;
    while clients.iter().any(|one| one.over.is_none())
        || servers.iter().flatten().any(|one| one.over.is_none())
    {
        assert!(world.now < end, "hangs: {:?} {:?}", world.ends[0], world.ends[1]);
        for (flow, tuple) in std::mem::take(&mut world.incoming) {
            let index = usize::from(tuple.destination_port - 8000);
            // A late copy of a SYN whose flow is over already may knock again.
            if servers[index].is_some() {
                world.ends[1].refuse(flow, world.now);
                continue;
            }
            world.ends[1].accept(flow, MTU, world.now).unwrap();
            let mut end = End::new(flow, &mut random, clients[index].expects, !(index as u64));
            end.answers &= !clients[index].answers;
            end.expects = clients[index].sends;
            servers[index] = Some(end);
        }
        for (index, client) in clients.iter_mut().enumerate() {
            client.act(0, &mut world, !(index as u64));
            if let Some(server) = &mut servers[index] {
                server.act(1, &mut world, index as u64);
            }
        }
        let pauses = clients.iter().chain(servers.iter().flatten()).map(|one| one.ready);
        let next = pauses.filter(|ready| *ready > world.now).min();
        let until = next.unwrap_or(world.now + Duration::from_secs(1));
        world.step(until);
    }
    for (client, server) in clients.iter().zip(servers.iter().flatten()) {
        judge(client, server);
        judge(server, client);
    }
    // Late packets, repeated resets, and what is remembered of either.
    let end = world.now + Duration::from_secs(200);
    while world.now < end {
        world.step(end);
    }
    assert!(world.is_calm());
    for stack in &world.ends {
        assert_eq!((stack.len(), stack.memory(), stack.remembered()), (0, 0, 0), "a slot is left: {stack:?}");
    }
}

/// What one end must have seen by how the other ended.
fn judge(one: &End, other: &End) {
    if one.over == Some(Over::Both) {
        assert_eq!(one.received, one.expects, "an end came before the last byte");
        assert_eq!(one.received, other.sent);
    }
    if one.over == Some(Over::Both) && other.over == Some(Over::Broke) {
        // The other one gave up when all was said already.
        assert!(other.sent == one.expects);
    }
    if let Some(Over::Cut(cut)) = one.over {
        let broke = other.over == Some(Over::Broke);
        assert!(broke, "cut ({cut:?}) though the other one {:?}", other.over);
    }
}

#[test]
fn what_is_sent_arrives_or_both_know_that_it_did_not() {
    for seed in KEPT.into_iter().chain(runs()) {
        let outcome = std::panic::catch_unwind(|| run(seed));
        assert!(outcome.is_ok(), "ZTNA_SEED={seed} repeats it");
    }
}
