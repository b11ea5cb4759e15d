//! Which connector serves what, whether it is there, and which one a flow goes to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tunnel::limits::CONNECTOR_SILENT;
use tunnel::time::Monotonic;

use super::ConnectionId;

/// Between two pings of a connector that pings every 500 ms there is at most this, late wake-ups included, and at least the
/// other. Pings of a transport that looks for a lost peer come at doubling distances, so that three in a row do not fit.
const PACE: std::ops::RangeInclusive<Duration> = Duration::from_millis(200)..=Duration::from_millis(900);

/// Connectors are felt more often than this. Where it took longer, it was this server that stood still, and what a connector
/// sent meanwhile may still be unread.
const STOOD_STILL: Duration = Duration::from_millis(700);

/// Pings at that pace after which a connector is known to be one that keeps it.
const PACED: u8 = 3;

/// One connector's connection.
#[derive(Debug)]
pub struct Connector {
    /// Its bare id.
    pub name: Arc<str>,
    /// What it offers to serve.
    pub offers: BTreeMap<String, Offer>,
    /// How many flows it has.
    pub flows: usize,
    ready: bool,
    pulse: Pulse,
}

/// An offer to serve one service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Whether it came as `0x23`: announcements are wanted.
    pub announced: bool,
    /// Whether the enforcement file gives it the service.
    pub accepted: bool,
}

#[derive(Debug)]
struct Pulse {
    received: u64,
    pings: u64,
    heard: Monotonic,
    pinged: Monotonic,
    felt: Monotonic,
    paced: u8,
}

impl Connector {
    /// A connector that has just connected.
    pub fn new(name: Arc<str>, now: Monotonic) -> Self {
        let pulse = Pulse { received: 0, pings: 0, heard: now, pinged: now, felt: now, paced: 0 };
        Self { name, offers: BTreeMap::new(), flows: 0, ready: true, pulse }
    }

    /// Takes the counts of packets and pings received so far. Returns whether it has become silent just now.
    pub fn feel(&mut self, received: u64, pings: u64, now: Monotonic) -> bool {
        let pulse = &mut self.pulse;
        let since = now.since(pulse.felt);
        if since > STOOD_STILL {
            pulse.heard = pulse.heard + since;
        }
        pulse.felt = now;
        if pings > pulse.pings {
            let paced = PACE.contains(&now.since(pulse.pinged));
            pulse.paced = if pulse.paced >= PACED {
                PACED
            } else if paced {
                pulse.paced + 1
            } else {
                0
            };
            (pulse.pings, pulse.pinged) = (pings, now);
        }
        if received > pulse.received {
            (pulse.received, pulse.heard) = (received, now);
        }
        let was_ready = self.ready;
        self.ready = pulse.paced < PACED || now.since(pulse.heard) < CONNECTOR_SILENT;
        was_ready && !self.ready
    }

    /// Its offer of this service, where the file accepts it.
    pub fn accepted(&self, service: &str) -> Option<Offer> {
        self.offers.get(service).copied().filter(|offer| offer.accepted)
    }
}

/// All connectors.
#[derive(Debug, Default)]
pub struct Connectors(HashMap<ConnectionId, Connector>);

impl Connectors {
    /// Adds one.
    pub fn insert(&mut self, id: ConnectionId, connector: Connector) {
        self.0.insert(id, connector);
    }

    /// Takes one out.
    pub fn remove(&mut self, id: ConnectionId) -> Option<Connector> {
        self.0.remove(&id)
    }

    /// One of them.
    pub fn get(&self, id: ConnectionId) -> Option<&Connector> {
        self.0.get(&id)
    }

    /// One of them.
    pub fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connector> {
        self.0.get_mut(&id)
    }

    /// All of them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&ConnectionId, &mut Connector)> {
        self.0.iter_mut()
    }

    /// Their connections.
    pub fn ids(&self) -> Vec<ConnectionId> {
        self.0.keys().copied().collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether anybody serves it, ready or not.
    pub fn serves(&self, service: &str) -> bool {
        self.0.values().any(|connector| connector.accepted(service).is_some())
    }

    /// The ready one with the fewest flows, the older one of equals.
    pub fn choose(&self, service: &str) -> Option<ConnectionId> {
        let fit = self.0.iter().filter(|(_, one)| one.ready && one.accepted(service).is_some());
        fit.min_by_key(|(id, one)| (one.flows, **id)).map(|(id, _)| *id)
    }

    /// All ready ones that serve it, the oldest first.
    pub fn all_ready(&self, service: &str) -> Vec<ConnectionId> {
        let fit = self.0.iter().filter(|(_, one)| one.ready && one.accepted(service).is_some());
        let mut all: Vec<_> = fit.map(|(id, _)| *id).collect();
        all.sort();
        all
    }

    /// Whether a flow that went there may go on there.
    pub fn keeps(&self, id: ConnectionId, service: &str) -> bool {
        self.get(id).is_some_and(|one| one.ready && one.accepted(service).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_millis(millis))
    }

    fn serving(flows: usize) -> Connector {
        let mut one = Connector::new("c".into(), at(0));
        one.offers.insert("web".into(), Offer { announced: false, accepted: true });
        one.flows = flows;
        one
    }

    #[test]
    fn the_least_loaded_ready_one_is_chosen() {
        let mut all = Connectors::default();
        all.insert(ConnectionId(1), serving(2));
        all.insert(ConnectionId(2), serving(1));
        all.insert(ConnectionId(3), Connector::new("d".into(), at(0)));
        assert_eq!(all.choose("web"), Some(ConnectionId(2)));
        all.0.get_mut(&ConnectionId(2)).unwrap().ready = false;
        assert_eq!(all.choose("web"), Some(ConnectionId(1)));
        assert_eq!(all.choose("db"), None);
    }

    #[test]
    fn one_that_pinged_every_500_ms_is_not_ready_when_silent_for_three_pings() {
        let mut one = serving(0);
        for quarter in 1..=8 {
            assert!(!one.feel(quarter / 2, quarter / 2, at(quarter * 250)));
        }
        for quarter in 9..14 {
            assert!(!one.feel(4, 4, at(quarter * 250)));
        }
        assert!(one.feel(4, 4, at(3500)) && !one.ready);
        assert!(!one.feel(4, 4, at(3750)), "said once");
        one.feel(5, 5, at(4000));
        assert!(one.ready);
    }

    #[test]
    fn a_server_that_stood_still_takes_nobody_for_silent() {
        let mut one = serving(0);
        for quarter in 1..=8 {
            one.feel(quarter / 2, quarter / 2, at(quarter * 250));
        }
        assert!(!one.feel(4, 4, at(5000)), "its pings are not read yet");
        assert!(!one.feel(9, 9, at(5200)));
    }

    #[test]
    fn one_that_pings_every_10_s_is_ready_all_the_while() {
        let mut one = serving(0);
        for second in 0..60 {
            let pings = second / 10;
            one.feel(pings, pings, at(second * 1000));
            assert!(one.ready);
        }
    }
}
