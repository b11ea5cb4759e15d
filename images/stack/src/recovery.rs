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

use tunnel::packet::{ACK, FIN, RST, SYN, Segment, Tuple, tcp};
use tunnel::time::Monotonic;

use crate::header::{ACKNOWLEDGMENT, FLAGS, SEQUENCE, WINDOW, is_after, put, write};
use crate::room::Room;

/// The timeout before a round trip was measured (RFC 6298), the shortest, and the longest.
const TIMEOUT: [Duration; 3] = [Duration::from_secs(1), Duration::from_millis(250), Duration::from_secs(16)];

/// What may be on its way at first (RFC 6928), and at least, in bytes.
const UNDER_WAY: [u64; 2] = [10 * 1260, 4 * 1260];

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
    room: Room,
    pace: Pace,
}

/// What a packet of the peer tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    /// smoltcp must take it for a sign of loss.
    pub is_loss: bool,
    /// It acknowledges more than was, or states more room.
    pub is_news: bool,
    /// It acknowledges what was sent, and nothing else.
    pub is_known: bool,
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

    /// States in a packet without data that all was sent that ever was (RFC 9293 section 3.10.7.4 asks for SND.NXT), as far as the
    /// peer has room for it. smoltcp states from where it sends again, which its peer has received already, or what it sent
    /// beyond the window: such a packet is outside its window, and what it acknowledges is not heard.
    pub fn restate(&self, packet: &mut [u8], segment: &Segment) {
        let stated = self.sent.map(|sent| self.room.end().filter(|end| is_after(sent, *end)).unwrap_or(sent));
        if let Some(stated) = stated.filter(|stated| segment.span() == 0 && *stated != segment.sequence) {
            put(packet, SEQUENCE, stated);
        }
    }

    /// The peer sent a packet.
    pub fn heard(&mut self, packet: &[u8], segment: &Segment, now: Monotonic) -> Heard {
        if segment.flags & SYN != 0 {
            self.room.heard(packet, segment);
        }
        let ack = segment.acknowledgment;
        let is_known = self.sent.is_some_and(|sent| !is_after(ack, sent));
        if segment.flags & (ACK | RST) != ACK || !is_known {
            return Heard::default();
        }
        let is_wider = segment.flags & SYN == 0 && self.room.heard(packet, segment);
        match self.acknowledged {
            Some(before) if !is_after(ack, before) => {
                let is_loss = self.repeated(segment, ack == before);
                Heard { is_loss, is_news: is_wider, is_known: true }
            }
            before => {
                self.pace.bytes += u64::from(before.map_or(0, |before| ack.wrapping_sub(before)));
                self.acknowledged = Some(ack);
                (self.since, self.backoff, self.repeats) = (now, 0, 0);
                self.measure(ack, now);
                self.repairs = self.repairs.filter(|until| is_after(*until, ack));
                Heard { is_loss: self.repairs.is_some(), is_news: true, is_known: true }
            }
        }
    }

    /// Whether a segment says nothing but what was acknowledged already. smoltcp takes three of them for a loss also where only
    /// our FIN is on its way, finds no data to send again, and stops its timer: such a flow would hang for ever.
    pub fn is_repeated_by(&self, segment: &Segment) -> bool {
        segment.data == 0
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
            // Where a hole was filled all is acknowledged at once, and no round is shorter than the path.
            let least = self.pace.trip.map_or(Duration::ZERO, |(trip, _)| trip);
            let micros = u64::try_from(now.since(begin).max(least).as_micros()).unwrap_or(u64::MAX).max(1);
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

    /// What an answer takes, most of the time.
    pub fn trip(&self) -> Duration {
        self.trip.map_or(TIMEOUT[0], |(smooth, varies)| smooth + varies)
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
        let [first, least] = UNDER_WAY;
        let (Some(rate), Some((trip, _))) = (self.pace.rates.iter().max(), self.pace.trip) else {
            return first;
        };
        let micros = u64::try_from(trip.max(SHORTEST).as_micros()).unwrap_or(u64::MAX);
        (rate.saturating_mul(2 * micros) / 1_000_000).max(least)
    }

    /// The window that smoltcp is told, as it stands in a packet: the peer's, but at most what may be on its way, and never
    /// none: it then asks for a window beyond what it sent, without sending again what was lost, and forgets that something is on its
    /// way when the window opens. A byte for which there is no room asks as well, and is sent again like all others.
    fn told(&self, is_held: bool) -> u16 {
        let Some((acknowledged, sent)) = self.acknowledged.zip(self.sent) else { return u16::MAX };
        let left = self.room.left(acknowledged, sent) >> self.room.shift;
        let most = if is_held { self.window() >> self.room.shift } else { u64::MAX };
        u16::try_from(u64::from(left).min(most).max(1)).unwrap_or(u16::MAX)
    }

    /// A packet of the peer as smoltcp must read it, which looks at the numbers of the last one only:
    /// - It leaves out a packet that acknowledges less than another one before it, with its data.
    /// - It does not hear an acknowledgment whose own number is where the window ends, or beyond: where both ends
    ///   have sent all that the other one has room for, neither would ever hear that there is room again.
    /// - It takes the window of whatever comes last, also of what was overtaken.
    /// - It takes an end although it cuts off what is before it at its window's end: an end is handed over alone, as [`Recovery::bare`],
    ///   when all before it has come.
    ///
    /// `expected` is what it expects next. The checksum is wrong afterwards, which nobody verifies any more.
    pub fn correct(&self, packet: &mut [u8], segment: &Segment, expected: Option<u32>, is_held: bool) {
        if segment.flags & (ACK | SYN) != ACK {
            return;
        }
        if let Some(expected) = expected.filter(|at| segment.data == 0 && is_after(segment.sequence, *at)) {
            write(packet, SEQUENCE, expected.to_be_bytes());
        }
        write(packet, FLAGS, [segment.flags & !FIN]);
        let Some(known) = self.acknowledged.filter(|_| segment.flags & RST == 0) else { return };
        if is_after(known, segment.acknowledgment) {
            write(packet, ACKNOWLEDGMENT, known.to_be_bytes());
        }
        write(packet, WINDOW, self.told(is_held).to_be_bytes());
    }

    /// What the peer said last of what it has and has room for, alone or with its end (`flags`). `tuple` is as our end sees it.
    /// None before it said anything.
    pub fn bare(&self, tuple: Tuple, expected: Option<u32>, flags: u8, is_held: bool) -> Option<Vec<u8>> {
        let segment = Segment {
            source: tuple.destination_port,
            destination: tuple.source_port,
            sequence: expected?,
            acknowledgment: self.acknowledged?,
            flags,
            data: 0,
        };
        tcp(tuple.reversed(), &segment, self.told(is_held), &[], &[])
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tunnel::packet::{has_right_transport_checksum, protocol};

    use super::*;
    use crate::header::segment_of;

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

    #[test]
    fn what_a_filled_hole_lets_through_at_once_is_not_what_the_path_carries_in_that_time() {
        let (source, destination) = (Ipv4Addr::new(10, 100, 0, 2), Ipv4Addr::new(100, 64, 0, 1));
        let tuple =
            Tuple { protocol: protocol::TCP, source, source_port: 80, destination, destination_port: 9 };
        let at = |micros| Monotonic::default() + Duration::from_micros(micros);
        let mut recovery = Recovery::default();
        let sent = |recovery: &mut Recovery, sequence, data, micros| {
            let segment =
                Segment { source: 80, destination: 9, sequence, acknowledgment: 5, flags: ACK, data };
            recovery.sent(&segment, at(micros));
        };
        let heard = |recovery: &mut Recovery, acknowledgment, micros| {
            let segment =
                Segment { source: 9, destination: 80, sequence: 5, acknowledgment, flags: ACK, data: 0 };
            let packet = tcp(tuple.reversed(), &segment, 60_000, &[], &[]).unwrap();
            recovery.heard(&packet, &segment, at(micros));
        };
        sent(&mut recovery, 0, 1000, 0);
        heard(&mut recovery, 0, 1);
        heard(&mut recovery, 1000, 30_000);
        // One segment is lost, and eight after it come.
        sent(&mut recovery, 1000, 1000, 30_000);
        sent(&mut recovery, 2000, 8000, 30_000);
        sent(&mut recovery, 1000, 1000, 60_000);
        heard(&mut recovery, 2000, 90_000);
        heard(&mut recovery, 10_000, 90_010);
        let twice = recovery.window();
        assert!((15_000..=16_000).contains(&twice), "{twice}");
    }
}
