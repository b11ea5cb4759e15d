//! An agent without a TUN: TCP in user space over a client's connection.

use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use stack::host::{Flow, Host};
use stack::{Cut, Settings};
use tunnel::wire::Message;

use crate::client::Client;
use crate::packets::EVERYBODY;
use crate::world::WEB;

/// What may pass on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Agent {
    pub host: Arc<Host>,
}

impl Agent {
    /// Carries the stack's packets for `web` over a client's connection.
    pub fn new(client: &Client) -> Self {
        let host = Host::new(Settings::new(7));
        let agent = Self { host };
        agent.over(client);
        let host = Arc::clone(&agent.host);
        tokio::spawn(async move { host.run().await });
        agent
    }

    /// From now on over this connection too.
    pub fn over(&self, client: &Client) {
        let (connection, host) = (client.connection.clone(), Arc::clone(&self.host));
        tokio::spawn(async move {
            loop {
                for packet in host.packets(0, 16 * 1024).await {
                    let datagram = Message::ToService("web", &packet).to_bytes().unwrap();
                    if connection.send_datagram_wait(Bytes::from(datagram)).await.is_err() {
                        return;
                    }
                }
            }
        });
        let (connection, host) = (client.connection.clone(), Arc::clone(&self.host));
        tokio::spawn(async move {
            while let Ok(datagram) = connection.read_datagram().await {
                if datagram[0] == 0x45 {
                    host.receive(0, [&datagram[..]], drop);
                }
            }
        });
    }

    pub async fn connect(&self) -> Result<Flow, Cut> {
        let flow = self.host.connect(0, EVERYBODY, SocketAddrV4::new(WEB, 8080), 1290).unwrap();
        within(flow.opened()).await.map(|()| flow)
    }
}

pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it takes too long")
}

/// Everything until the peer's end.
pub async fn read_to_end(flow: &Flow) -> Result<Vec<u8>, Cut> {
    let mut all = Vec::new();
    while let Some(bytes) = flow.read(|bytes| (bytes.len(), bytes.to_vec())).await? {
        all.extend(bytes);
    }
    Ok(all)
}
