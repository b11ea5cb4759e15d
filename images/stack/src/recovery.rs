//! What smoltcp 0.14 does not do about losses, from the segments that pass: it sends one segment again after three
//! repeated acknowledgments and then waits for its timer of at least 1 s, which doubles until a round trip was measured without
//! any loss in it.
//!
//! - An acknowledgment that reaches into what was on its way when a loss was noticed shows the next hole (RFC 6582): it is
//!   handed to smoltcp as three repeated ones, which makes it send that segment.
//! - Round trips are measured on a segment that was itself not sent again, and the timer begins anew with every progress (RFC
//!   6298 with the shortest timeout of Linux). smoltcp's clock is set ahead when ours is over first.
//! - What may be on its way is held to twice what the path carried in a round trip, by what smoltcp reads as the peer's window:
//!   loss alone says little (a lossy path is no full one), and twenty flows that each fill a window make any queue overflow.

use std::collections::VecDeque;
use std::time::Duration;

use tunnel::packet::{ACK, FIN, IP_HEADER, RST, SYN, Segment};
use tunnel::time::Monotonic;

/// The timeout before a round trip was measured (RFC 6298), the shortest, and the longest.
const TIMEOUT: [Duration; 3] = [Duration::from_secs(1), Duration::from_millis(250), Duration::from_secs(16)];

/// What may be on its way at first (RFC 6928), and at least, in bytes.
const WINDOW: [u64; 2] = [10 * 1260, 4 * 1260];

/// Rounds over which the best rate counts.
const ROUNDS: usize = 10;

/// How long the shortest round trip counts.
const TRIP: Duration = Duration::from_secs(10);

/// Round trips are taken for at least this: on a short path tasks that wait for each other add more than the path has.
const SHORTEST: Duration = Duration::from_millis(20);

/// Repeated acknowledgments that show a loss (RFC 5681).
pub const REPEATS: u32 = 3;

/// What a flow's segments tell.
#[derive(Debug, Default)]
pub struct Recovery {
    /// What the peer acknowledged, and the end of what was sent.
    acknowledged: Option<u32>,
    sent: Option<u32>,
    /// Since when nothing was acknowledged although something is on its way.
    since: Monotonic,
    backoff: u32,
    /// The end of the segment that is measured, and when it was sent.
    sample: Option<(u32, Monotonic)>,
    /// Smoothed round trip and its variation.
    trip: Option<(Duration, Duration)>,
    repeats: u32,
    /// A loss was noticed when so much was sent.
    repairs: Option<u32>,
    /// The peer's window scale.
    shift: u32,
    pace: Pace,
}

/// What the path carries.
#[derive(Debug, Default)]
struct Pace {
    /// The end of what was sent when the round began, when that was, and bytes acknowledged in it.
    round: Option<(u32, Monotonic)>,
    bytes: u64,
    /// Bytes a second of the last rounds.
    rates: VecDeque<u64>,
    /// The shortest round trip, and when it was measured.
    trip: Option<(Duration, Monotonic)>,
}

/// Whether one sequence number is after another; they go round (RFC 9293 section 3.4).
fn is_after(one: u32, other: u32) -> bool {
    one.wrapping_sub(other) as i32 > 0
}

impl Recovery {
    /// We sent a segment.
    pub fn sent(&mut self, segment: &Segment, now: Monotonic) {
        if segment.span() == 0 || segment.flags & RST != 0 {
            return;
        }
        let end = segment.end();
        if self.sent.is_some_and(|sent| !is_after(end, sent)) {
            // Whose acknowledgment comes now cannot be told (Karn).
            self.sample =
                self.sample.filter(|(measured, _)| is_after(segment.sequence.wrapping_add(1), *measured));
            return;
        }
        if self.is_settled() {
            (self.since, self.backoff) = (now, 0);
        }
        self.sent = Some(end);
        self.sample.get_or_insert((end, now));
        self.pace.round.get_or_insert((end, now));
    }

