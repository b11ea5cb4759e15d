//! Files for tests.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use serde_json::{Value, json};
use tunnel::enforcement::{Ask, Audience, Client, Enforcement, IntermediateRules, Port, Protocol, Refused};
use tunnel::identity::{Device, Principal};
use tunnel::time::Instant;

pub const COMPONENT: &str = "intermediate/eu-1";
pub const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
pub const DNS: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 3);

pub fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Any minute of the file's lease: 12:00 to 12:05.
pub fn at(minute: u32, second: u32) -> Instant {
    instant(&format!("2026-06-01T12:{minute:02}:{second:02}Z"))
}

/// A grant for the whole lease.
pub fn grant(service: &str, first: u16, last: u16) -> Value {
    json!({ "service": service, "ports": [[first, last]], "notBefore": "2026-06-01T12:00:00Z", "notAfter": "2026-06-01T12:05:00Z" })
}

/// The same under more keys, or others.
pub fn with(mut value: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    value.as_object_mut().unwrap().extend(more);
    value
}

/// A file that uses everything.
pub fn file() -> Value {
    json!({
        "schemaVersion": 1, "environment": "lab", "component": COMPONENT, "epoch": 1, "sequence": 7,
        "notBefore": "2026-06-01T12:00:00Z", "notAfter": "2026-06-01T12:05:00Z",
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24",
            "services": [
                { "id": "dns", "protocol": "udp", "ports": [[53, 53]], "virtualIp": "10.100.0.3" },
                { "id": "web", "protocol": "tcp", "ports": [[80, 80], [8000, 8010]], "virtualIp": "10.100.0.2", "owner": "platform" },
                { "id": "wiki", "protocol": "tcp", "ports": [[443, 443]], "virtualIp": "10.100.0.4" }
            ],
            "classes": [
                { "principals": [], "reaches": [], "grants": [] },
                {
                    "principals": ["ann@example.com"],
                    "reaches": ["dns", "web", "wiki"],
                    "grants": [
                        grant("dns", 1, 65_535),
                        with(grant("web", 80, 80), json!({ "notBefore": "2026-06-01T12:01:00.500Z", "notAfter": "2026-06-01T12:02:00Z" })),
                        with(grant("web", 80, 80), json!({ "notBefore": "2026-06-01T12:02:00Z", "notAfter": "2026-06-01T12:03:00Z" })),
                        with(grant("web", 8_000, 8_005), json!({ "sources": ["203.0.113.0/24", "2001:db8::/32"] })),
                        with(grant("web", 8_006, 8_010), json!({ "device": { "managed": ["true"], "os": ["linux", "macos"] } }))
                    ],
                    "opensAt": { "wiki": "2026-06-02T08:00:00Z" }
                },
                { "principals": ["bob@example.com", "ci"], "reaches": ["dns"], "grants": [grant("dns", 53, 53)], "observed": [] }
            ],
            "withoutCertificate": { "reaches": ["dns"], "grants": [grant("dns", 53, 53)] },
            "revoked": ["00".repeat(32)],
            "revokedPrincipals": ["eve@example.com"],
            "clientCas": ["ca".repeat(32)],
            "connectors": [{ "id": "here", "services": ["dns", "web"] }, { "id": "there", "services": [] }]
        }
    })
}

/// A connector's file.
pub fn connector_file() -> Value {
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "connector/here", "epoch": 1, "sequence": 7,
        "notBefore": "2026-06-01T12:00:00Z", "notAfter": "2026-06-01T12:05:00Z",
        "connector": {
            "services": [
                { "id": "web", "protocol": "tcp", "ports": [[80, 80]], "virtualIp": "10.100.0.2", "backend": "web.internal:8080", "proxyProtocol": true },
                { "id": "dns", "protocol": "udp", "ports": [[53, 53]], "virtualIp": "10.100.0.3", "backend": "[2001:db8::1]" }
            ],
            "intermediates": [{ "id": "eu-1", "address": "eu-1.ztna.example.com", "port": 4433 }]
        }
    })
}

pub fn read(file: &Value) -> Result<Enforcement, Refused> {
    let component = file["component"].as_str().unwrap_or(COMPONENT);
    Enforcement::read(file.to_string().as_bytes(), component)
}

pub fn rules(file: &Value) -> Arc<IntermediateRules> {
    Arc::clone(read(file).unwrap().intermediate().unwrap())
}

pub fn principal(name: &str) -> Audience {
    Audience::Principal(Principal::read(name).unwrap())
}

/// A client of whom nothing but the name is known.
pub fn client(name: &str) -> Client {
    Client { audience: principal(name), source: None, device: Device::new(), limit: None }
}

pub fn from(address: &str, client: Client) -> Client {
    Client { source: Some(address.parse::<IpAddr>().unwrap()), ..client }
}

pub fn tcp(port: u16) -> Ask {
    Ask { destination: WEB, port: Port::Of(Protocol::Tcp, port) }
}

pub fn udp(port: u16) -> Ask {
    Ask { destination: DNS, port: Port::Of(Protocol::Udp, port) }
}

pub fn echo(destination: Ipv4Addr) -> Ask {
    Ask { destination, port: Port::Echo }
}
