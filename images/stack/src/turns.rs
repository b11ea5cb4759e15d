//! Whose turn it is to send on one link: each peer gets the same share of bytes (deficit round robin), and
//! so do the flows of one peer in packets.

use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;

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
    credit: i64,
}

impl Turns {
    /// A flow has something to send; it must not stand here already.
    pub fn push(&mut self, peer: Ipv4Addr, flow: FlowId) {
        let line = self.peers.entry(peer).or_insert_with(|| {
            self.round.push_back(peer);
            Line::default()
        });
        line.flows.push_back(flow);
        self.waiting += 1;
    }

    /// Takes the flow whose turn it is.
    pub fn pop(&mut self) -> Option<FlowId> {
        loop {
            let peer = *self.round.front()?;
            match self.peers.get_mut(&peer) {
                Some(line) if line.flows.is_empty() => {
                    self.peers.remove(&peer);
                    self.round.pop_front();
                }
                Some(line) if line.credit <= 0 => {
                    line.credit += QUANTUM;
                    self.round.rotate_left(1);
                }
                Some(line) => {
                    self.waiting -= 1;
                    return line.flows.pop_front();
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
            let flow = turns.pop().unwrap();
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
        assert_eq!(turns.pop(), Some(FlowId(1)));
        assert_eq!(turns.pop(), None);
        assert!(turns.is_empty() && turns.peers.is_empty() && turns.round.is_empty());
    }
}
