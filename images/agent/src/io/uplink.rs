//! All connections to intermediates as one: packets go over the first that is there; what comes in goes to whom it is for.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use client::{Client, Ended, Event, Link, PING, Server, Settings, Unsent};
use stack::host::Host;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tunnel::identity::Device;
use tunnel::wire::{Because, Message};

use super::mux::Mux;
use super::registrations::Registrations;
use crate::config::Config;
use crate::dice::dice;
use crate::file::{AgentFile, Intermediate, Service};

/// How often `0x20` is asked, and how long each time may take.
const ASKED: (u32, Duration) = (3, Duration::from_secs(1));

/// Packets for the TUN device that wait for it.
const WAITING: usize = 1024;

/// How things stand with all servers together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Settled {
    /// No answer of any kind yet.
    Unknown,
    /// This connection is used.
    Up(Link),
    /// None is there; the last reason of a server whose reason says most.
    Down(Ended),
}

/// The connections of this agent.
#[derive(Debug)]
pub struct Uplink {
    client: Client,
    /// Our inner address.
    pub inner: Ipv4Addr,
    /// What our certificate states of the device.
    pub device: Device,
    /// The configuration.
    pub file: AgentFile,
    /// The UDP flows and probes of this process.
    pub mux: Mux,
    pub(super) host: Arc<Host>,
    pub(super) registered: Vec<String>,
    registrations: Arc<Registrations>,
    state: watch::Sender<Settled>,
    links: Mutex<Vec<Link>>,
    ends: Mutex<HashMap<Arc<str>, Ended>>,
    asked: Mutex<Vec<(String, oneshot::Sender<Because>)>>,
    to_device: Option<mpsc::Sender<Bytes>>,
}

impl Uplink {
    /// Connects to all intermediates of the file, and registers for these services. Packets that are for no flow of ours go to the
    /// receiver where `device` is set, and nowhere else.
    pub fn start(
        config: &Config,
        inner: Ipv4Addr,
        services: Vec<String>,
        device: bool,
    ) -> (Arc<Self>, mpsc::Receiver<Bytes>) {
        let settings = Settings { credentials: Arc::clone(&config.credentials), ping: PING, hello: true };
        let (client, events) = client::start(settings);
        client.servers(servers(&config.file));
        let (to_device, from_uplink) = mpsc::channel(WAITING);
        let uplink = Arc::new(Self {
            client,
            inner,
            device: config.device(),
            mux: Mux::default(),
            file: config.file.clone(),
            host: Host::new(stack::Settings::new(dice())),
            registered: services,
            registrations: Arc::default(),
            state: watch::Sender::new(Settled::Unknown),
            links: Mutex::default(),
            ends: Mutex::default(),
            asked: Mutex::default(),
            to_device: device.then_some(to_device),
        });
        tokio::spawn(Arc::clone(&uplink).follow(events));
        if !device {
            uplink.begin_flows();
        }
        (uplink, from_uplink)
    }

    /// How things stand, and every change of it.
    pub fn state(&self) -> watch::Receiver<Settled> {
        self.state.subscribe()
    }

    /// The connection that is used, if one is there.
    pub fn link(&self) -> Option<Link> {
        match &*self.state.borrow() {
            Settled::Up(link) => Some(link.clone()),
            _ => None,
        }
    }

