//! A server with its files, and clients for it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, Endpoint, TransportConfig};
use serde_json::{Value, json};

use crate::certificates::{Ca, Leaf, connector, person};
use crate::process::Process;

/// Principals with grants: policy is on.
const PRINCIPALS: usize = 1000;

/// Services, each with a few ports.
const SERVICES: u8 = 100;

/// A folder, a CA and a server.
pub struct World {
    folder: PathBuf,
    ca: Ca,
    /// The server.
    pub server: Process,
    /// Where it listens.
    pub address: SocketAddr,
    /// One of its agents' certificate.
    pub agent: Leaf,
    home: Leaf,
}

fn instant(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    tunnel::time::Instant::from_seconds(now + seconds).to_string()
}

/// 100 services, 1,000 principals in 20 classes; the agent's class may use a third of the services.
fn enforcement() -> Value {
    let services: Vec<_> = (0..SERVICES)
        .map(|number| json!({ "id": format!("s{number:03}"), "protocol": "udp", "ports": [[53, 60]], "virtualIp": format!("10.100.0.{}", number + 2) }))
        .collect();
    let id = |number: usize| format!("s{number:03}");
    let mut classes = vec![json!({ "principals": [], "reaches": [], "grants": [] })];
    for class in 0..20 {
        let reaches: Vec<_> =
            (0..usize::from(SERVICES)).filter(|number| number % 3 == class % 3).map(id).collect();
        let grants: Vec<_> = reaches
            .iter()
            .map(|service| json!({ "service": service, "ports": [[53, 53]], "notBefore": instant(-60), "notAfter": instant(3000) }))
            .collect();
        let mut principals: Vec<_> = (0..PRINCIPALS)
            .filter(|number| number % 20 == class)
            .map(|number| format!("p{number}@example.com"))
            .collect();
        if class == 0 {
            principals.push("agent@example.com".into());
        }
        classes.push(json!({ "principals": principals, "reaches": reaches, "grants": grants }));
    }
    let served: Vec<_> = (0..usize::from(SERVICES)).map(id).collect();
    json!({
        "schemaVersion": 1, "environment": "bench", "component": "intermediate/one", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(3000),
        "intermediate": {
            "virtualNetwork": "10.100.0.0/24", "services": services, "classes": classes, "revoked": [],
            "connectors": [{ "id": "home", "services": served }],
        },
    })
}

impl World {
    /// Starts the server.
    pub fn new(program: &Path) -> Self {
        Self::started(Command::new(program))
    }

    /// Starts it on these cores alone, as `taskset` names them.
    pub fn on(program: &Path, cores: &str) -> Self {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", cores]).arg(program);
        Self::started(command)
    }

    fn started(mut command: Command) -> Self {
        let folder = std::env::temp_dir().join(format!("ztna-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ca = Ca::new("Bench CA");
        let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
        write("cas.pem", ca.pem.clone());
        write("tls.pem", ca.server().pem);
        write("enforcement.json", enforcement().to_string());
        let key = tunnel::digest::Digest::of(&ca.der).to_string();
        let one = format!(r#"{{"retry":"{key}","reset":"{key}","connectionId":"{key}","created":1}}"#);
        write("keys.json", format!(r#"{{"current":{one},"previous":{one}}}"#));
        for (variable, name) in [
            ("CLIENT_CAS", "cas.pem"),
            ("TLS", "tls.pem"),
            ("KEYS", "keys.json"),
            ("ENFORCEMENT", "enforcement.json"),
        ] {
            command.env(format!("ZTNA_{variable}"), folder.join(name));
        }
        command.envs([
            ("ZTNA_COMPONENT", "intermediate/one"),
            ("ZTNA_PORT", "0"),
            ("ZTNA_BIND", "127.0.0.1"),
        ]);
        command.envs([("ZTNA_HTTP", "127.0.0.1:0"), ("ZTNA_INSTANCE", "bench")]);
        command.env("ZTNA_ACCESS_LOG", folder.join("access.log"));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line: Value = serde_json::from_str(&log.next().unwrap().unwrap()).unwrap();
            if let Some(addresses) = line["addresses"].as_str() {
                break addresses.trim_matches(['[', ']']).parse().unwrap();
            }
        };
        std::thread::spawn(move || log.for_each(drop));
        let (agent, home) =
            (ca.client(person("agent@example.com")), ca.client(connector("connector.home.ztna")));
        Self { folder, server: Process(child), address, agent, home, ca }
    }

    /// Puts another file of the same content in force.
    pub fn enforce_again(&self) {
        let (new, path) = (self.folder.join("enforcement.json.new"), self.folder.join("enforcement.json"));
        fs::write(&new, enforcement().to_string()).unwrap();
        fs::rename(new, path).unwrap();
    }

    /// An endpoint on this loopback address: limits are per address.
    pub fn endpoint(&self, host: u8) -> Endpoint {
        Endpoint::client(SocketAddr::from(([127, 0, 1, host], 0))).unwrap()
    }

    fn config(&self, leaf: &Leaf, ping: Option<Duration>) -> ClientConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.ca.der.clone()).unwrap();
        let builder =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder =
            builder.with_protocol_versions(&[&rustls::version::TLS13]).unwrap().with_root_certificates(roots);
        let mut tls = builder.with_client_auth_cert(leaf.chain.clone(), leaf.key()).unwrap();
        tls.alpn_protocols = vec![b"ztna-v1".to_vec()];
        let mut transport = TransportConfig::default();
        transport.initial_mtu(1350).min_mtu(1350).mtu_discovery_config(None).keep_alive_interval(ping);
        transport.datagram_receive_buffer_size(Some(4 << 20)).datagram_send_buffer_size(4 << 20);
        let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
        config.transport_config(Arc::new(transport));
        config
    }

    /// Connects an agent.
    pub async fn agent(&self, endpoint: &Endpoint) -> Connection {
        let config = self.config(&self.agent, Some(Duration::from_secs(10)));
        endpoint.connect_with(config, self.address, "localhost").unwrap().await.unwrap()
    }

    /// Connects the connector, which serves the first service.
    pub async fn home(&self) -> Connection {
        let config = self.config(&self.home, Some(Duration::from_millis(500)));
        let connection =
            self.endpoint(250).connect_with(config, self.address, "localhost").unwrap().await.unwrap();
        let serve = tunnel::wire::Message::Serve("s000").to_bytes().unwrap();
        connection.send_datagram(serve.into()).unwrap();
        while connection.read_datagram().await.unwrap()[0] != 0x12 {}
        connection
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
