//! A folder, a CA, an intermediate and a connector.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::certificates::{Ca, Leaf, connector, person};
use crate::client::Client;
use crate::process::{CONNECTOR, Process, intermediate};

pub const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
pub const DNS: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 3);

/// A folder that is removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("ztna-connector-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        fs::write(&new, content).unwrap();
        fs::rename(&new, &path).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An instant so many seconds from now, as the file writes it.
pub fn instant(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    tunnel::time::Instant::from_seconds(now + seconds).to_string()
}

pub struct World {
    pub folder: Folder,
    pub ca: Ca,
    /// Alice's certificate: her inner address is derived from it.
    alice: Leaf,
    /// That of the connector's certificate.
    pub fingerprint: String,
    pub port: u16,
    pub intermediate: Process,
    pub connector: Process,
}

/// Everything that runs: `web` (tcp/8080) and `dns` (udp/53) lead to these backends.
pub fn begin(web: &str, dns: &str) -> World {
    begin_with(&[service("web", "tcp", 8080, WEB, web), service("dns", "udp", 53, DNS, dns)])
}

pub fn begin_with(services: &[Value]) -> World {
    let (folder, ca) = (Folder::new(), Ca::new("Test CA"));
    folder.write("cas.pem", &ca.pem);
    folder.write("server.pem", &ca.server().pem);
    let leaf = ca.client(connector("connector.home.ztna"));
    folder.write("connector.pem", &leaf.pem);
    let own = tunnel::digest::Digest::of(&ca.der).to_string();
    let key = |kind: u8| format!("{kind:02x}{}", &own[..62]);
    let generation = json!({ "retry": key(1), "reset": key(2), "connectionId": key(3), "created": 1 });
    folder.write("keys.json", json!({ "current": generation, "previous": generation }).to_string());
    folder.write("intermediate.json", intermediate_file().to_string());
    let intermediate = start_intermediate(&folder, 0);
    let port = port_of(&intermediate);
    folder.write("enforcement.json", connector_file(services, &[port]).to_string());
    let connector = Process::start(connector_command(&folder));
    connector.is_ready();
    let alice = ca.client(person("alice@example.com"));
    World { folder, ca, alice, fingerprint: leaf.fingerprint(), port, intermediate, connector }
}

fn port_of(intermediate: &Process) -> u16 {
    let addresses = intermediate.listening["addresses"].as_str().unwrap();
    addresses.trim_matches(['[', ']']).parse::<SocketAddr>().unwrap().port()
}

pub fn start_intermediate(folder: &Folder, port: u16) -> Process {
    let mut command = Command::new(intermediate());
    command
        .env_clear()
        .env("ZTNA_COMPONENT", "intermediate/one")
        .env("ZTNA_PORT", port.to_string())
        .env("ZTNA_HTTP", "127.0.0.1:0")
        .env("ZTNA_BIND", "127.0.0.1")
        .env("ZTNA_CLIENT_CAS", folder.path("cas.pem"))
        .env("ZTNA_TLS", folder.path("server.pem"))
        .env("ZTNA_KEYS", folder.path("keys.json"))
        .env("ZTNA_ENFORCEMENT", folder.path("intermediate.json"))
        .env("ZTNA_ACCESS_LOG", folder.path("access.log"))
        .env("ZTNA_INSTANCE", "test");
    Process::start(command)
}

pub fn connector_command(folder: &Folder) -> Command {
    let mut command = Command::new(CONNECTOR);
    command
        .env_clear()
        .env("ZTNA_COMPONENT", "connector/home")
        .env("ZTNA_HTTP", "127.0.0.1:0")
        .env("ZTNA_TLS", folder.path("connector.pem"))
        .env("ZTNA_SERVER_CAS", folder.path("cas.pem"))
        .env("ZTNA_ENFORCEMENT", folder.path("enforcement.json"))
        .env("ZTNA_LOG", "debug");
    command
}

pub fn service(id: &str, protocol: &str, port: u16, virtual_ip: Ipv4Addr, backend: &str) -> Value {
    json!({ "id": id, "protocol": protocol, "ports": [[port, port]], "virtualIp": virtual_ip, "backend": backend })
}

pub fn connector_file(services: &[Value], ports: &[u16]) -> Value {
    let intermediates: Vec<_> = ports
        .iter()
        .map(|port| json!({ "id": format!("i{port}"), "address": "127.0.0.1", "port": port }))
        .collect();
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "connector/home", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(300),
        "connector": { "services": services, "intermediates": intermediates },
    })
}

fn intermediate_file() -> Value {
    let known = |id: &str, protocol: &str, port: u16, virtual_ip: Ipv4Addr| json!({ "id": id, "protocol": protocol, "ports": [[port, port]], "virtualIp": virtual_ip, "owner": "platform" });
    let grant = |service: &str, port: u16| json!({ "service": service, "ports": [[port, port]], "notBefore": instant(-60), "notAfter": instant(300) });
    json!({
        "schemaVersion": 1, "environment": "lab", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(300),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24",
            "services": [known("dns", "udp", 53, DNS), known("web", "tcp", 8080, WEB)],
            "classes": [
                { "principals": [], "reaches": [], "grants": [] },
                { "principals": ["alice@example.com"], "reaches": ["dns", "web"], "grants": [grant("dns", 53), grant("web", 8080)] },
            ],
            "revoked": [],
            "connectors": [{ "id": "home", "services": ["dns", "web"] }],
        },
    })
}

impl World {
    /// Alice's client, registered for both services.
    pub async fn alice(&self) -> Client {
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let alice = Client::connect(to, &self.ca, Some(&self.alice)).await;
        alice.registers("web").await;
        alice.registers("dns").await;
        alice
    }

    /// Alice after a restart: her services may be served only a moment later.
    pub async fn alice_again(&self) -> Client {
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let alice = Client::connect(to, &self.ca, Some(&self.alice)).await;
        alice.say(&tunnel::wire::Message::Register("web"));
        while alice.next().await[0] != tunnel::wire::first::ACCEPTED {}
        alice
    }

    /// The certificates that are revoked from now on.
    pub fn revoke(&self, fingerprints: &[&str]) {
        let mut file = intermediate_file();
        file["intermediate"]["revoked"] = fingerprints.into();
        let bytes = file.to_string();
        self.folder.write("intermediate.json", &bytes);
        is_applied(&self.intermediate, &bytes);
    }

    /// The connector's file from now on.
    pub fn serve(&self, services: &[Value]) {
        let bytes = connector_file(services, &[self.port]).to_string();
        self.folder.write("enforcement.json", &bytes);
        is_applied(&self.connector, &bytes);
    }
}

/// Waits until a program enforces a file.
fn is_applied(program: &Process, bytes: &str) {
    let digest = tunnel::digest::Digest::of(bytes.as_bytes()).to_string();
    let is_in_force = || (program.json("/applied")["digest"] == digest.as_str()).then_some(());
    crate::process::eventually(std::time::Duration::from_secs(5), is_in_force);
}
