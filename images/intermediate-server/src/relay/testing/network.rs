//! Agents and connectors that do at random what such programs do, good and bad.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tunnel::digest::Digest;
use tunnel::enforcement::{Credentials, Enforcement};
use tunnel::identity::{Device, Identity, Principal};
use tunnel::keys::SharedKeys;
use tunnel::time::{Instant, Monotonic};
use tunnel::wire::Message;

use super::super::{Action, Arrival, Close, ConnectionId, Idle, Now, Relay};
use super::Random;
use super::model::{CONNECTORS, PRINCIPALS, SERVICES, is_allowed, may_serve, random_file};
use super::packets::{ACK, At, EVERYBODY, SYN, read, tcp, udp};

/// A packet that reached a connector.
#[derive(Clone, Debug)]
struct Arrived {
    connector: usize,
    agent: usize,
    service: usize,
    port: u16,
    inner: At,
    segment: u64,
}

/// A flow that must be live.
struct Live {
    /// The connector's connection.
    connector: ConnectionId,
    /// When a packet passed last.
    last: u64,
    answered: bool,
    /// Where the connector sees it.
    inner: At,
}

/// The simulated world.
pub struct Network {
    relay: Relay,
    random: Random,
    micros: u64,
    file: Option<Value>,
    next: u64,
    agents: [Option<ConnectionId>; PRINCIPALS.len()],
    connectors: [Option<ConnectionId>; CONNECTORS.len()],
    /// Also connections that were left without a word.
    agent_of: BTreeMap<ConnectionId, usize>,
    offers: BTreeSet<(usize, usize)>,
    arrived: Vec<Arrived>,
    /// Flows that must be live, by agent, service and port.
    live: BTreeMap<(usize, usize, u16), Live>,
    /// Who sent last from an inner address, while it is connected: answers go there.
    spoke: BTreeMap<Ipv4Addr, ConnectionId>,
    inner_of: BTreeMap<Ipv4Addr, usize>,
    /// Packets that passed, were denied; answers that passed, were refused.
    pub totals: [u64; 4],
}

const BEGIN: i64 = 1_800_000_000;

