//! TCP resets.

use super::{ACK, FIN, Packet, RST, SYN, Segment, Transport, Tuple, build};

impl Segment {
    /// How many sequence numbers it takes: its data, and one each for SYN and FIN.
    pub fn span(&self) -> u32 {
        u32::from(self.data) + u32::from(self.flags & SYN != 0) + u32::from(self.flags & FIN != 0)
    }

    /// The sequence number after it.
    pub fn end(&self) -> u32 {
        self.sequence.wrapping_add(self.span())
    }
}

/// The reset that answers a segment, to its sender, as a closed port would send it (RFC 9293 section 3.10.7.1); none for a
/// reset or for what is no TCP.
pub fn reset_for(packet: &Packet) -> Option<Vec<u8>> {
    let Transport::Tcp(segment) = packet.transport else { return None };
    let back = packet.tuple().reversed();
    match segment.flags & (RST | ACK) {
        0 => Some(reset(back, 0, Some(segment.end()))),
        ACK => Some(reset(back, segment.acknowledgment, None)),
        _ => None,
    }
}

/// A reset in a conversation: `tuple` as the one sees it who it seems to come from, `sequence` being what the receiver
/// expects next (a receiver ignores or challenges any other, RFC 5961 section 3), `acknowledgment` where one is known.
pub fn reset(tuple: Tuple, sequence: u32, acknowledgment: Option<u32>) -> Vec<u8> {
    let segment = Segment {
        source: tuple.source_port,
        destination: tuple.destination_port,
        sequence,
        acknowledgment: acknowledgment.unwrap_or(0),
        flags: RST | if acknowledgment.is_some() { ACK } else { 0 },
        data: 0,
    };
    // 40 bytes always fit.
    build::tcp(tuple, &segment, 0, &[], &[]).unwrap_or_default()
}
