//! Flows by their tuple, forgotten when they are idle.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use tunnel::limits::FLOWS_PER_CLIENT;
use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

/// UDP flows of all agents: each has a socket.
const MOST: usize = 16_384;

/// What a packet finds.
#[derive(PartialEq, Eq, Debug)]
pub enum Found<'a, S> {
    /// Its flow.
    Known(&'a S),
    /// Nothing: it may begin one.
    New,
    /// Nothing, and there are as many as there may be, of this agent or in all.
    Full,
}

/// Flows, with whatever carries each.
#[derive(Debug)]
pub struct Table<S> {
    idle: Duration,
    flows: HashMap<Tuple, (S, Monotonic)>,
    of_agent: HashMap<Ipv4Addr, usize>,
}

impl<S> Table<S> {
    /// Flows without packets for this long are forgotten.
    pub fn new(idle: Duration) -> Self {
        Self { idle, flows: HashMap::new(), of_agent: HashMap::new() }
    }

    /// A packet of an agent came.
    pub fn find(&mut self, tuple: &Tuple, now: Monotonic) -> Found<'_, S> {
        let full = self.flows.len() >= MOST
            || self.of_agent.get(&tuple.source).is_some_and(|flows| *flows >= FLOWS_PER_CLIENT);
        match self.flows.get_mut(tuple) {
            Some((flow, last)) => {
                *last = now;
                Found::Known(flow)
            }
            None if full => Found::Full,
            None => Found::New,
        }
    }

    /// Begins a flow.
    pub fn insert(&mut self, tuple: Tuple, flow: S, now: Monotonic) {
        if self.flows.insert(tuple, (flow, now)).is_none() {
            *self.of_agent.entry(tuple.source).or_default() += 1;
        }
    }

    /// A packet of the backend came.
    pub fn touch(&mut self, tuple: &Tuple, now: Monotonic) {
        if let Some((_, last)) = self.flows.get_mut(tuple) {
            *last = now;
        }
    }

    /// Forgets a flow.
    pub fn remove(&mut self, tuple: &Tuple) {
        if self.flows.remove(tuple).is_some() {
            leave(&mut self.of_agent, tuple.source);
        }
    }

    /// Forgets the flows that are idle.
    pub fn sweep(&mut self, now: Monotonic) {
        self.retain(|_, _, last, idle| now.since(last) < idle);
    }

    /// Forgets the flows of which this is not so.
    pub fn keep(&mut self, mut is_kept: impl FnMut(&Tuple, &S) -> bool) {
        self.retain(|tuple, flow, _, _| is_kept(tuple, flow));
    }

    fn retain(&mut self, mut is_kept: impl FnMut(&Tuple, &S, Monotonic, Duration) -> bool) {
        let (idle, of_agent) = (self.idle, &mut self.of_agent);
        self.flows.retain(|tuple, (flow, last)| {
            let is_kept = is_kept(tuple, flow, *last, idle);
            if !is_kept {
                leave(of_agent, tuple.source);
            }
            is_kept
        });
    }

    /// How many flows there are.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }
}

fn leave(of_agent: &mut HashMap<Ipv4Addr, usize>, agent: Ipv4Addr) {
    let left = of_agent.get(&agent).map_or(0, |flows| flows.saturating_sub(1));
    match left {
        0 => of_agent.remove(&agent),
        left => of_agent.insert(agent, left),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(port: u16) -> Tuple {
        let (source, destination) = (Ipv4Addr::new(100, 64, 0, 1), Ipv4Addr::new(10, 100, 0, 3));
        Tuple { protocol: 17, source, source_port: port, destination, destination_port: 53 }
    }

    fn at(seconds: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn an_idle_flow_is_forgotten_and_one_with_packets_either_way_is_not() {
        let mut table = Table::new(Duration::from_secs(120));
        (1..=3).for_each(|port| table.insert(tuple(port), port, at(0)));
        assert_eq!(table.find(&tuple(1), at(100)), Found::Known(&1));
        table.touch(&tuple(2), at(100));
        table.sweep(at(119));
        assert_eq!(table.len(), 3);
        table.sweep(at(120));
        assert_eq!((table.len(), table.find(&tuple(3), at(120))), (2, Found::New));
    }

    #[test]
    fn an_agent_has_as_many_as_it_may_and_all_places_come_back() {
        let mut table = Table::new(Duration::from_secs(120));
        (0..FLOWS_PER_CLIENT as u16).for_each(|port| table.insert(tuple(port), (), at(0)));
        assert_eq!(table.find(&tuple(9_999), at(0)), Found::Full);
        let other = Tuple { source: Ipv4Addr::new(100, 64, 0, 2), ..tuple(1) };
        assert_eq!(table.find(&other, at(0)), Found::New);
        table.remove(&tuple(0));
        assert_eq!(table.find(&tuple(9_999), at(0)), Found::New);
        table.keep(|_, _| false);
        assert!(table.is_empty() && table.of_agent.is_empty());
    }
}
