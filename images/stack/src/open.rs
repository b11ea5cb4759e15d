//! How flows begin.

use std::net::{Ipv4Addr, SocketAddrV4};

use tunnel::packet::{Packet, SYN, Segment, Transport, Tuple, protocol, reset_for};
use tunnel::time::Monotonic;

use crate::entry::{Entry, Finish, Phase};
use crate::header::segment_of;
use crate::live::{Live, Make};
use crate::{Cut, Event, FlowId, Link, NoFlow, Stack};

/// Ports that a flow of ours may have (RFC 6335 section 6), from the first on.
const PORTS: std::ops::RangeInclusive<u16> = 49_152..=65_535;

/// Ports that are tried before none is free.
const TRIES: u64 = 64;

impl Stack {
    /// A SYN of a peer without flow.
    pub(crate) fn knock(&mut self, link: Link, tuple: Tuple, syn: &[u8], now: Monotonic) {
        if self.of_peer.get(&tuple.destination).is_some_and(|flows| *flows >= self.settings.flows_per_peer) {
            self.counts.limit += 1;
            return self.stray(link, syn, now);
        }
        let flow = self.insert(Entry::new(tuple, link, Phase::Waiting(syn.to_vec()), self.kept.clone(), now));
        self.events.push_back(Event::Incoming { flow, tuple: tuple.reversed(), link });
        self.settle(flow, now);
    }

    /// Takes an incoming flow: from now on it has buffers, and its peer hears that it is open. `mtu` is the largest packet that
    /// its link carries.
    pub fn accept(&mut self, flow: FlowId, mtu: usize, now: Monotonic) -> Result<(), NoFlow> {
        let Some(Entry { phase: Phase::Waiting(syn), tuple, .. }) = self.flows.get(&flow) else {
            // Its peer gave up meanwhile: the reader hears of it.
            return Ok(());
        };
        let (syn, tuple) = (syn.clone(), *tuple);
        let made = self.make(tuple, mtu).and_then(|make| self.made(Live::listening(&make, now), make.buffer));
        let Ok(mut live) = made else {
            self.refuse(flow, now);
            return made.map(|_| ());
        };
        live.receive(&syn, now);
        if let Some(entry) = self.flows.get_mut(&flow) {
            if let Some(segment) = segment_of(&syn) {
                entry.recovery.heard(&syn, &segment, now);
            }
            entry.phase = Phase::Live(Box::new(live));
            self.counts.begun += 1;
        }
        self.settle(flow, now);
        Ok(())
    }

    /// Answers an incoming flow with the reset of a closed port, and forgets it.
    pub fn refuse(&mut self, flow: FlowId, now: Monotonic) {
        let Some(entry) = self.flows.get(&flow) else { return };
        if let Phase::Waiting(syn) = &entry.phase {
            let reset = Packet::parse(syn).ok().and_then(|packet| reset_for(&packet));
            let link = entry.link;
            self.forget(flow);
            reset.into_iter().for_each(|reset| self.say(link, reset));
        } else {
            self.release(flow, now);
        }
    }

    /// Begins a flow from `from`, with a port of its own, to `to`. `mtu` is the largest packet that its link carries.
    pub fn connect(
        &mut self,
        link: Link,
        from: Ipv4Addr,
        to: SocketAddrV4,
        mtu: usize,
        now: Monotonic,
    ) -> Result<FlowId, NoFlow> {
        let tuple = self.free_tuple(from, to).ok_or(NoFlow::Limit)?;
        let make = self.make(tuple, mtu)?;
        let live = self.made(Live::connecting(&make, now), make.buffer)?;
        self.counts.begun += 1;
        let flow = self.insert(Entry::new(tuple, link, Phase::Live(Box::new(live)), self.kept.clone(), now));
        self.settle(flow, now);
        Ok(flow)
    }

    fn free_tuple(&mut self, from: Ipv4Addr, to: SocketAddrV4) -> Option<Tuple> {
        let span = u64::from(PORTS.end() - PORTS.start()) + 1;
        let (destination, destination_port) = (*to.ip(), to.port());
        for _ in 0..TRIES {
            let source_port = PORTS.start() + u16::try_from(self.random() % span).unwrap_or(0);
            let tuple =
                Tuple { protocol: protocol::TCP, source: from, source_port, destination, destination_port };
            if !self.by_tuple.contains_key(&tuple) {
                return Some(tuple);
            }
        }
        None
    }

    fn make(&mut self, tuple: Tuple, mtu: usize) -> Result<Make, NoFlow> {
        let Some(buffer) = self.budget.take() else {
            self.counts.memory += 1;
            return Err(NoFlow::Memory);
        };
        let seed = self.random();
        Ok(Make { tuple, mtu, buffer, seed, congestion: self.settings.congestion })
    }

    /// A flow that smoltcp would not make gives its buffers back.
    fn made(&mut self, live: Option<Live>, buffer: usize) -> Result<Live, NoFlow> {
        if live.is_none() {
            self.budget.give_back(buffer);
        }
        live.ok_or(NoFlow::Limit)
    }

    /// Another number each time (SplitMix64).
    fn random(&mut self) -> u64 {
        self.settings.seed = self.settings.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.settings.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn insert(&mut self, entry: Entry) -> FlowId {
        let flow = FlowId(self.next);
        self.next += 1;
        self.by_tuple.insert(entry.tuple, flow);
        *self.of_peer.entry(entry.tuple.destination).or_default() += 1;
        self.flows.insert(flow, entry);
        flow
    }

    /// Takes a packet of a flow that waits to be accepted.
    pub(crate) fn still_waits(&mut self, flow: FlowId, packet: &[u8], segment: &Segment) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        if let Phase::Waiting(syn) = &mut entry.phase {
            if segment.flags & tunnel::packet::RST != 0 {
                entry.phase = Phase::Cut(Cut::Reset);
                self.events.push_back(Event::Changed(flow));
            } else if segment.flags & SYN != 0 {
                // Sent again, or by a peer that began anew: the last one counts.
                *syn = packet.to_vec();
            }
        }
    }
}

impl Entry {
    /// Whether a SYN on this tuple begins another flow.
    pub(crate) fn is_replaceable(&self) -> bool {
        matches!(self.phase, Phase::Over(_) | Phase::Cut(_))
    }

    /// Whether both sides said their end.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish != Finish::No
    }
}

/// Whether a segment asks for a new flow.
pub(crate) fn is_knock(packet: &Packet) -> bool {
    use tunnel::packet::{ACK, FIN, RST};
    matches!(packet.transport, Transport::Tcp(segment) if segment.flags & (SYN | ACK | RST | FIN) == SYN)
}
