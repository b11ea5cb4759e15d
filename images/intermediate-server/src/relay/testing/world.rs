//! A relay with two services, one connector and two people, for single cases.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::{Value, json};
use tunnel::digest::Digest;
use tunnel::enforcement::{Credentials, Enforcement};
use tunnel::figures::DropReason;
use tunnel::identity::{Device, Identity, Principal};
use tunnel::keys::SharedKeys;
use tunnel::time::{Instant, Monotonic};
use tunnel::wire::Message;

use super::super::{Action, Arrival, Close, ConnectionId, EndedFlow, Idle, Now, Relay};
use super::packets::{EVERYBODY, Read, read, udp};

pub(super) const DNS: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 3);
pub(super) const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
const BEGIN: i64 = 1_800_000_000;
pub(super) const FIN: u8 = 0x01;

/// A relay with alice, whom everything is granted, and connector `home`, who serves everything.
pub(super) struct World {
    pub(super) relay: Relay,
    pub(super) at: Duration,
    pub(super) next: u64,
    pub(super) home: ConnectionId,
}

pub(super) fn file(sources: Option<Value>) -> Value {
    let text = |seconds: i64| Instant::from_seconds(BEGIN + seconds).to_string();
    let grant = |service: &str| {
        let mut grant = json!({ "service": service, "ports": [[1, 65535]], "notBefore": text(0), "notAfter": text(9000) });
        if let Some(sources) = &sources {
            grant["sources"] = sources.clone();
        }
        grant
    };
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": text(0), "notAfter": text(9000),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24",
            "services": [
                { "id": "dns", "protocol": "udp", "ports": [[1, 65535]], "virtualIp": DNS },
                { "id": "web", "protocol": "tcp", "ports": [[1, 65535]], "virtualIp": WEB },
            ],
            "classes": [
                { "principals": [], "reaches": [], "grants": [] },
                { "principals": ["alice@example.com", "bob@example.com"], "reaches": ["dns", "web"], "grants": [grant("dns"), grant("web")] },
            ],
            "revoked": [],
            "connectors": [{ "id": "home", "services": ["dns", "web"] }],
        },
    })
}

impl World {
    pub(super) fn new(file: &Value, idle: Idle) -> Self {
        let key = "22".repeat(32);
        let one = format!(r#"{{"retry":"{key}","reset":"{key}","connectionId":"{key}","created":1}}"#);
        let keys = SharedKeys::read(format!(r#"{{"current":{one},"previous":{one}}}"#).as_bytes()).unwrap();
        let relay = Relay::new(keys.inner_addresses(), idle);
        let mut world = Self { relay, at: Duration::from_secs(1), next: 0, home: ConnectionId(0) };
        let read = Enforcement::read(file.to_string().as_bytes(), "intermediate/one").unwrap();
        world.relay.enforce(read.intermediate().cloned(), world.now());
        world.home = world.connect("connector", Some("home"), "198.51.100.1:1", 1312).unwrap();
        for service in ["dns", "web"] {
            world.say(world.home, &Message::Serve(service));
        }
        world.relay.actions();
        world
    }

    pub(super) fn now(&self) -> Now {
        Now { instant: Instant::from_seconds(BEGIN) + self.at, monotonic: Monotonic::since_origin(self.at) }
    }

    pub(super) fn pass(&mut self, seconds: f64) {
        self.at += Duration::from_secs_f64(seconds);
        self.relay.tick(self.now());
    }

    pub(super) fn connect(
        &mut self,
        name: &str,
        connector: Option<&str>,
        outer: &str,
        to_client: usize,
    ) -> Result<ConnectionId, Close> {
        self.next += 1;
        let id = ConnectionId(self.next);
        let identity = Identity {
            fingerprint: Digest::of(name.as_bytes()),
            principal: Principal::read(name).unwrap(),
            device: Device::new(),
            limit: None,
            connector: connector.map(str::to_owned),
            not_before: Instant::from_seconds(BEGIN),
            not_after: Instant::from_seconds(BEGIN + 100_000),
        };
        let credentials = Some(Credentials { identity, issuers: BTreeSet::new() });
        let arrival = Arrival { id, credentials, outer: outer.parse().unwrap(), to_client };
        if self.relay.connect(arrival, self.now()) {
            return Ok(id);
        }
        match self.relay.actions().pop() {
            Some(Action::Close { code, .. }) => Err(code),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn alice(&mut self) -> ConnectionId {
        let id = self.connect("alice@example.com", None, "203.0.113.7:4000", 1312).unwrap();
        self.relay.actions();
        id
    }

    pub(super) fn say(&mut self, from: ConnectionId, message: &Message<'_>) {
        self.relay.datagram(from, &message.to_bytes().unwrap(), self.now());
    }

    pub(super) fn ask(&mut self, from: ConnectionId, port: u16) {
        self.say(from, &Message::ToService("dns", &udp((EVERYBODY, port), (DNS, 53), b"?")));
    }

    /// Datagrams sent to one since the last call; flows that ended.
    pub(super) fn did(&mut self, to: ConnectionId) -> (Vec<Vec<u8>>, Vec<EndedFlow>) {
        let (mut sent, mut ended) = (Vec::new(), Vec::new());
        for action in self.relay.actions() {
            match action {
                Action::Send { to: receiver, datagram, .. } if receiver == to => sent.push(datagram),
                Action::Ended(flow) => ended.push(*flow),
                _ => {}
            }
        }
        (sent, ended)
    }

    pub(super) fn sent(&mut self, to: ConnectionId) -> Vec<Read> {
        self.did(to).0.iter().map(|datagram| read(datagram)).collect()
    }

    pub(super) fn drops(&mut self, reason: DropReason) -> u64 {
        self.relay.counts().drops[reason.index()]
    }
}

pub(super) fn world() -> World {
    World::new(&file(None), Idle::default())
}
