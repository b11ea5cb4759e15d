//! TCP in user space for many flows at once, over smoltcp: packets and instants in, packets out; no I/O, no clock.
//!
//! ```text
//!   receive(link, packet, now)  ->  flows by 5-tuple  ->  next_packet(link, now)
//!   advance(now), deadline()          |        ^
//!                     events(): Incoming, Changed
//!                                     v        |
//!          accept, refuse, connect, read, write, finish, release
//! ```
//!
//! - Each flow has an interface of its own with one socket, found by its tuple: nothing ever looks at all flows. A flow that is
//!   idle costs nothing but its memory.
//! - A **link** is a way that packets go (a QUIC connection); a flow goes where its last packet came from. Packets are made only
//!   when [`Stack::next_packet`] asks: what waits, waits in the flow, and nothing is dropped for want of room.
//!   Peers take turns by bytes, a peer's flows in packets.
//! - A SYN is an [`Event::Incoming`] and holds no buffers until [`Stack::accept`]: so a backend is connected first, and
//!   [`Stack::refuse`] sends the reset of a closed port.
//! - A reset, sent or received, is a [`Cut`] and never an end; an end of what the peer sends is [`Read::End`], after which
//!   writing goes on (half-close), and [`Stack::finish`] ends what we send while reading goes on.
//! - Who has a flow must give it back with [`Stack::release`], which ends it in the background where both ends were said,
//!   and resets it where not: then no slot is ever left behind. [`host`] does that when a flow is dropped.

mod budget;
mod entry;
mod flight;
mod header;
pub mod host;
mod live;
mod open;
mod pass;
mod recovery;
mod room;
mod settle;
pub mod splice;
mod turns;
mod use_flow;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;

use tunnel::limits::{ANSWERS, Bucket, FLOWS_PER_CLIENT};
use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

pub use entry::Counts;

use budget::Budget;
use entry::Entry;
use flight::Kept;
use turns::Turns;

/// One flow; no later one has the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlowId(pub u64);

/// A way that packets go: the caller's number for it.
pub type Link = u64;

/// What holds back what is sent beside the peer's window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Congestion {
    /// Twice what the path carried in a round trip, whatever is lost.
    Measured,
    /// Nothing.
    None,
    /// RFC 5681.
    Reno,
    /// RFC 9438.
    Cubic,
}

/// How a stack is set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bytes that the buffers of all flows may have.
    pub budget: usize,
    /// Flows that one peer address may have.
    pub flows_per_peer: usize,
    /// What holds back what is sent beside the peer's window.
    pub congestion: Congestion,
    /// What first sequence numbers and ports are made from: random, but in tests.
    pub seed: u64,
}

impl Settings {
    /// What a program of ours uses: 768 MiB of buffers, which 10,000 flows share, with a seed that should be random.
    pub fn new(seed: u64) -> Self {
        Self { budget: 768 << 20, flows_per_peer: FLOWS_PER_CLIENT, congestion: Congestion::Measured, seed }
    }
}

/// What the caller must look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A peer wants to connect: [`Stack::accept`] or [`Stack::refuse`] it.
    Incoming {
        /// Which flow it is.
        flow: FlowId,
        /// As the peer sees it: its source is the peer.
        tuple: Tuple,
        /// Where its SYN came from.
        link: Link,
    },
    /// Reading, writing or the state may have another answer than last time.
    Changed(FlowId),
}

/// How far a flow is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The handshake is under way.
    Opening,
    /// It carries data, at least one way.
    Open,
    /// It is over, and was not ended by both sides.
    Cut(Cut),
}

/// Why a flow is over before both sides ended it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// The peer reset the handshake that we began: nobody listens there, or it is not allowed.
    Refused,
    /// The peer reset it.
    Reset,
    /// The peer was silent for too long.
    Silent,
    /// It was given back, or never was.
    Gone,
}

/// What reading gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read<T> {
    /// What `take` made of what is there.
    Some(T),
    /// Nothing is there now; [`Event::Changed`] comes.
    Nothing,
    /// The peer ended what it sends.
    End,
    /// The flow is over.
    Cut(Cut),
}

/// What writing gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Write<T> {
    /// What `give` made of the room that is there.
    Some(T),
    /// There is no room now; [`Event::Changed`] comes.
    Full,
    /// The flow is over.
    Cut(Cut),
}

/// Why there is no new flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoFlow {
    /// The budget is spent.
    Memory,
    /// The peer has as many as one may have, or no port is free towards it.
    Limit,
}

/// Nothing of a flow's data was acknowledged, and nothing else came from its peer: it is gone.
pub const GIVE_UP: Duration = Duration::from_secs(60);

/// All flows.
#[derive(Debug)]
pub struct Stack {
    settings: Settings,
    budget: Budget,
    kept: Kept,
    flows: HashMap<FlowId, Entry>,
    /// By the tuple as we see it: its source is ours.
    by_tuple: HashMap<Tuple, FlowId>,
    of_peer: HashMap<Ipv4Addr, usize>,
    deadlines: BTreeSet<(Monotonic, FlowId)>,
    turns: HashMap<Link, Turns>,
    /// Resets for what is no flow, by link.
    loose: HashMap<Link, VecDeque<Vec<u8>>>,
    answers: Bucket,
    events: VecDeque<Event>,
    next: u64,
    counts: Counts,
    /// Nobody who wants to connect hears anything any more.
    is_closed: bool,
}

impl Stack {
    /// No flows yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            budget: Budget::new(settings.budget),
            kept: Kept::default(),
            flows: HashMap::new(),
            by_tuple: HashMap::new(),
            of_peer: HashMap::new(),
            deadlines: BTreeSet::new(),
            turns: HashMap::new(),
            loose: HashMap::new(),
            answers: Bucket::full(ANSWERS, Monotonic::default()),
            events: VecDeque::new(),
            next: 0,
            counts: Counts::default(),
            is_closed: false,
        }
    }

    /// What there is to look at, in order; taken once.
    pub fn events(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.events.drain(..)
    }

    /// When [`Stack::advance`] must be called; none: not before something else is.
    pub fn deadline(&self) -> Option<Monotonic> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// What was counted since the last call.
    pub fn counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Flows that have a holder or that end in the background; those only remembered for late packets are not among them.
    pub fn len(&self) -> usize {
        self.of_peer.values().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of_peer.is_empty()
    }

    /// The same, with those that are only remembered for late packets.
    pub fn remembered(&self) -> usize {
        self.flows.len()
    }

    /// Bytes of the buffers of all flows.
    pub fn memory(&self) -> usize {
        self.budget.used()
    }

    /// From now on nobody who wants to connect hears anything, not even a refusal: whoever carries the packets tries it elsewhere.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// A link is gone: what waited for it is dropped. Its flows go on where their next packet comes from.
    pub fn unlink(&mut self, link: Link) {
        self.loose.remove(&link);
        self.turns.remove(&link);
    }
}