    /// Why the server of the connection that is used ended the one before, where it has not said anything on this one: a
    /// certificate that it refuses is noticed only after a connection seems to be there.
    pub fn doubt(&self) -> Option<Ended> {
        let link = self.link()?;
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).get(link.server()).cloned()
    }

    /// Waits until it is clear how things stand, at most so long: one connection is there, or every server has failed.
    pub async fn settled(&self, patience: Duration) -> Settled {
        let mut state = self.state();
        let known = timeout(patience, state.wait_for(|state| *state != Settled::Unknown)).await;
        known.ok().and_then(Result::ok).map_or(Settled::Unknown, |state| state.clone())
    }

    /// Waits until every server is gone and our certificate is why: what ran over them is over, and nothing need say so any more.
    pub async fn turned_away(&self) {
        let mut state = self.state();
        let is_away = |state: &Settled| matches!(state, Settled::Down(why) if why.is_about_our_certificate());
        if state.wait_for(is_away).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Sends a packet for a service as soon as the connection takes it; without one it is lost, as on any network.
    pub async fn send(&self, service: &Service, packet: &[u8]) -> Result<(), Unsent> {
        let link = self.link().ok_or(Unsent::Gone)?;
        let message = Message::ToService(&service.id, packet).to_bytes().ok_or(Unsent::Gone)?;
        link.send_wait(Bytes::from(message)).await
    }

    /// Sends a packet for a service if the connection takes it now.
    pub fn try_send(&self, service: &Service, packet: &[u8]) -> Result<(), Unsent> {
        let link = self.link().ok_or(Unsent::Gone)?;
        let message = Message::ToService(&service.id, packet).to_bytes().ok_or(Unsent::Gone)?;
        link.send(Bytes::from(message))
    }

    /// Asks the server why a service is denied; none where it does not answer.
    pub async fn why(&self, service: &str) -> Option<Because> {
        let question = Message::Why(service).to_bytes()?;
        for _ in 0..ASKED.0 {
            let (sender, answer) = oneshot::channel();
            self.asked().push((service.to_owned(), sender));
            if let Some(link) = self.link() {
                let _ = link.send_wait(Bytes::from(question.clone())).await;
            }
            if let Ok(Ok(because)) = timeout(ASKED.1, answer).await {
                return Some(because);
            }
        }
        None
    }

    /// Whoever waits before it comes back tries at once.
    pub fn hurry(&self) {
        self.client.hurry();
    }

    /// Says goodbye to all servers.
    pub async fn close(&self) {
        self.client.close().await;
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<(String, oneshot::Sender<Because>)>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(self: Arc<Self>, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            match event {
                Event::Up(link) => self.up(link),
                Event::Datagrams { link, datagrams } => {
                    // What its TLS refuses never says anything: now it is known that this one was taken.
                    self.ends.lock().unwrap_or_else(PoisonError::into_inner).remove(link.server());
                    let packets = datagrams.into_iter().filter_map(|one| self.datagram(&link, one));
                    self.packets(packets.collect());
                }
                Event::Down { server, why, .. } => self.down(server, why),
            }
        }
    }

    fn up(&self, link: Link) {
        tracing::info!(server = %link.server(), "connected");
        self.links.lock().unwrap_or_else(PoisonError::into_inner).push(link.clone());
        let (registrations, services) = (Arc::clone(&self.registrations), self.registered.clone());
        tokio::spawn(async move { registrations.register(&link, &services).await });
        self.choose();
    }

    fn down(&self, server: Arc<str>, why: Ended) {
        tracing::warn!(%server, %why, "not connected");
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().filter(|link| **link.server() == *server).for_each(|link| {
            self.registrations.forget(link.id());
        });
        links.retain(|link| **link.server() != *server);
        drop(links);
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).insert(server, why);
        self.choose();
    }

    /// The oldest connection is used, so that flows stay where they are while it is there.
    fn choose(&self) {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let state = match links.first() {
            Some(link) => Settled::Up(link.clone()),
            None if ends.len() < self.file.intermediates.len() => Settled::Unknown,
            None => {
                ends.values().max_by_key(|why| telling(why)).cloned().map_or(Settled::Unknown, Settled::Down)
            }
        };
        self.state.send_if_modified(|before| {
            let is_new = *before != state;
            *before = state;
            is_new
        });
    }

    /// Hears a message; returns a packet.
    fn datagram(&self, link: &Link, datagram: Bytes) -> Option<Bytes> {
        match Message::decode(&datagram) {
            Ok(Message::Packet(_)) => return Some(datagram),
            Ok(Message::Accepted(id)) => self.registrations.answered(link.id(), id),
            Ok(Message::Refused(_, id)) => {
                tracing::debug!(service = id, "not authorized now");
                self.registrations.answered(link.id(), id);
            }
            Ok(Message::Because(id, json)) => self.because(id, json),
            _ => {}
        }
        None
    }

    /// Packets for the device; else for the flows, those of one service together.
    fn packets(&self, packets: Vec<Bytes>) {
        if let Some(device) = &self.to_device {
            // A device that does not keep up loses packets, as any does.
            return packets.into_iter().for_each(|packet| drop(device.try_send(packet)));
        }
        let left: Vec<_> = packets
            .into_iter()
            .filter(|packet| !self.mux.dispatch(packet))
            .filter_map(|packet| Some((self.place_of(&packet)?, packet)))
            .collect();
        for same in left.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((place, _)) = same.first() else { continue };
            self.host.receive(*place, same.iter().map(|(_, packet)| &packet[..]), |reason| {
                tracing::debug!(%reason, "a packet is not for a flow");
            });
        }
    }

    fn because(&self, id: &str, json: &[u8]) {
        let Some(because) = Because::from_json(json) else { return };
        let mut asked = self.asked();
        let (answered, left) = std::mem::take(&mut *asked).into_iter().partition(|(one, _)| one == id);
        *asked = left;
        let answered: Vec<(String, oneshot::Sender<Because>)> = answered;
        answered.into_iter().for_each(|(_, sender)| drop(sender.send(because.clone())));
    }
}

/// How much an end says: what a server answered says more than that none did.
fn telling(why: &Ended) -> u8 {
    match why {
        Ended::Closed { .. } => 3,
        Ended::Refused(_) | Ended::Unverified(_) | Ended::Credentials(_) => 2,
        Ended::Unreachable(_) | Ended::Lost(_) | Ended::Left => 1,
    }
}

fn servers(file: &AgentFile) -> Vec<Server> {
    let server = |one: &Intermediate| Server {
        id: one.id.as_str().into(),
        address: address(&one.address, one.port),
        name: one.server_name.clone(),
    };
    file.intermediates.iter().map(server).collect()
}

/// `host:port`; an IPv6 address gets its brackets.
fn address(host: &str, port: u16) -> String {
    match host.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]:{port}"),
        Err(_) => format!("{host}:{port}"),
    }
}
