//! Bytes -> what they say.

use super::Packet;
use crate::figures::DropReason;

impl Packet {
    /// Reads and verifies one inner packet. The transport checksum is verified for ICMP only, which is short; the others
    /// keep what they have through every rewrite, and [`super::has_right_transport_checksum`] asks.
    pub fn parse(bytes: &[u8]) -> Result<Packet, DropReason> {
        let _ = bytes;
        todo!()
    }
}
