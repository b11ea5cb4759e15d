//! A server, a connector with backends, and agents.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::certificates::{Says, connector, person};
use crate::connector::Connector;
use crate::server::{Server, World};

pub const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
pub const DNS: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 3);
pub const OTHER: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 4);

/// An instant so many seconds from now.
pub fn instant(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    tunnel::time::Instant::from_seconds(now + seconds).to_string()
}

pub fn grant(service: &str, port: u16) -> Value {
    json!({ "service": service, "ports": [[port, port]], "notBefore": instant(-60), "notAfter": instant(300) })
}

/// `web` (tcp/8080-8081), `dns` (udp/53) and `other` (tcp/22), of which alice could ever reach the first two.
pub fn rules(grants: Vec<Value>) -> Value {
    let service = |id: &str, protocol: &str, ports: [u16; 2], address: Ipv4Addr| json!({ "id": id, "protocol": protocol, "ports": [ports], "virtualIp": address, "owner": "platform" });
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(300),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24",
            "services": [
                service("dns", "udp", [53, 53], DNS),
                service("other", "tcp", [22, 22], OTHER),
                service("web", "tcp", [8080, 8081], WEB),
            ],
            "classes": [
                { "principals": [], "reaches": [], "grants": [] },
                { "principals": ["alice@example.com"], "reaches": ["dns", "web"], "grants": grants },
            ],
            "revoked": [],
            "connectors": [{ "id": "home", "services": ["dns", "other", "web"] }],
        },
    })
}

pub fn everything() -> Value {
    rules(vec![grant("dns", 53), grant("web", 8080), grant("web", 8081)])
}

/// A server that enforces these rules, and what belongs to it.
pub struct Company {
    pub world: World,
    pub server: Server,
}

impl Company {
    pub fn new(rules: &Value) -> Self {
        let world = World::new();
        let digest = world.enforce(rules);
        let server = world.start();
        server.applied(&digest);
        Self { world, server }
    }

    /// From now on these rules; returns when they are in force.
    pub fn enforce(&self, rules: &Value) {
        let digest = self.world.enforce(rules);
        self.server.applied(&digest);
    }

    /// Its connector, whose backends echo.
    pub async fn connector(&self) -> Connector {
        let leaf = self.world.ca.client(connector("connector.home.ztna"));
        Connector::start(self.server.address, &self.world.ca, &leaf).await
    }

    /// Alice's agent.
    pub fn alice(&self) -> Agent {
        self.agent(person("alice@example.com"))
    }

    pub fn agent(&self, says: Says) -> Agent {
        let leaf = self.world.ca.client(says);
        let tls = self.world.folder.write("agent-tls.pem", &leaf.pem);
        Agent::new(self.config(self.server.address), tls, self.world.folder.0.join("cas.pem"))
    }

    /// What `ztna agent-config --all` prints, with a key that is newer than this program.
    pub fn config(&self, server: SocketAddr) -> PathBuf {
        let service = |id: &str, protocol: &str, ports: [u16; 2], address: Ipv4Addr| json!({ "id": id, "protocol": protocol, "ports": [ports], "virtualIp": address, "owner": "platform" });
        let file = json!({
            "schemaVersion": 1, "environment": "lab", "virtualNetwork": "10.100.0.0/24", "newer": true,
            "intermediates": [{
                "id": "one", "address": server.ip(), "port": server.port(), "serverName": "localhost",
            }],
            "services": [
                service("dns", "udp", [53, 53], DNS),
                service("other", "tcp", [22, 22], OTHER),
                service("web", "tcp", [8080, 8081], WEB),
            ],
        });
        self.world.folder.write("agent.json", file.to_string())
    }
}
