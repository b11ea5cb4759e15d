//! The whole path of real programs: agent, intermediate, app connector, backends.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tokio::net::{TcpListener, UdpSocket};

use crate::agent::PATIENCE;
use crate::certificates::connector;
use crate::server::eventually;
use crate::world::{Company, DNS, WEB, everything, instant};

/// A program that ends with its test.
struct Process(Child);

impl Process {
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The app connector, which serves `web` and `dns` from these backends.
fn start_connector(company: &Company, web: SocketAddr, dns: SocketAddr) -> Process {
    let folder = &company.world.folder;
    let service = |id: &str, protocol: &str, port: u16, address, backend: SocketAddr| {
        json!({
            "id": id, "protocol": protocol, "ports": [[port, port]], "virtualIp": address,
            "backend": backend.to_string(),
        })
    };
    let file = json!({
        "schemaVersion": 1, "environment": "lab", "component": "connector/home", "epoch": 1, "sequence": 1,
        "notBefore": instant(-60), "notAfter": instant(300),
        "connector": {
            "services": [service("dns", "udp", 53, DNS, dns), service("web", "tcp", 8080, WEB, web)],
            "intermediates": [{ "id": "one", "address": "127.0.0.1", "port": company.server.address.port() }],
        },
    });
    let leaf = company.world.ca.client(connector("connector.home.ztna"));
    let mut command = Command::new(crate::built("app-connector"));
    command
        .env_clear()
        .env("ZTNA_COMPONENT", "connector/home")
        .env("ZTNA_HTTP", "127.0.0.1:0")
        .env("ZTNA_TLS", folder.write("connector.pem", leaf.pem))
        .env("ZTNA_SERVER_CAS", folder.0.join("cas.pem"))
        .env("ZTNA_ENFORCEMENT", folder.write("connector.json", file.to_string()))
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    Process(command.spawn().unwrap())
}

async fn echo_tcp() -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reading, mut writing) = socket.split();
                let _ = tokio::io::copy(&mut reading, &mut writing).await;
                let _ = tokio::io::AsyncWriteExt::shutdown(&mut writing).await;
            });
        }
    });
    (address, task)
}

async fn echo_udp() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 2000];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let _ = socket.send_to(&buffer[..length], from).await;
        }
    });
    address
}

/// Whether these bytes come back over a connection, end and all.
fn comes_back(local: SocketAddr, bytes: &[u8]) -> bool {
    let mut socket = TcpStream::connect(local).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut sending, own) = (socket.try_clone().unwrap(), bytes.to_vec());
    let writer = std::thread::spawn(move || {
        sending.write_all(&own).unwrap();
        sending.shutdown(Shutdown::Write).unwrap();
    });
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    writer.join().unwrap();
    answer == bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_packets_reach_real_backends() {
    let company = Company::new(&everything());
    let ((web, web_task), dns) = (echo_tcp().await, echo_udp().await);
    let mut connector = start_connector(&company, web, dns);
    let alice = company.alice();
    eventually(PATIENCE, || (alice.probe("web", 8080).0 == 0).then_some(()));
    assert_eq!(alice.probe("dns", 53), (0, "dns port 53 is reached".into()));
    let (_running, local) = alice.forward("web", 8080);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number * 13 / 5) as u8).collect();
    assert!(tokio::task::spawn_blocking(move || comes_back(local, &bytes)).await.unwrap());
    let parallel = (0..20).map(|number: u8| {
        tokio::task::spawn_blocking(move || comes_back(local, &vec![number; 20_000 + usize::from(number)]))
    });
    for one in parallel.collect::<Vec<_>>() {
        assert!(one.await.unwrap());
    }
    web_task.abort();
    let (code, words) = alice.probe("web", 8080);
    assert_eq!((code, words.contains("is allowed, but its backend")), (3, true), "{words}");
    connector.kill();
    let (code, words) = eventually(PATIENCE, || {
        Some(alice.probe("web", 8080)).filter(|(_, words)| words.contains("no connector"))
    });
    assert_eq!(code, 3, "{words}");
}
