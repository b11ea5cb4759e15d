//! What is remembered of each flow.

use std::collections::VecDeque;

use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

use crate::flight::{Flight, Kept};
use crate::live::Live;
use crate::recovery::Recovery;
use crate::{Cut, Link};

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Flows begun, either way.
    pub begun: u64,
    /// Flows that ended in a reset, by silence, or in a refusal.
    pub cut: u64,
    /// Flows for which the budget had nothing left.
    pub memory: u64,
    /// Flows over the limit of their peer.
    pub limit: u64,
    /// Packets that belong to no flow.
    pub strays: u64,
}

/// One flow.
pub struct Entry {
    /// As our end sees it.
    pub tuple: Tuple,
    /// Where its packets go.
    pub link: Link,
    /// How far it is.
    pub phase: Phase,
    /// Answers that smoltcp made while it took a packet.
    pub replies: VecDeque<Vec<u8>>,
    /// On which link it waits in line.
    pub queued: Option<Link>,
    /// Its place in the list of deadlines.
    pub deadline: Option<Monotonic>,
    /// When its last packet came.
    pub heard: Monotonic,
    /// What its segments tell of losses.
    pub recovery: Recovery,
    /// What is on its way.
    pub flight: Flight,
    /// The last packet that was sent, without its data.
    pub stated: Vec<u8>,
    /// Since when the peer owes an acknowledgment.
    pub waits: Option<Monotonic>,
    /// Whether the peer began it.
    pub knocked: bool,
    /// Whether the handshake was over once.
    pub opened: bool,
    /// Whether it is told when there is something to read.
    pub wants_read: bool,
    /// Whether it is told when there is room to write.
    pub wants_write: bool,
    /// When it was first seen waiting for late packets of a peer that both ended with.
    pub late: Option<Monotonic>,
    /// What it sent last since then.
    pub last: Vec<u8>,
    /// The end of what we send was said, and not yet handed to smoltcp.
    pub finish: Finish,
    /// Nobody has it any more.
    pub released: bool,
}

/// What of our end was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finish {
    No,
    Said,
    Done,
}

/// How far a flow is.
pub enum Phase {
    /// Its SYN came; nobody has accepted it yet.
    Waiting(Vec<u8>),
    /// It has buffers.
    Live(Box<Live>),
    /// It was cut; its holder must still hear of that.
    Cut(Cut),
    /// It is remembered for late packets.
    Over(Over),
}

/// A flow that is over, as its peer may not know yet.
pub struct Over {
    /// What it sent last: an acknowledgment of the peer's end, or a reset.
    pub last: Vec<u8>,
    /// Until when it is remembered.
    pub until: Monotonic,
    /// Whether that was a reset.
    pub is_reset: bool,
    /// Instants at which a reset is said again, since the first may be lost and nothing would ever ask for it.
    pub again: VecDeque<Monotonic>,
}

impl Entry {
    /// A flow that has just begun.
    pub fn new(tuple: Tuple, link: Link, phase: Phase, kept: Kept, now: Monotonic) -> Self {
        Self {
            knocked: matches!(phase, Phase::Waiting(_)),
            tuple,
            link,
            phase,
            replies: VecDeque::new(),
            queued: None,
            deadline: None,
            heard: now,
            recovery: Recovery::default(),
            flight: Flight::new(kept),
            stated: Vec::new(),
            waits: None,
            opened: false,
            wants_read: false,
            wants_write: false,
            late: None,
            last: Vec::new(),
            finish: Finish::No,
            released: false,
        }
    }

    /// What a reset of the peer says: only who asked can be refused.
    pub fn reset(&self) -> Cut {
        if self.opened || self.knocked { Cut::Reset } else { Cut::Refused }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = match &self.phase {
            Phase::Waiting(_) => "waiting".to_owned(),
            Phase::Live(live) => live.state().to_string(),
            Phase::Cut(cut) => format!("{cut:?}"),
            Phase::Over(_) => "over".to_owned(),
        };
        write!(to, "{phase} released={} finish={:?} waits={:?}", self.released, self.finish, self.waits)
    }
}
