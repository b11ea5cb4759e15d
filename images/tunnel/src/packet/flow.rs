//! What of a TCP conversation must be remembered to end it from the middle.

use super::Segment;

/// What each end expects next, from the segments that passed. 24 bytes a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TcpTrack {
    forth: End,
    back: End,
}

/// One end as the segments that it sent tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct End {
    /// The sequence number after its last byte that passed.
    next: Option<u32>,
    /// What it acknowledged last: what it expects next.
    expects: Option<u32>,
    finished: bool,
}

/// The two resets that end a conversation, each none where too little is known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resets {
    /// To the one who began it (the agent).
    pub to_opener: Option<Vec<u8>>,
    /// To the other one (the connector).
    pub to_other: Option<Vec<u8>>,
}

impl TcpTrack {
    /// A segment of the one who began the conversation passed.
    pub fn saw_opener(&mut self, segment: &Segment) {
        let _ = (segment, self.forth);
        todo!()
    }

    /// A segment of the other one passed.
    pub fn saw_other(&mut self, segment: &Segment) {
        let _ = (segment, self.back);
        todo!()
    }

    /// Whether both ends have sent FIN, or either an RST: nothing but last acknowledgments follow.
    pub fn is_over(&self) -> bool {
        todo!()
    }

    /// The resets for both ends: `opener` is the conversation as its opener sees it (the addresses that *it* uses), `other`
    /// the same conversation as the other end sees it (towards the connector the inner source is rewritten).
    pub fn resets(&self, opener: super::Tuple, other: super::Tuple) -> Resets {
        let _ = (opener, other);
        todo!()
    }
}
