//! Who is connected, and whether it may stay.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tunnel::enforcement::{Client as Facts, Credentials, IntermediateRules, View};
use tunnel::figures::DropReason;
use tunnel::limits::{
    ANSWERS, Bucket, CLIENTS, CLIENTS_PER_ADDRESS, DATAGRAMS, FLOWS_BEGUN, REGISTRATIONS, sharing,
};
use tunnel::time::{Instant, Monotonic};
use tunnel::wire::Message;

use super::addresses::Owner;
use super::connectors::Connector;
use super::{Action, Arrival, Close, ConnectionId, Now, Relay, Who};

/// One connection.
#[derive(Debug)]
pub struct Client {
    pub(super) who: Arc<Who>,
    pub(super) credentials: Option<Credentials>,
    pub(super) facts: Facts,
    pub(super) outer: SocketAddr,
    /// Whose limits count for it: the address that Retry has proven its own, wherever its packets say to come from later.
    pub(super) limited_as: IpAddr,
    /// What it may do by the file in force; none without file.
    pub(super) view: Option<View>,
    /// What of an agent is known; none: it is a connector.
    pub(super) agent: Option<Agent>,
    pub(super) to_client: usize,
    pub(super) datagrams: Bucket,
    pub(super) registrations: Bucket,
    pub(super) answers: Bucket,
    pub(super) begun: Bucket,
    pub(super) heard: Monotonic,
}

/// What only agents have.
#[derive(Debug)]
pub struct Agent {
    /// Whose its inner address is.
    pub(super) owner: Owner,
    /// Its unique inner address for what it begins, once it sent something that passes.
    pub(super) inner: Option<Ipv4Addr>,
    /// The services that it registered for, and whether the registration is accepted.
    pub(super) registered: BTreeMap<String, bool>,
    /// The largest DATAGRAM that came from it, in bytes.
    pub(super) largest: usize,
}

/// A second in which an agent's connection sends nothing: then another of the same certificate may have its inner address, where it goes
/// on with what was said there. An agent that comes back on a new connection has given up the old one.
pub(super) const AGENT_SILENT: std::time::Duration = std::time::Duration::from_secs(1);

impl Client {
    fn new(arrival: Arrival, rules: Option<&Arc<IntermediateRules>>, now: Now) -> Self {
        let Arrival { credentials, outer, to_client, .. } = arrival;
        let identity = credentials.as_ref().map(|credentials| &credentials.identity);
        let facts = identity.map_or_else(
            || Facts::without_certificate(outer.ip()),
            |identity| Facts::new(identity, outer.ip()),
        );
        let owner = identity.map_or_else(|| owner_of(outer), |identity| *identity.fingerprint.as_bytes());
        let is_connector = identity.is_some_and(|identity| identity.connector.is_some());
        let agent = Agent { owner, inner: None, registered: BTreeMap::new(), largest: 0 };
        let who = Who {
            principal: identity.map(|identity| identity.principal.to_string()),
            fingerprint: identity.map(|identity| identity.fingerprint),
            device: facts.device.clone(),
        };
        Self {
            who: Arc::new(who),
            view: rules.map(|rules| rules.view(&facts)),
            credentials,
            facts,
            outer,
            limited_as: sharing(outer.ip()),
            agent: (!is_connector).then_some(agent),
            to_client,
            datagrams: Bucket::full(DATAGRAMS, now.monotonic),
            registrations: Bucket::full(REGISTRATIONS, now.monotonic),
            answers: Bucket::full(ANSWERS, now.monotonic),
            begun: Bucket::full(FLOWS_BEGUN, now.monotonic),
            heard: now.monotonic,
        }
    }

    /// Whether another connection of the same owner has said nothing since this one speaks.
    pub(super) fn outlasts(&self, other: &Client) -> bool {
        self.heard.since(other.heard) >= AGENT_SILENT
    }

    /// The bare id of the connector that it is.
    pub(super) fn connector_id(&self) -> Option<&str> {
        self.credentials.as_ref()?.identity.connector.as_deref()
    }

    /// When its certificate is over: the first instant after its last.
    pub(super) fn ends(&self) -> Instant {
        let end = self.credentials.as_ref().map(|credentials| credentials.identity.not_after);
        end.unwrap_or(Instant::MAX)
    }

    /// Whether it may be connected now.
    pub(super) fn is_admitted(
        &self,
        rules: Option<&Arc<IntermediateRules>>,
        now: Instant,
    ) -> Result<(), DropReason> {
        match (&self.credentials, rules) {
            (Some(credentials), Some(rules)) => rules.admits(credentials, now),
            (Some(credentials), None) if credentials.identity.is_valid_at(now) => Ok(()),
            (Some(_), None) => Err(DropReason::CertificateExpired),
            (None, Some(rules)) if rules.admits_without_certificate() => Ok(()),
            (None, _) => Err(DropReason::CertificateMissing),
        }
    }
}

/// Without certificate, the outer address tells clients apart: address and port, filled with zeros.
fn owner_of(outer: SocketAddr) -> Owner {
    *tunnel::digest::Digest::of(outer.to_string().as_bytes()).as_bytes()
}

