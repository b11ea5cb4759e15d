//! What a peer has room for, from the windows that its segments state, in whatever order they come.

use tunnel::packet::{SYN, Segment};

use crate::header::{is_after, scale, window_of};

/// What a peer has room for.
#[derive(Debug, Default)]
pub struct Room {
    /// The peer's window scale.
    pub shift: u32,
    /// Of the segment that counts: its sequence and acknowledgment number, and the end of what there was room for.
    latest: Option<(u32, u32, u32)>,
    /// The furthest end that was ever stated.
    most: Option<u32>,
}

impl Room {
    /// The peer sent a packet that acknowledges something, or a SYN.
    /// Returns whether there is room for more than before.
    pub fn heard(&mut self, packet: &[u8], segment: &Segment) -> bool {
        if segment.flags & SYN != 0 {
            self.shift = scale(packet).unwrap_or(0);
            return false;
        }
        let (sequence, ack) = (segment.sequence, segment.acknowledgment);
        let end = ack.wrapping_add(u32::from(window_of(packet)) << self.shift);
        // An older segment that was overtaken says nothing, unless it says more (RFC 9293 section 3.10.7.4).
        let is_wider = self.latest.is_none_or(|(_, _, known)| is_after(end, known));
        let is_later = self.latest.is_none_or(|(last, known, _)| {
            is_after(ack, known) || (ack == known && is_after(sequence, last))
        });
        if is_wider || is_later {
            self.latest = Some((sequence, ack, end));
            self.most = self.most.filter(|most| !is_after(end, *most)).or(Some(end));
        }
        is_wider
    }

    /// The furthest end that was ever stated: what is sent beyond it is nothing that the peer looks at.
    pub fn end(&self) -> Option<u32> {
        self.most
    }

    /// Bytes after `acknowledged` for which there is room. What was sent already (up to `sent`) while there was room for it may be
    /// sent again although the peer now says that there is none: without what was lost it has nothing to read.
    pub fn left(&self, acknowledged: u32, sent: u32) -> u32 {
        let Some(((_, _, end), most)) = self.latest.zip(self.most) else { return 0 };
        let again = if is_after(sent, most) { most } else { sent };
        let end = if is_after(again, end) { again } else { end };
        if is_after(end, acknowledged) { end.wrapping_sub(acknowledged) } else { 0 }
    }
}
