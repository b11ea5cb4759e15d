//! A connector whose backends are here: TCP port 8080 echoes, 8081 refuses; UDP port 53 echoes, and so does
//! ICMP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use client::{Client, Credentials, Event, Link, Server, Settings, Source};
use stack::host::{Flow, Host};
use tokio::sync::watch;
use tunnel::limits::CONNECTOR_PING;
use tunnel::packet::{Packet, Transport, echo_reply, udp};
use tunnel::wire::Message;

use crate::certificates::{Ca, Leaf};

const LINK: u64 = 0;
const MTU: usize = 1312;

/// The one port that is open.
const OPEN: u16 = 8080;

pub struct Connector {
    /// Dropped, the connector is gone.
    _client: Client,
    up: watch::Receiver<usize>,
}

impl Connector {
    pub async fn start(server: SocketAddr, ca: &Ca, leaf: &Leaf) -> Self {
        let text = |variable, pem: &str| Some(Source::Text { variable, pem: pem.to_owned() });
        let credentials = Credentials::new(text("tls", &leaf.pem), text("cas", &ca.pem));
        let settings = Settings { credentials: Arc::new(credentials), ping: CONNECTOR_PING, hello: false };
        let (client, mut events) = client::start(settings);
        let server = Server { id: "one".into(), address: server.to_string(), name: "localhost".into() };
        client.servers(vec![server]);
        let host = Host::new(stack::Settings::new(7));
        let (timers, flows) = (Arc::clone(&host), Arc::clone(&host));
        tokio::spawn(async move { timers.run().await });
        tokio::spawn(serve(flows));
        let (accepted, up) = watch::channel(0);
        let (send_link, link) = watch::channel(None::<Link>);
        tokio::spawn(carry(Arc::clone(&host), link));
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                match event {
                    Event::Up(link) => {
                        for id in ["dns", "other", "web"] {
                            let _ = link.send(Message::Serve(id).to_bytes().unwrap().into());
                        }
                        send_link.send_replace(Some(link));
                    }
                    Event::Datagrams { link, datagrams } => {
                        for datagram in datagrams {
                            match Message::decode(&datagram) {
                                Ok(Message::Accepted(_)) => accepted.send_modify(|count| *count += 1),
                                Ok(Message::Packet(packet)) => packet_of(&host, &link, packet),
                                _ => {}
                            }
                        }
                    }
                    Event::Down { .. } => drop(send_link.send_replace(None)),
                }
            }
        });
        let mut this = Self { _client: client, up };
        this.serves(3).await;
        this
    }

    /// Waits until so many registrations were accepted in all.
    pub async fn serves(&mut self, count: usize) {
        let all = self.up.wait_for(|accepted| *accepted >= count);
        tokio::time::timeout(Duration::from_secs(20), all).await.expect("registrations").unwrap();
    }
}

fn packet_of(host: &Arc<Host>, link: &Link, bytes: &[u8]) {
    let packet = Packet::parse(bytes).unwrap();
    match packet.transport {
        Transport::Udp { .. } => {
            let answer = udp(packet.tuple().reversed(), &bytes[28..]).unwrap();
            let _ = link.send(Bytes::from(answer));
        }
        Transport::Echo { .. } => {
            let _ = link.send(Bytes::from(echo_reply(bytes).unwrap()));
        }
        _ => host.receive(LINK, [bytes], |_| {}),
    }
}

async fn carry(host: Arc<Host>, link: watch::Receiver<Option<Link>>) {
    loop {
        for packet in host.packets(LINK, 64 * 1024).await {
            let link = link.borrow().clone();
            if let Some(link) = link {
                let _ = link.send_wait(Bytes::from(packet)).await;
            }
        }
    }
}

async fn serve(host: Arc<Host>) {
    loop {
        let incoming = host.incoming().await;
        if incoming.tuple.destination_port == OPEN {
            tokio::spawn(echo(incoming.accept(MTU).unwrap()));
        }
    }
}

async fn echo(flow: Flow) {
    while let Ok(Some(bytes)) = flow.read(|bytes| (bytes.len(), bytes.to_vec())).await {
        if flow.write_all(&bytes).await.is_err() {
            return;
        }
    }
    flow.finish();
    let _ = tokio::time::timeout(Duration::from_secs(5), flow.cut()).await;
}