/// How a connection is closed for a reason.
pub(super) fn close_of(reason: DropReason) -> Close {
    match reason {
        DropReason::CertificateExpired | DropReason::Revoked | DropReason::CaNotAccepted => {
            Close::ExpiredOrRevoked
        }
        DropReason::ClientLimit | DropReason::RegistrationLimit => Close::OverLimit,
        DropReason::Draining => Close::GoingAway,
        _ => Close::NoUsableCertificate,
    }
}

impl Relay {
    /// A client has connected. Where it may not be, an action closes it.
    /// Returns whether it is in.
    pub fn connect(&mut self, arrival: Arrival, now: Now) -> bool {
        let id = arrival.id;
        let client = Client::new(arrival, self.rules.as_ref(), now);
        let refused = client.is_admitted(self.rules.as_ref(), now.instant).err();
        let refused = refused.or_else(|| self.make_room(client.outer, now).err());
        if let Some(reason) = refused {
            self.dropped(reason);
            let code = close_of(reason);
            self.actions.push(Action::Close { connection: id, code, reason });
            return false;
        }
        *self.of_address.entry(client.limited_as).or_default() += 1;
        if let Some(name) = client.connector_id() {
            self.connectors.insert(id, Connector::new(name.into(), now.monotonic));
        }
        self.say_observed(id, client.outer);
        self.clients.insert(id, client);
        true
    }

    /// The outer address of every connection, as it was last said.
    pub fn outers(&self) -> Vec<(ConnectionId, SocketAddr)> {
        self.clients.iter().map(|(id, client)| (*id, client.outer)).collect()
    }

    /// The connections of connectors.
    pub fn connectors(&self) -> Vec<ConnectionId> {
        self.connectors.ids()
    }

    /// Sees that one connection more of an address is within the limits. Where its own are too many, the agent that has been
    /// silent longest, a second at least, gives way: who left connections behind is not shut out by them.
    fn make_room(&mut self, outer: SocketAddr, now: Now) -> Result<(), DropReason> {
        let address = sharing(outer.ip());
        if self.clients.len() >= CLIENTS {
            return Err(DropReason::ClientLimit);
        }
        if self.of_address.get(&address).copied().unwrap_or(0) < CLIENTS_PER_ADDRESS {
            return Ok(());
        }
        let is_silent = |client: &Client| {
            let silence = now.monotonic.since(client.heard);
            client.agent.is_some() && client.limited_as == address && silence >= AGENT_SILENT
        };
        let silent = self.clients.iter().filter(|(_, client)| is_silent(client));
        let longest = silent.min_by_key(|(id, client)| (client.heard, **id)).map(|(id, _)| *id);
        let longest = longest.ok_or(DropReason::ClientLimit)?;
        self.close(longest, Close::OverLimit, DropReason::ClientLimit, now);
        Ok(())
    }

    /// `0x01`, which has room for IPv4 only.
    fn say_observed(&mut self, id: ConnectionId, outer: SocketAddr) {
        if let IpAddr::V4(ip) = outer.ip().to_canonical() {
            let observed = Message::Observed(std::net::SocketAddrV4::new(ip, outer.port()));
            self.say(id, &observed);
        }
    }

    /// Sends a message of our own.
    pub(super) fn say(&mut self, to: ConnectionId, message: &Message<'_>) {
        if let Some(datagram) = message.to_bytes() {
            self.send(to, to, datagram);
        }
    }

    /// The client's outer address is another now, or its largest DATAGRAM.
    pub fn moved(&mut self, id: ConnectionId, outer: SocketAddr, to_client: usize, now: Now) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        client.to_client = to_client;
        if client.outer == outer {
            return;
        }
        let rules = self.rules.as_ref();
        if rules.is_some_and(|rules| rules.depends_on_source(&client.facts.audience)) {
            self.close(id, Close::ComeBack, DropReason::SourceAddress, now);
            return;
        }
        client.outer = outer;
        // What it may do is the same, since nothing of it depends on the source: a client that changes its port with every packet
        // costs no more than that.
        client.facts.source = Some(outer.ip().to_canonical());
        self.say_observed(id, outer);
    }

    fn count_off(&mut self, address: IpAddr) {
        let left = self.of_address.get(&address).map_or(0, |count| count.saturating_sub(1));
        match left {
            0 => self.of_address.remove(&address),
            left => self.of_address.insert(address, left),
        };
    }

    /// Closes a connection of ours.
    pub(super) fn close(&mut self, connection: ConnectionId, code: Close, reason: DropReason, now: Now) {
        self.dropped(reason);
        self.actions.push(Action::Close { connection, code, reason });
        self.disconnect(connection, now);
    }

    /// A connection is gone.
    pub fn disconnect(&mut self, id: ConnectionId, now: Now) {
        let Some(client) = self.clients.remove(&id) else { return };
        self.count_off(client.limited_as);
        match client.agent {
            Some(Agent { owner, .. }) => self.addresses.release(&owner, id, now.monotonic),
            None => self.connector_gone(id, now),
        }
    }
}
