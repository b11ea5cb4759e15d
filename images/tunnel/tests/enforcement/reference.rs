//! Random files against the plainest reading of them: every grant looked at, one after the other.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use serde_json::{Value, json};
use tunnel::enforcement::{Client, Verdict};
use tunnel::time::Instant;

use crate::kit::*;

/// One grant of a random file, as the reference reads it.
#[derive(Clone, Debug)]
struct Plain {
    ports: Vec<(u16, u16)>,
    begin: i64,
    end: i64,
    sources: Option<Vec<(u8, u8)>>,
    device: BTreeMap<String, Vec<String>>,
}

/// A request, in the same small world: ports 1 to 20, 60 seconds, sources 10.x.0.0.
#[derive(Clone, Debug)]
struct Request {
    port: Option<u16>,
    second: i64,
    source: Option<u8>,
    device: BTreeMap<String, String>,
}

const BASE: i64 = 1_780_315_200;
const SERVICE: [(u16, u16); 2] = [(1, 8), (12, 20)];

impl Plain {
    fn json(&self) -> Value {
        let text = |second: i64| Instant::from_seconds(BASE + second).to_string();
        let mut value = json!({ "service": "web", "ports": self.ports, "notBefore": text(self.begin), "notAfter": text(self.end) });
        if let Some(sources) = &self.sources {
            value["sources"] =
                sources.iter().map(|(first, length)| format!("{first}.0.0.0/{length}")).collect();
        }
        if !self.device.is_empty() {
            value["device"] = json!(self.device);
        }
        value
    }

    /// Whether it includes the port at the instant for the facts.
    fn includes(&self, port: u16, request: &Request) -> bool {
        let within = |first: u8| {
            self.sources.iter().flatten().any(|(prefix, length)| (first ^ prefix) >> (8 - length) == 0)
        };
        self.ports.iter().any(|(first, last)| (*first..=*last).contains(&port))
            && (self.begin..self.end).contains(&request.second)
            && (self.sources.is_none() || request.source.is_some_and(within))
            && self
                .device
                .iter()
                .all(|(name, values)| request.device.get(name).is_some_and(|value| values.contains(value)))
    }
}

/// Whether any grant includes any port that is asked for and that the service has.
fn reference(grants: &[Plain], request: &Request) -> bool {
    let mut ports = SERVICE.iter().flat_map(|(first, last)| *first..=*last);
    let is_granted = |port: u16| grants.iter().any(|grant| grant.includes(port, request));
    ports.any(|port| request.port.is_none_or(|asked| asked == port) && is_granted(port))
}

fn any_ports() -> impl Strategy<Value = Vec<(u16, u16)>> {
    prop::collection::btree_set(1..=20_u16, 1..6).prop_map(|ports| {
        let mut intervals: Vec<(u16, u16)> = Vec::new();
        for port in ports {
            match intervals.last_mut() {
                Some((_, last)) if *last + 1 == port => *last = port,
                _ => intervals.push((port, port)),
            }
        }
        intervals
    })
}

fn any_grant() -> impl Strategy<Value = Plain> {
    // Prefixes of the first byte: 1 to 8 bits, host bits cleared.
    let prefix = (1..=255_u8, 1..=8_u8).prop_map(|(first, length)| (first & (0xFF << (8 - length)), length));
    let sources = prop::option::of(prop::collection::vec(prefix, 1..3));
    let values = || prop::collection::vec("[ab]", 1..2);
    let device = prop::collection::btree_map(
        prop_oneof![Just("os".to_owned()), Just("managed".to_owned())],
        values(),
        0..2,
    );
    (any_ports(), 0..60_i64, 1..30_i64, sources, device).prop_map(
        |(ports, begin, length, sources, device)| Plain {
            ports,
            begin,
            end: begin + length,
            sources,
            device,
        },
    )
}

fn any_request() -> impl Strategy<Value = Request> {
    let device = prop::collection::btree_map(
        prop_oneof![Just("os".to_owned()), Just("managed".to_owned())],
        "[abc]",
        0..3,
    );
    (prop::option::of(0..=22_u16), -2..92_i64, prop::option::of(any::<u8>()), device)
        .prop_map(|(port, second, source, device)| Request { port, second, source, device })
}

/// A file with these grants; the lease is seconds 0 to 90.
fn file_of(grants: &[Plain], observed: Option<&[Plain]>) -> Value {
    let mut file = file();
    let text = |second: i64| Instant::from_seconds(BASE + second).to_string();
    (file["notBefore"], file["notAfter"]) = (json!(text(0)), json!(text(90)));
    file["intermediate"]["services"] =
        json!([{ "id": "web", "protocol": "tcp", "ports": SERVICE, "virtualIp": "10.100.0.2" }]);
    let all = |grants: &[Plain]| Value::from_iter(grants.iter().map(Plain::json));
    let mut class = json!({ "principals": ["ann"], "reaches": ["web"], "grants": all(grants) });
    if let Some(observed) = observed {
        class["observed"] = all(observed);
    }
    file["intermediate"]["classes"] = json!([{ "principals": [], "reaches": [], "grants": [] }, class]);
    let rules = file["intermediate"].as_object_mut().unwrap();
    for key in ["connectors", "withoutCertificate"] {
        rules.remove(key);
    }
    file
}

fn client_of(request: &Request) -> Client {
    let source = request.source.map(|first| IpAddr::V4(Ipv4Addr::new(first, 0, 0, 1)));
    Client { source, device: request.device.clone(), ..client("ann") }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn decides_as_the_plainest_reading_does(
        grants in prop::collection::vec(any_grant(), 0..8),
        observed in prop::option::of(prop::collection::vec(any_grant(), 0..4)),
        requests in prop::collection::vec(any_request(), 1..20),
    ) {
        let rules = rules(&file_of(&grants, observed.as_deref()));
        for request in &requests {
            let view = rules.view(&client_of(request));
            let ask = request.port.map_or(echo(WEB), tcp);
            let expected = (0..90).contains(&request.second) && reference(&grants, request);
            let verdict = view.decide("web", &ask, Instant::from_seconds(BASE + request.second));
            prop_assert_eq!(verdict.is_allowed(), expected, "{:?}", request);
            let would_deny = observed.as_ref().is_some_and(|observed| !reference(observed, request));
            if let Verdict::Allow { until, observed } = verdict {
                prop_assert_eq!(observed, would_deny);
                // The same answer up to then, another one from then on.
                let end = until.as_seconds() - BASE;
                let at = |second| Request { second, ..request.clone() };
                prop_assert!((request.second..end).all(|second| reference(&grants, &at(second))));
                prop_assert!(end == 90 || !reference(&grants, &at(end)));
            }
        }
    }
}
