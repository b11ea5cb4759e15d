//! What waits for one receiver, in a queue per sender: each sender gets the same share of bytes (deficit round robin),
//! and a sender whose queue is full loses its newest packet and nobody else's.

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
        if waiting.bytes + length > BYTES_PER_SENDER || self.bytes + length > BYTES_PER_RECEIVER {
            if waiting.packets.is_empty() {
                self.senders.remove(&sender);
            }
            return Err(Full);
        }
        if waiting.packets.is_empty() {
            self.round.push_back(sender);
        }
        waiting.packets.push_back(packet);
        waiting.bytes += length;
        self.bytes += length;
        Ok(())
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
            while queue.push(sender, packet(0, 1000)).is_ok() {}
        }
        let senders = queue.senders.len();
        assert_eq!(queue.push(u64::MAX, packet(0, 1000)), Err(Full));
        assert_eq!(queue.senders.len(), senders);
    }
}