    /// States in a packet without data that all was sent that ever was (RFC 9293 section 3.10.7.4 asks for SND.NXT). smoltcp states
    /// from where it sends again, which its peer has received already: such a packet is outside its window, and what it
    /// acknowledges is not heard. Where both ends did so, neither would ever go on.
    pub fn restate(&self, packet: &mut [u8], segment: &Segment) {
        if let Some(sent) = self.sent.filter(|sent| segment.span() == 0 && is_after(*sent, segment.sequence))
        {
            put(packet, IP_HEADER + 4, sent);
        }
    }

    /// The peer sent a segment.
    /// Returns whether smoltcp must take it for a sign of loss.
    pub fn heard(&mut self, segment: &Segment, now: Monotonic) -> bool {
        if segment.flags & (ACK | RST) != ACK {
            return false;
        }
        let ack = segment.acknowledgment;
        let is_known = self.sent.is_some_and(|sent| !is_after(ack, sent));
        match self.acknowledged {
            _ if !is_known => false,
            Some(before) if !is_after(ack, before) => self.repeated(segment, ack == before),
            before => {
                self.pace.bytes += u64::from(before.map_or(0, |before| ack.wrapping_sub(before)));
                self.acknowledged = Some(ack);
                (self.since, self.backoff, self.repeats) = (now, 0, 0);
                self.measure(ack, now);
                self.repairs = self.repairs.filter(|until| is_after(*until, ack));
                self.repairs.is_some()
            }
        }
    }

    /// Whether a segment says nothing but what was acknowledged already. smoltcp takes three of them for a loss also where only
    /// our FIN is on its way, finds no data to send again, and stops its timer: such a flow would hang for ever.
    pub fn is_repeated_by(&self, segment: &Segment) -> bool {
        segment.span() == 0
            && segment.flags & (RST | ACK) == ACK
            && self.acknowledged.is_some_and(|known| !is_after(segment.acknowledgment, known))
    }

    fn repeated(&mut self, segment: &Segment, is_same: bool) -> bool {
        if !is_same || segment.span() > 0 || self.is_settled() {
            return false;
        }
        self.repeats += 1;
        let is_loss = self.repeats == REPEATS && self.repairs.is_none();
        if is_loss {
            self.repairs = self.sent;
        }
        is_loss
    }

    fn measure(&mut self, ack: u32, now: Monotonic) {
        if let Some((_, at)) = self.sample.filter(|(end, _)| !is_after(*end, ack)) {
            self.sample = None;
            let trip = now.since(at);
            self.trip = Some(match self.trip {
                None => (trip, trip / 2),
                Some((smooth, varies)) => ((smooth * 7 + trip) / 8, (varies * 3 + smooth.abs_diff(trip)) / 4),
            });
            self.pace.trip = self.pace.trip.filter(|(best, at)| *best < trip && now.since(*at) < TRIP);
            self.pace.trip.get_or_insert((trip, now));
        }
        if let Some((_, begin)) = self.pace.round.filter(|(end, _)| !is_after(*end, ack)) {
            let micros = u64::try_from(now.since(begin).as_micros()).unwrap_or(u64::MAX).max(1);
            self.pace.rates.push_back(self.pace.bytes.saturating_mul(1_000_000) / micros);
            if self.pace.rates.len() > ROUNDS {
                self.pace.rates.pop_front();
            }
            self.pace.bytes = 0;
            self.pace.round = self.sent.filter(|sent| is_after(*sent, ack)).map(|sent| (sent, now));
        }
    }

    /// Whether nothing is on its way.
    fn is_settled(&self) -> bool {
        self.sent.is_none() || self.sent == self.acknowledged
    }

    /// When what is on its way is taken for lost.
    pub fn deadline(&self) -> Option<Monotonic> {
        let [first, least, most] = TIMEOUT;
        let timeout = self.trip.map_or(first, |(smooth, varies)| (smooth + varies * 4).max(least));
        let timeout = (timeout * 2u32.pow(self.backoff.min(6))).min(most);
        (!self.is_settled()).then(|| self.since + timeout)
    }

    /// It is: everything is sent again, slowly at first.
    pub fn lost(&mut self, now: Monotonic) {
        (self.since, self.backoff, self.repeats) = (now, self.backoff + 1, 0);
        (self.repairs, self.sample) = (None, None);
        self.pace = Pace { trip: self.pace.trip, ..Pace::default() };
    }

