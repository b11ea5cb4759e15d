//! Fields of TCP packets that were parsed already, or that we made ourselves: read, and written in place.

use tunnel::packet::{ACK, FIN, IP_HEADER, RST, SYN, Segment};

/// Where fields of a TCP header are in a packet (RFC 9293 section 3.1).
pub const SEQUENCE: usize = IP_HEADER + 4;
pub const ACKNOWLEDGMENT: usize = IP_HEADER + 8;
pub const FLAGS: usize = IP_HEADER + 13;
pub const WINDOW: usize = IP_HEADER + 14;

/// Bytes of both headers without options.
pub const HEADERS: usize = IP_HEADER + 20;

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

/// Makes a packet acknowledge what another one of the same flow does, and state its window; the checksum follows.
pub fn restamp(packet: &mut [u8], last: &[u8]) {
    let long = |packet: &[u8], at: usize| packet.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    let own = long(packet, WINDOW - 2).zip(long(last, WINDOW - 2));
    if let (Some(ack), Some((own, other))) = (long(last, ACKNOWLEDGMENT), own) {
        put(packet, ACKNOWLEDGMENT, ack);
        put(packet, WINDOW - 2, (own & 0xFFFF_0000) | (other & 0xFFFF));
    }
}

/// What stands in an option of a TCP header, after its kind and length.
fn option(packet: &[u8], wanted: u8) -> Option<&[u8]> {
    let header = packet.get(IP_HEADER..)?;
    let options = header.get(20..usize::from(header.get(12)? >> 4) * 4)?;
    let mut at = 0;
    loop {
        match options.get(at..)? {
            [1, ..] => at += 1,
            [kind, length, ..] if *kind >= 2 && *length >= 2 => {
                let next = at + usize::from(*length);
                if *kind == wanted {
                    return options.get(at + 2..next);
                }
                at = next;
            }
            _ => return None,
        }
    }
}

/// The window scale option of a SYN (RFC 7323), at most 14.
pub fn scale(packet: &[u8]) -> Option<u32> {
    option(packet, 3)?.first().map(|shift| u32::from(*shift).min(14))
}

/// What the peer has beyond what it acknowledges (RFC 2018): begin and end of each piece.
pub fn pieces(packet: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let edge = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    option(packet, 5).unwrap_or_default().chunks_exact(8).map(move |piece| (edge(piece), edge(&piece[4..])))
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