impl Network {
    /// A world without file, agents and connectors.
    pub fn new(seed: u64) -> Self {
        let key = "11".repeat(32);
        let one = format!(r#"{{"retry":"{key}","reset":"{key}","connectionId":"{key}","created":1}}"#);
        let keys = SharedKeys::read(format!(r#"{{"current":{one},"previous":{one}}}"#).as_bytes()).unwrap();
        Self {
            relay: Relay::new(keys.inner_addresses(), Idle::default()),
            random: Random::new(seed),
            micros: 0,
            file: None,
            next: 1,
            agents: [None; PRINCIPALS.len()],
            connectors: [None; CONNECTORS.len()],
            agent_of: BTreeMap::new(),
            offers: BTreeSet::new(),
            arrived: Vec::new(),
            live: BTreeMap::new(),
            spoke: BTreeMap::new(),
            inner_of: BTreeMap::new(),
            totals: [0; 4],
        }
    }

    fn now(&self) -> Now {
        let since = Duration::from_micros(self.micros);
        Now { instant: Instant::from_seconds(BEGIN) + since, monotonic: Monotonic::since_origin(since) }
    }

    /// Something happens.
    pub fn step(&mut self) {
        match self.random.below(20) {
            0 => self.new_file(),
            1 => self.toggle_agent(),
            2 => self.toggle_connector(),
            3 | 4 => self.offer(),
            5 => self.time_passes(),
            6 => self.register(),
            7..=14 => self.agent_sends(),
            _ => self.connector_answers(),
        }
        self.forget_dead();
        let (_, _, flows) = self.relay.sizes();
        assert!(flows <= 10_000);
    }

    /// Forgets the flows that need not be live any more.
    fn forget_dead(&mut self) {
        let now = self.now().instant;
        let (file, micros, connectors) = (self.file.as_ref(), self.micros, self.connectors);
        self.live.retain(|(agent, service, _), live| {
            let (name, protocol, ..) = SERVICES[*service];
            let connector = connectors.iter().position(|one| *one == Some(live.connector));
            let idle = if protocol == "udp" {
                120
            } else if live.answered {
                7_000
            } else {
                35
            };
            let is_allowed = |file: &Value| is_allowed(file, PRINCIPALS[*agent], name, now);
            let is_given = |file: &Value| connector.is_some_and(|one| may_serve(file, CONNECTORS[one], name));
            file.is_some_and(|file| is_allowed(file) && is_given(file))
                && micros - live.last < idle * 1_000_000
        });
    }

    fn new_file(&mut self) {
        let now = self.now();
        let file = random_file(&mut self.random, now.instant);
        let read = Enforcement::read(file.to_string().as_bytes(), "intermediate/one").unwrap();
        self.relay.enforce(read.intermediate().cloned(), now);
        self.file = Some(file);
        self.expect_no_packets();
    }

    fn time_passes(&mut self) {
        let time = *self.random.pick(&[10_000, 200_000, 1_000_000, 7_000_000, 70_000_000]);
        self.micros += time;
        // A datagram may come between a verdict's end and the next tick.
        if !self.random.once_in(3) {
            let now = self.now();
            self.relay.tick(now);
        }
        self.expect_no_packets();
    }

    fn arrive(&mut self, name: &str, connector: Option<&str>) -> ConnectionId {
        let id = ConnectionId(self.next);
        self.next += 1;
        let identity = Identity {
            fingerprint: Digest::of(name.as_bytes()),
            principal: Principal::read(name).unwrap(),
            device: Device::new(),
            limit: None,
            connector: connector.map(str::to_owned),
            not_before: Instant::from_seconds(BEGIN - 10),
            not_after: Instant::from_seconds(BEGIN + 1_000_000),
        };
        let credentials = Some(Credentials { identity, issuers: BTreeSet::new() });
        let outer = format!("203.0.113.7:{}", 1000 + id.0 % 60_000).parse().unwrap();
        assert!(self.relay.connect(Arrival { id, credentials, outer, to_client: 1312 }, self.now()));
        id
    }

    fn toggle_agent(&mut self) {
        let agent = self.random.below(PRINCIPALS.len());
        // Sometimes the old connection is left without a word, and a new one comes.
        let is_left = self.random.once_in(3);
        match self.agents[agent].take() {
            Some(id) if !is_left => {
                self.relay.disconnect(id, self.now());
                self.spoke.retain(|_, one| *one != id);
            }
            Some(_) => self.micros += 1_100_000,
            None => {}
        }
        if is_left || self.random.once_in(2) {
            let id = self.arrive(PRINCIPALS[agent], None);
            self.agents[agent] = Some(id);
            self.agent_of.insert(id, agent);
        }
        self.expect_no_packets();
    }

    fn toggle_connector(&mut self) {
        let connector = self.random.below(CONNECTORS.len());
        match self.connectors[connector].take() {
            Some(id) => {
                self.relay.disconnect(id, self.now());
                self.offers.retain(|(one, _)| *one != connector);
            }
            None => {
                self.connectors[connector] =
                    Some(self.arrive(CONNECTORS[connector], Some(CONNECTORS[connector])))
            }
        }
        self.expect_no_packets();
    }

    fn offer(&mut self) {
        let (connector, service) = (self.random.below(CONNECTORS.len()), self.random.below(SERVICES.len()));
        let Some(id) = self.connectors[connector] else { return };
        let message = Message::Serve(SERVICES[service].0).to_bytes().unwrap();
        self.relay.datagram(id, &message, self.now());
        self.offers.insert((connector, service));
        self.expect_no_packets();
    }

    fn register(&mut self) {
        let (agent, service) = (self.random.below(PRINCIPALS.len()), self.random.below(SERVICES.len()));
        let Some(id) = self.agents[agent] else { return };
        let message = Message::Register(SERVICES[service].0).to_bytes().unwrap();
        self.relay.datagram(id, &message, self.now());
        self.expect_no_packets();
    }

    /// Whether some connector serves a service by the model.
    fn is_served(&self, service: usize) -> bool {
        let file = self.file.as_ref();
        let serves = |connector: &usize| {
            let given = file.is_some_and(|file| may_serve(file, CONNECTORS[*connector], SERVICES[service].0));
            self.connectors[*connector].is_some() && given && self.offers.contains(&(*connector, service))
        };
        (0..CONNECTORS.len()).any(|connector| serves(&connector))
    }

    fn agent_sends(&mut self) {
        let (agent, service) = (self.random.below(PRINCIPALS.len()), self.random.below(SERVICES.len()));
        let Some(id) = self.agents[agent] else { return };
        let (name, protocol, address, right) = SERVICES[service];
        let port = 40_000 + self.random.below(4) as u16;
        let is_wrong = self.random.once_in(8);
        let to = if is_wrong { (address, right + 1) } else { (address, right) };
        let is_misnamed = self.random.once_in(8);
        let named = if is_misnamed { SERVICES[(service + 1) % SERVICES.len()].0 } else { name };
        // From the middle of a conversation that the relay may not remember: then it is sought at all connectors.
        let is_middle = protocol == "tcp" && self.random.once_in(2);
        self.next += 1;
        let number = self.next;
        let data = number.to_be_bytes();
        let packet = match protocol {
            "tcp" if is_middle => tcp((EVERYBODY, port), to, (1, 2, ACK), &[], &data),
            "tcp" => tcp((EVERYBODY, port), to, (1, 0, SYN), &[], &data),
            _ => udp((EVERYBODY, port), to, &data),
        };
        self.relay.datagram(id, &Message::ToService(named, &packet).to_bytes().unwrap(), self.now());
        let allowed = self
            .file
            .as_ref()
            .is_some_and(|file| is_allowed(file, PRINCIPALS[agent], name, self.now().instant));
        let expected = allowed && !is_wrong && !is_misnamed && self.is_served(service);
        let packets = self.packets();
        let key = (agent, service, port);
        let most = if is_middle && !self.live.contains_key(&key) { CONNECTORS.len() } else { 1 };
        assert_eq!(!packets.is_empty(), expected, "{name} of {}", PRINCIPALS[agent]);
        assert!(packets.len() <= most, "{} packets", packets.len());
        if packets.len() > 1 {
            self.live.remove(&key);
        }
        let is_sought = packets.len() > 1 || (is_middle && !self.live.contains_key(&key));
        self.totals[usize::from(!expected)] += 1;
        for (receiver, packet) in packets {
            let connector =
                self.connectors.iter().position(|one| *one == Some(receiver)).expect("a connector");
            assert!(may_serve(self.file.as_ref().unwrap(), CONNECTORS[connector], name), "served by who may");
            let arrived = read(&packet);
            assert_eq!((arrived.to, arrived.data), (to, data.to_vec()));
            let owner = *self.inner_of.entry(arrived.from.0).or_insert(agent);
            assert_eq!(owner, agent, "an inner address belongs to one agent");
            let inner = arrived.from;
            if !is_sought {
                let answered =
                    self.live.get(&key).is_some_and(|live| live.connector == receiver && live.answered)
                        && is_middle;
                self.live.insert(key, Live { connector: receiver, last: self.micros, answered, inner });
            }
            self.spoke.insert(inner.0, id);
            self.arrived.push(Arrived { connector, agent, service, port, inner, segment: number });
        }
    }

    fn connector_answers(&mut self) {
        if self.arrived.is_empty() {
            return;
        }
        let arrived = self.random.pick(&self.arrived).clone();
        let from =
            if self.random.once_in(5) { self.random.below(CONNECTORS.len()) } else { arrived.connector };
        let Some(id) = self.connectors[from] else { return };
        let (name, protocol, address, port) = SERVICES[arrived.service];
        let data = arrived.segment.to_be_bytes();
        let packet = match protocol {
            "tcp" => tcp((address, port), arrived.inner, (1, 2, SYN | ACK), &[], &data),
            _ => udp((address, port), arrived.inner, &data),
        };
        self.relay.datagram(id, &packet, self.now());
        let allowed = self
            .file
            .as_ref()
            .is_some_and(|file| is_allowed(file, PRINCIPALS[arrived.agent], name, self.now().instant));
        let packets = self.packets();
        self.totals[if packets.is_empty() { 3 } else { 2 }] += 1;
        let flow = self
            .live
            .get_mut(&(arrived.agent, arrived.service, arrived.port))
            .filter(|live| live.connector == id);
        let is_heard = allowed && self.spoke.contains_key(&arrived.inner.0);
        if let Some(live) = flow.filter(|live| is_heard && live.inner == arrived.inner) {
            assert_eq!(packets.len(), 1, "a live flow's answer passes: {arrived:?}");
            (live.last, live.answered) = (self.micros, true);
        }
        for (receiver, packet) in packets {
            assert!(
                allowed,
                "an answer passes only while the flow is allowed: {arrived:?} at {}: {}",
                self.now().instant,
                self.file.as_ref().unwrap()
            );
            assert_eq!(self.agent_of.get(&receiver), Some(&arrived.agent), "to the agent that asked");
            assert!(self.offers.contains(&(from, arrived.service)), "from one that serves it");
            let answer = read(&packet);
            assert_eq!((answer.from, answer.to), ((address, port), (EVERYBODY, arrived.port)));
            assert_eq!(answer.data, data);
        }
    }

    /// What the relay sent of its own accord may not be a packet with data.
    fn expect_no_packets(&mut self) {
        let packets = self.packets();
        assert!(packets.is_empty(), "nobody sent anything: {packets:02x?}");
    }

    /// Relayed packets, by receiver: resets and ICMP of the relay's own are left out; nothing else may be sent at all.
    fn packets(&mut self) -> Vec<(ConnectionId, Vec<u8>)> {
        let mut packets = Vec::new();
        for action in self.relay.actions() {
            match action {
                Action::Send { to, from, datagram } => match Message::decode(&datagram) {
                    Ok(Message::Packet(packet)) if to != from => packets.push((to, packet.to_vec())),
                    Ok(Message::Packet(packet)) => is_own(packet),
                    Ok(Message::Observed(_) | Message::Accepted(_) | Message::Refused(..)) => {}
                    other => panic!("sent {other:?}"),
                },
                Action::Close { code, .. } => {
                    assert_eq!(code, Close::ExpiredOrRevoked, "nobody is over a limit here")
                }
                Action::Ended(flow) => assert!(flow.begin <= flow.end),
                Action::Denied(_) => {}
            }
        }
        packets
    }
}

/// What the relay says itself is a reset or an ICMP error.
fn is_own(packet: &[u8]) {
    let own = read(packet);
    match own.protocol {
        6 => assert_ne!(own.flags() & 0x04, 0, "a reset"),
        _ => assert_eq!(own.icmp().0, 3, "destination unreachable"),
    }
}