    /// Bytes that may be on their way.
    fn window(&self) -> u64 {
        let [first, least] = WINDOW;
        let (Some(rate), Some((trip, _))) = (self.pace.rates.iter().max(), self.pace.trip) else {
            return first;
        };
        let micros = u64::try_from(trip.max(SHORTEST).as_micros()).unwrap_or(u64::MAX);
        (rate.saturating_mul(2 * micros) / 1_000_000).max(least)
    }

    /// Lowers the window that the peer's packet states to what may be on its way; notes its scale where it is a SYN.
    /// The checksum is wrong then, which nobody verifies any more.
    pub fn hold(&mut self, packet: &mut [u8], segment: &Segment) {
        if segment.flags & SYN != 0 {
            self.shift = scale(packet).unwrap_or(0);
            return;
        }
        let Some(field) = packet.get_mut(IP_HEADER + 14..).and_then(|tail| tail.first_chunk_mut::<2>())
        else {
            return;
        };
        let most = u16::try_from((self.window() >> self.shift).max(1)).unwrap_or(u16::MAX);
        *field = u16::from_be_bytes(*field).min(most).to_be_bytes();
    }
}

/// Writes 32 bits of a TCP packet; the checksum follows (RFC 1624, equation 3).
fn put(packet: &mut [u8], at: usize, new: u32) {
    const CHECKSUM: usize = IP_HEADER + 16;
    let halves = |value: u32| (value >> 16) + (value & 0xFFFF);
    let field = |packet: &[u8], at: usize| packet.get(at..).and_then(|tail| tail.first_chunk::<4>()).copied();
    let (Some(old), Some([high, low, ..])) = (field(packet, at), field(packet, CHECKSUM)) else { return };
    let before = u32::from(!u16::from_be_bytes([high, low]));
    let mut sum = before + halves(!u32::from_be_bytes(old)) + halves(new);
    while sum > 0xFFFF {
        sum = halves(sum);
    }
    packet[at..at + 4].copy_from_slice(&new.to_be_bytes());
    packet[CHECKSUM..CHECKSUM + 2].copy_from_slice(&(!(sum as u16)).to_be_bytes());
}

/// The window scale option of a SYN (RFC 7323), at most 14.
fn scale(packet: &[u8]) -> Option<u32> {
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

/// The same packet without data and as if all before it had come: what repeats its acknowledgment and nothing else.
pub fn acknowledgment_of(packet: &[u8], segment: &Segment) -> Option<Vec<u8>> {
    let offset = usize::from(packet.get(IP_HEADER + 12)? >> 4) * 4;
    let mut bare = packet.get(..IP_HEADER + offset)?.to_vec();
    let length = u16::try_from(bare.len()).ok()?;
    bare.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    bare.get_mut(IP_HEADER + 4..IP_HEADER + 8)?.copy_from_slice(&segment.end().to_be_bytes());
    *bare.get_mut(IP_HEADER + 13)? = ACK;
    Some(bare)
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tunnel::packet::{Tuple, has_right_transport_checksum, protocol, tcp};

    use super::*;

    #[test]
    fn a_restated_packet_has_the_right_checksum() {
        let (source, destination) = (Ipv4Addr::new(10, 100, 0, 2), Ipv4Addr::new(100, 64, 0, 1));
        let tuple =
            Tuple { protocol: protocol::TCP, source, source_port: 80, destination, destination_port: 9 };
        for (sequence, sent) in [(0, 1), (7, 0xFFFF), (0x1234_5678, 0x1234_5679), (0xFFFF_FF00, 0x100)] {
            let segment =
                Segment { source: 80, destination: 9, sequence, acknowledgment: 5, flags: ACK, data: 0 };
            let mut packet = tcp(tuple, &segment, 500, &[], &[]).unwrap();
            let recovery = Recovery { sent: Some(sent), ..Recovery::default() };
            recovery.restate(&mut packet, &segment);
            assert_eq!(segment_of(&packet).map(|segment| segment.sequence), Some(sent));
            assert!(has_right_transport_checksum(&packet), "{sequence} -> {sent}");
        }
    }
}
