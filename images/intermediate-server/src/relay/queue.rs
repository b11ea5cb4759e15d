//! What waits for one receiver, in a queue per sender: each sender gets the same share of bytes (deficit round robin),
//! and a sender whose queue is full loses its newest packet and nobody else's. Where the receiver's room is used up, whoever
//! has most waiting loses its newest, so that nobody keeps others out by many connections.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use tunnel::limits::QUEUED as BYTES_PER_SENDER;

/// Bytes that may wait for one receiver in all: 16 senders that use up theirs.
pub const BYTES_PER_RECEIVER: usize = 4 << 20;

/// Bytes that a sender may send each round: the largest datagram there is.
const QUANTUM: usize = 1350;

/// Packets that wait for one receiver.
#[derive(Debug, Default)]
pub struct FairQueue {
    senders: HashMap<u64, Waiting>,
    round: VecDeque<u64>,
    bytes: usize,
    given_up: u64,
}

#[derive(Debug, Default)]
struct Waiting {
    packets: VecDeque<Bytes>,
    bytes: usize,
    credit: usize,
}

/// The packet did not fit: it is the newest, and is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Full;

impl FairQueue {
    /// Appends a packet of this sender.
    pub fn push(&mut self, sender: u64, packet: Bytes) -> Result<(), Full> {
        let length = packet.len();
        let waiting = self.senders.entry(sender).or_default();
        let own = waiting.bytes + length;
        if own > BYTES_PER_SENDER || !self.make_room(length, own) {
            if self.senders.get(&sender).is_some_and(|waiting| waiting.packets.is_empty()) {
                self.senders.remove(&sender);
            }
            return Err(Full);
        }
        let waiting = self.senders.entry(sender).or_default();
        if waiting.packets.is_empty() {
            self.round.push_back(sender);
        }
        waiting.packets.push_back(packet);
        waiting.bytes += length;
        self.bytes += length;
        Ok(())
    }

    /// Sees that so many bytes fit, of a sender who would then have `own` waiting: others lose their newest packets while they have
    /// more than that. Returns whether there is room.
    fn make_room(&mut self, length: usize, own: usize) -> bool {
        while self.bytes + length > BYTES_PER_RECEIVER {
            let most = self.senders.iter_mut().max_by_key(|(_, waiting)| waiting.bytes);
            let Some((&sender, most)) = most.filter(|(_, most)| most.bytes > own) else { return false };
            let Some(newest) = most.packets.pop_back() else { return false };
            most.bytes -= newest.len();
            self.bytes -= newest.len();
            self.given_up += 1;
            if most.packets.is_empty() {
                self.senders.remove(&sender);
                self.round.retain(|one| *one != sender);
            }
        }
        true
    }

    /// How many packets that waited were given up for others since the last call.
    pub fn given_up(&mut self) -> u64 {
        std::mem::take(&mut self.given_up)
    }

    /// Takes the packet whose sender's turn it is.
    pub fn pop(&mut self) -> Option<Bytes> {
        loop {
            let sender = *self.round.front()?;
            let Some(waiting) = self.senders.get_mut(&sender) else {
                self.round.pop_front();
                continue;
            };
            let Some(length) = waiting.packets.front().map(Bytes::len) else {
                self.forget(sender);
                continue;
            };
            if waiting.credit < length {
                waiting.credit += QUANTUM;
                self.round.rotate_left(1);
                continue;
            }
            waiting.credit -= length;
            waiting.bytes -= length;
            self.bytes -= length;
            let packet = waiting.packets.pop_front();
            if waiting.packets.is_empty() {
                self.forget(sender);
            }
            return packet;
        }
    }

    /// The sender at the front has nothing left.
    fn forget(&mut self, sender: u64) {
        self.round.pop_front();
        self.senders.remove(&sender);
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sender: u8, length: usize) -> Bytes {
        Bytes::from(vec![sender; length])
    }

    #[test]
    fn a_sender_who_floods_takes_no_more_than_its_share() {
        let mut queue = FairQueue::default();
        while queue.push(1, packet(1, 1200)).is_ok() {}
        for _ in 0..20 {
            queue.push(2, packet(2, 200)).unwrap();
        }
        let first: Vec<u8> = (0..26).filter_map(|_| queue.pop()).map(|packet| packet[0]).collect();
        let small = first.iter().filter(|&&sender| sender == 2).count();
        assert!(small >= 20, "20 small packets wait behind at most one large one for each six: {first:?}");
    }

    #[test]
    fn the_newest_is_dropped_and_nobody_elses() {
        let mut queue = FairQueue::default();
        let mut taken = 0;
        while queue.push(1, packet(1, 1000)).is_ok() {
            taken += 1;
        }
        assert_eq!(taken, BYTES_PER_SENDER / 1000);
        assert_eq!(queue.push(1, packet(1, 1000)), Err(Full));
        assert_eq!(queue.push(2, packet(2, 1000)), Ok(()));
    }

    #[test]
    fn a_receivers_room_is_not_taken_by_one_who_has_many_connections() {
        let mut queue = FairQueue::default();
        for sender in 0..32 {
            while queue.bytes() + 1000 <= BYTES_PER_RECEIVER && queue.push(sender, packet(0, 1000)).is_ok() {}
        }
        assert_eq!(queue.given_up(), 0);
        for _ in 0..20 {
            assert_eq!(queue.push(99, packet(99, 1000)), Ok(()), "who has little waiting has room");
        }
        assert!((18..=20).contains(&queue.given_up()), "the newest of those who have most");
        assert!(queue.bytes() <= BYTES_PER_RECEIVER);
        let all: Vec<u8> = std::iter::from_fn(|| queue.pop()).map(|packet| packet[0]).collect();
        assert_eq!(all.iter().filter(|sender| **sender == 99).count(), 20);
        assert!(queue.is_empty() && queue.senders.is_empty() && queue.round.is_empty());
    }

    #[test]
    fn one_senders_packets_keep_their_order_and_nothing_stays() {
        let mut queue = FairQueue::default();
        for index in 0..10 {
            queue.push(7, packet(index, 100)).unwrap();
        }
        let order: Vec<u8> = std::iter::from_fn(|| queue.pop()).map(|packet| packet[0]).collect();
        assert_eq!(order, (0..10).collect::<Vec<u8>>());
        assert!(queue.is_empty() && queue.senders.is_empty() && queue.round.is_empty());
    }

    #[test]
    fn an_empty_packet_of_a_full_receiver_leaves_no_trace() {
        let mut queue = FairQueue::default();
        for sender in 0.. {
            if queue.push(sender, packet(0, 1000)).is_err() {
                break;
            }
        }
        let senders = queue.senders.len();
        assert_eq!(queue.push(u64::MAX, packet(0, 1000)), Err(Full));
        assert_eq!(queue.senders.len(), senders);
    }
}
