//! What of a TCP conversation must be remembered to end it from the middle.

use super::{ACK, FIN, RST, Segment, Tuple, reset};

/// What each end expects next, from the segments that passed. 40 bytes a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TcpTrack {
    opener: End,
    other: End,
    reset: bool,
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

/// The resets that end a conversation. Two for an end that may or may not have received what is on its way: one of them has
/// exactly the number that it expects (RFC 5961 section 3), the other does nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resets {
    /// To the one who began it (the agent).
    pub to_opener: Vec<Vec<u8>>,
    /// To the other one (the connector).
    pub to_other: Vec<Vec<u8>>,
}

impl TcpTrack {
    /// A segment of the one who began the conversation passed.
    pub fn saw_opener(&mut self, segment: &Segment) {
        self.reset |= self.opener.saw(segment);
    }

    /// A segment of the other one passed.
    pub fn saw_other(&mut self, segment: &Segment) {
        self.reset |= self.other.saw(segment);
    }

    /// Whether both ends have sent FIN, or either an RST: nothing but last acknowledgments follow.
    pub fn is_over(&self) -> bool {
        self.reset || (self.opener.finished && self.other.finished)
    }

    /// The resets for both ends: `opener` is the conversation as its opener sees it (the addresses that *it* uses), `other`
    /// the same conversation as the other end sees it (towards the connector the inner source is rewritten).
    pub fn resets(&self, opener: Tuple, other: Tuple) -> Resets {
        Resets {
            to_opener: resets_to(&self.opener, &self.other, opener.reversed()),
            to_other: resets_to(&self.other, &self.opener, other.reversed()),
        }
    }
}

impl End {
    /// Returns whether the segment ends the conversation at once.
    fn saw(&mut self, segment: &Segment) -> bool {
        let is_reset = segment.flags & RST != 0;
        if !is_reset {
            self.next = Some(later(self.next, segment.end()));
            self.finished |= segment.flags & FIN != 0;
            if segment.flags & ACK != 0 {
                self.expects = Some(later(self.expects, segment.acknowledgment));
            }
        }
        is_reset
    }
}

/// The later of two sequence numbers, which go round (RFC 9293 section 3.4).
fn later(known: Option<u32>, new: u32) -> u32 {
    known.filter(|known| known.wrapping_sub(new) as i32 > 0).unwrap_or(new)
}

/// The resets to one end, from its peer: at what it acknowledged, and behind what was sent to it since.
fn resets_to(end: &End, peer: &End, from_peer: Tuple) -> Vec<Vec<u8>> {
    let mut sequences: Vec<u32> = [end.expects, peer.next].into_iter().flatten().collect();
    sequences.dedup();
    if sequences.is_empty() && end.next.is_some() {
        // Its SYN was never answered: only the acknowledgment counts then.
        sequences.push(0);
    }
    sequences.into_iter().map(|sequence| reset(from_peer, sequence, end.next)).collect()
}
