//! Fields of TCP packets that were parsed already, or that we made ourselves: read, and written in place.

use tunnel::packet::{ACK, FIN, IP_HEADER, RST, SYN, Segment};

/// Where fields of a TCP header are in a packet (RFC 9293 section 3.1).
pub const SEQUENCE: usize = IP_HEADER + 4;
pub const ACKNOWLEDGMENT: usize = IP_HEADER + 8;
pub const FLAGS: usize = IP_HEADER + 13;
pub const WINDOW: usize = IP_HEADER + 14;
const CHECKSUM: usize = IP_HEADER + 16;

/// Whether one sequence number is after another; they go round (RFC 9293 section 3.4).
pub fn is_after(one: u32, other: u32) -> bool {
    one.wrapping_sub(other) as i32 > 0
}

/// The window field, not scaled; 0 where the packet is cut off.
pub fn window_of(packet: &[u8]) -> u16 {
    packet.get(WINDOW..).and_then(|tail| tail.first_chunk()).map_or(0, |field| u16::from_be_bytes(*field))
}

/// Writes a field of a packet whose checksum nobody verifies any more.
pub fn write<const LENGTH: usize>(packet: &mut [u8], at: usize, field: [u8; LENGTH]) {
    if let Some(place) = packet.get_mut(at..).and_then(|tail| tail.first_chunk_mut()) {
        *place = field;
    }
}

/// Writes 32 bits of a packet; the checksum follows (RFC 1624, equation 3).
pub fn put(packet: &mut [u8], at: usize, new: u32) {
    let halves = |value: u32| (value >> 16) + (value & 0xFFFF);
    let field = |packet: &[u8], at: usize| packet.get(at..).and_then(|tail| tail.first_chunk::<4>()).copied();
    let (Some(old), Some([high, low, ..])) = (field(packet, at), field(packet, CHECKSUM)) else { return };
    let before = u32::from(!u16::from_be_bytes([high, low]));
    let mut sum = before + halves(!u32::from_be_bytes(old)) + halves(new);
    while sum > 0xFFFF {
        sum = halves(sum);
    }
    write(packet, at, new.to_be_bytes());
    write(packet, CHECKSUM, (!(sum as u16)).to_be_bytes());
}

/// The window scale option of a SYN (RFC 7323), at most 14.
pub fn scale(packet: &[u8]) -> Option<u32> {
    let header = packet.get(IP_HEADER..)?;
    let options = header.get(20..usize::from(header.get(12)? >> 4) * 4)?;
    let mut at = 0;
    loop {
        match options.get(at..)? {
            [3, 3, shift, ..] => return Some(u32::from(*shift).min(14)),
            [1, ..] => at += 1,
            [kind, length, ..] if *kind >= 2 && *length >= 2 => at += usize::from(*length),
            _ => return None,
        }
    }
}

/// The header of a TCP packet that we made ourselves.
pub fn segment_of(packet: &[u8]) -> Option<Segment> {
    let header = packet.get(IP_HEADER..)?;
    let long = |at: usize| header.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    let short = |at: usize| header.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
    let offset = usize::from(header.get(12)? >> 4) * 4;
    Some(Segment {
        source: short(0)?,
        destination: short(2)?,
        sequence: long(4)?,
        acknowledgment: long(8)?,
        flags: header.get(13)? & (FIN | SYN | RST | ACK),
        data: u16::try_from(header.len().checked_sub(offset)?).ok()?,
    })
}
