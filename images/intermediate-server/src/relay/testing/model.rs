//! What the relay should do, by scanning.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use tunnel::time::Instant;

use super::Random;

/// Services: id, protocol, virtual address, port.
pub const SERVICES: [(&str, &str, Ipv4Addr, u16); 3] = [
    ("web", "tcp", Ipv4Addr::new(10, 100, 0, 2), 8080),
    ("dns", "udp", Ipv4Addr::new(10, 100, 0, 3), 53),
    ("log", "udp", Ipv4Addr::new(10, 100, 0, 4), 514),
];

/// Agents' principals.
pub const PRINCIPALS: [&str; 3] = ["alice@example.com", "bob@example.com", "carol@example.com"];

/// Connectors' ids.
pub const CONNECTORS: [&str; 2] = ["home", "other"];

/// A random file whose lease has begun.
pub fn random_file(random: &mut Random, now: Instant) -> Value {
    let text = |seconds: i64| Instant::from_seconds(now.as_seconds() + seconds).to_string();
    let lease = 5 + random.below(120) as i64;
    let mut classes = vec![json!({ "principals": [], "reaches": [], "grants": [] })];
    for principal in PRINCIPALS {
        let mut reaches: Vec<&str> =
            SERVICES.iter().map(|service| service.0).filter(|_| !random.once_in(5)).collect();
        reaches.sort_unstable();
        let mut grants = Vec::new();
        for (id, _, _, port) in SERVICES {
            if !reaches.contains(&id) || random.once_in(3) {
                continue;
            }
            let begin = if random.once_in(4) { random.below(20) as i64 } else { -10 };
            let end = if random.once_in(3) { 1 + random.below(30) as i64 } else { lease };
            if begin < end.min(lease) {
                let (begin, end) = (text(begin), text(end.min(lease)));
                grants.push(
                    json!({ "service": id, "ports": [[port, port]], "notBefore": begin, "notAfter": end }),
                );
            }
        }
        classes.push(json!({ "principals": [principal], "reaches": reaches, "grants": grants }));
    }
    let services = |random: &mut Random| {
        let mut all: Vec<&str> =
            SERVICES.iter().map(|service| service.0).filter(|_| !random.once_in(4)).collect();
        all.sort_unstable();
        all
    };
    let connectors: Vec<_> =
        CONNECTORS.iter().map(|id| json!({ "id": id, "services": services(random) })).collect();
    let mut all: Vec<_> = SERVICES.to_vec();
    all.sort_by_key(|service| service.0);
    let all: Vec<_> = all.iter().map(|(id, protocol, address, port)| {
        json!({ "id": id, "protocol": protocol, "ports": [[port, port]], "virtualIp": address })
    }).collect();
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": text(-10), "notAfter": text(lease),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24", "services": all, "classes": classes, "revoked": [], "connectors": connectors,
        },
    })
}

/// Whether a principal may reach a service's port now.
pub fn is_allowed(file: &Value, principal: &str, service: &str, at: Instant) -> bool {
    let within = |of: &Value| {
        let instant = |key: &str| of[key].as_str().unwrap().parse::<Instant>().unwrap();
        instant("notBefore") <= at && at < instant("notAfter")
    };
    let named = |class: &&Value| class["principals"].as_array().unwrap().contains(&json!(principal));
    let class = file["intermediate"]["classes"].as_array().unwrap().iter().find(named).unwrap();
    let granted = |grant: &Value| grant["service"] == service && within(grant);
    let reaches = class["reaches"].as_array().unwrap().contains(&json!(service));
    within(file) && reaches && class["grants"].as_array().unwrap().iter().any(granted)
}

/// Whether the file gives a service to a connector.
pub fn may_serve(file: &Value, connector: &str, service: &str) -> bool {
    let all = file["intermediate"]["connectors"].as_array().unwrap();
    let own = all.iter().find(|one| one["id"] == connector).unwrap();
    own["services"].as_array().unwrap().contains(&json!(service))
}
