//! Whose turn it is to send on one link: each peer gets the same share of bytes (deficit round robin). Of one peer, flows take
//! turns with each other and with packets that are no flow's (UDP, ICMP).

use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;

use tunnel::limits::QUEUED;

use crate::FlowId;

/// Bytes that a peer may send each round: the largest packet there is.
const QUANTUM: i64 = 1350;

/// Flows that have something to send.
#[derive(Debug, Default)]
pub struct Turns {
    peers: HashMap<Ipv4Addr, Line>,
    round: VecDeque<Ipv4Addr>,
    waiting: usize,
}

#[derive(Debug, Default)]
struct Line {
    flows: VecDeque<FlowId>,
    packets: VecDeque<Vec<u8>>,
    bytes: usize,
    credit: i64,
    /// Whether the last turn was a flow's.
    was_flow: bool,
}

/// What is sent next.
#[derive(PartialEq, Eq, Debug)]
pub enum Turn {
    /// What this flow has.
    Flow(FlowId),
    /// A packet.
    Packet(Vec<u8>),
}

impl Line {
    fn is_empty(&self) -> bool {
        self.flows.is_empty() && self.packets.is_empty()
    }

    fn next(&mut self) -> Option<Turn> {
        self.was_flow = !self.was_flow;
        if (self.was_flow || self.packets.is_empty())
            && let Some(flow) = self.flows.pop_front()
        {
            return Some(Turn::Flow(flow));
        }
        let packet = self.packets.pop_front()?;
        self.bytes -= packet.len();
        self.credit -= i64::try_from(packet.len()).unwrap_or(i64::MAX);
        Some(Turn::Packet(packet))
    }
}

impl Turns {
    /// A flow has something to send; it must not be here already.
    pub fn push(&mut self, peer: Ipv4Addr, flow: FlowId) {
        self.line(peer).flows.push_back(flow);
        self.waiting += 1;
    }

    /// A packet waits for its turn.
    /// Returns whether there was room for it: [`QUEUED`] bytes for each peer.
    pub fn push_packet(&mut self, peer: Ipv4Addr, packet: Vec<u8>) -> bool {
        let line = self.line(peer);
        let fits = line.bytes + packet.len() <= QUEUED;
        if fits {
            line.bytes += packet.len();
            line.packets.push_back(packet);
            self.waiting += 1;
        }
        fits
    }

    fn line(&mut self, peer: Ipv4Addr) -> &mut Line {
        self.peers.entry(peer).or_insert_with(|| {
            self.round.push_back(peer);
            Line::default()
        })
    }

    /// Takes what has its turn.
    pub fn pop(&mut self) -> Option<Turn> {
        loop {
            let peer = *self.round.front()?;
            match self.peers.get_mut(&peer) {
                Some(line) if line.is_empty() => {
                    self.peers.remove(&peer);
                    self.round.pop_front();
                }
                Some(line) if line.credit <= 0 => {
                    line.credit += QUANTUM;
                    self.round.rotate_left(1);
                }
                Some(line) => {
                    self.waiting -= 1;
                    return line.next();
                }
                None => drop(self.round.pop_front()),
            }
        }
    }

    /// A flow of this peer sent so many bytes.
    pub fn charge(&mut self, peer: Ipv4Addr, bytes: usize) {
        if let Some(line) = self.peers.get_mut(&peer) {
            line.credit -= i64::try_from(bytes).unwrap_or(i64::MAX);
        }
    }

    /// Whether nobody has anything to send.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_with_many_flows_gets_no_more_than_one_with_one() {
        let (many, one) = (Ipv4Addr::new(100, 64, 0, 1), Ipv4Addr::new(100, 64, 0, 2));
        let mut turns = Turns::default();
        (0..20).for_each(|flow| turns.push(many, FlowId(flow)));
        turns.push(one, FlowId(99));
        let mut sent = HashMap::new();
        for _ in 0..1000 {
            let Some(Turn::Flow(flow)) = turns.pop() else { panic!("a flow") };
            let (peer, bytes) = if flow == FlowId(99) { (one, 300) } else { (many, 1300) };
            *sent.entry(peer).or_insert(0) += bytes;
            turns.push(peer, flow);
            turns.charge(peer, bytes);
        }
        let (many, one) = (sent[&many] as f64, sent[&one] as f64);
        assert!((0.9..1.1).contains(&(many / one)), "{many} {one}");
    }

    #[test]
    fn nothing_stays_when_all_are_taken() {
        let mut turns = Turns::default();
        turns.push(Ipv4Addr::LOCALHOST, FlowId(1));
        assert!(!turns.is_empty());
        assert_eq!(turns.pop(), Some(Turn::Flow(FlowId(1))));
        assert_eq!(turns.pop(), None);
        assert!(turns.is_empty() && turns.peers.is_empty() && turns.round.is_empty());
    }

    #[test]
    fn packets_take_turns_with_flows_and_no_more_wait_than_may() {
        let mut turns = Turns::default();
        turns.push(Ipv4Addr::LOCALHOST, FlowId(1));
        assert!((0..2).all(|_| turns.push_packet(Ipv4Addr::LOCALHOST, vec![0; 1000])));
        turns.push(Ipv4Addr::LOCALHOST, FlowId(2));
        let order: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        let is_flow: Vec<_> = order.iter().map(|turn| matches!(turn, Turn::Flow(_))).collect();
        assert_eq!(is_flow, [true, false, true, false]);
        while turns.push_packet(Ipv4Addr::LOCALHOST, vec![0; 1000]) {}
        let waiting = std::iter::from_fn(|| turns.pop()).count();
        assert_eq!(waiting, QUEUED / 1000);
    }
}
