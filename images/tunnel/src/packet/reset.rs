//! TCP resets.

use super::{Packet, Tuple};

/// The reset that answers a segment, to its sender, as a closed port would send it (RFC 9293 section 3.10.7.1); none for a
/// reset or for what is no TCP.
pub fn reset_for(packet: &Packet) -> Option<Vec<u8>> {
    let _ = packet;
    todo!()
}

/// A reset in a conversation: `tuple` as the one sees it who it seems to come from, `sequence` being what the receiver
/// expects next (a receiver ignores or challenges any other, RFC 5961 section 3), `acknowledgment` where one is known.
pub fn reset(tuple: Tuple, sequence: u32, acknowledgment: Option<u32>) -> Vec<u8> {
    let _ = (tuple, sequence, acknowledgment);
    todo!()
}
