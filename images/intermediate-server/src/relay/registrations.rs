//! Which agent wants what, which connector serves it, and why something is denied.

use tunnel::enforcement::IntermediateRules;
use tunnel::figures::DropReason;
use tunnel::limits::{REGISTERED, REGISTRATIONS};
use tunnel::wire::{Because, Message, Refusal};

use super::connectors::Offer;
use super::{Close, ConnectionId, Now, Relay};

/// Services that do not exist yet and are remembered for one connection, should they come to exist: 64 bytes each at most.
const UNKNOWN: usize = 256;

/// The longest id that a service can have.
const LONGEST_ID: usize = 63;

/// Whether what was refused can ever be accepted, and is within what one connection may have remembered.
fn is_remembered(rules: Option<&IntermediateRules>, service: &str, already: usize) -> bool {
    let exists = rules.is_none_or(|rules| rules.service(service).is_some());
    service.len() <= LONGEST_ID && (exists || already < UNKNOWN)
}

impl Relay {
    /// `0x10`: an agent registers for a service. What is refused now is accepted later, once policy and a connector allow.
    pub(super) fn register(&mut self, from: ConnectionId, service: &str, now: Now) {
        if !self.may_register(from, now) {
            return;
        }
        let judged = self.judge_registration(from, service);
        let Some(agent) = self.clients.get_mut(&from).and_then(|client| client.agent.as_mut()) else {
            // Connectors serve and do not ask.
            return self.refuse(from, service, DropReason::NotAuthorized);
        };
        if agent.registered.len() >= REGISTERED && !agent.registered.contains_key(service) {
            return self.close(from, Close::OverLimit, DropReason::RegistrationLimit, now);
        }
        if is_remembered(self.rules.as_deref(), service, agent.registered.len()) {
            agent.registered.insert(service.to_owned(), judged.is_ok());
        }
        match judged {
            Ok(()) => self.accept(from, service),
            Err(reason) => self.refuse(from, service, reason),
        }
    }

    /// `0x11` and `0x23`: a connector offers to serve a service.
    pub(super) fn offer(&mut self, from: ConnectionId, service: &str, announced: bool, now: Now) {
        if !self.may_register(from, now) {
            return;
        }
        let rules = self.rules.as_ref();
        let Some(connector) = self.connectors.get_mut(from) else {
            return self.refuse(from, service, DropReason::NotConnector);
        };
        if connector.offers.len() >= REGISTERED && !connector.offers.contains_key(service) {
            return self.close(from, Close::OverLimit, DropReason::RegistrationLimit, now);
        }
        let accepted = rules.is_some_and(|rules| rules.may_serve(&connector.name, service));
        let was_served = self.connectors.serves(service);
        let Some(connector) = self.connectors.get_mut(from) else { return };
        if is_remembered(rules.map(AsRef::as_ref), service, connector.offers.len()) {
            connector.offers.insert(service.to_owned(), Offer { announced, accepted });
        }
        if !accepted {
            return self.refuse(from, service, DropReason::NotConnector);
        }
        self.accept(from, service);
        // Who asked for a service hears of it when it is served first; looking at everybody for each repetition of an offer would
        // let one connector keep all others waiting.
        if !was_served {
            self.review_registrations();
        }
    }

    /// Whether one registration more is within the limits.
    fn may_register(&mut self, from: ConnectionId, now: Now) -> bool {
        let Some(client) = self.clients.get_mut(&from) else { return false };
        let is_within = client.registrations.take(REGISTRATIONS, 1, now.monotonic);
        if !is_within {
            self.dropped(DropReason::RegistrationLimit);
        }
        is_within
    }

    /// Whether an agent's registration is accepted as things are.
    fn judge_registration(&self, from: ConnectionId, service: &str) -> Result<(), DropReason> {
        let view = self.clients.get(&from).and_then(|client| client.view.as_ref());
        view.ok_or(DropReason::NoEnforcement)?.registration(service)?;
        if self.connectors.serves(service) { Ok(()) } else { Err(DropReason::NoConnector) }
    }

    fn accept(&mut self, to: ConnectionId, service: &str) {
        self.counts.registered += 1;
        self.say(to, &Message::Accepted(service));
    }

    fn refuse(&mut self, to: ConnectionId, service: &str, reason: DropReason) {
        self.counts.rejected += 1;
        self.dropped(reason);
        self.say(to, &Message::Refused(Refusal::NotAuthorized, service));
    }

    /// A registration whose id is no text.
    pub(super) fn refuse_malformed(&mut self, to: ConnectionId, now: Now) {
        if self.may_register(to, now) {
            self.counts.rejected += 1;
            self.say(to, &Message::Refused(Refusal::Malformed, ""));
        }
    }

    /// Accepts what was refused before and is possible now, by an unasked `0x12`. What is not possible any more is
    /// forgotten to be accepted, so that it is said again when it returns.
    pub(super) fn review_registrations(&mut self) {
        let registered = self.clients.iter().flat_map(|(id, client)| {
            let registered = client.agent.iter().flat_map(|agent| &agent.registered);
            registered.map(move |(service, accepted)| (*id, service, *accepted))
        });
        let changed =
            registered.filter(|(id, service, was)| self.judge_registration(*id, service).is_ok() != *was);
        let mut changes: Vec<_> = changed.map(|(id, service, was)| (id, service.clone(), was)).collect();
        changes.sort();
        for (id, service, was_accepted) in changes {
            if !was_accepted {
                self.accept(id, &service);
            }
            if let Some(agent) = self.clients.get_mut(&id).and_then(|client| client.agent.as_mut()) {
                agent.registered.insert(service, !was_accepted);
            }
        }
    }

    /// The same for connectors' offers, when there is another file.
    pub(super) fn review_offers(&mut self, now: Now) {
        let rules = self.rules.clone();
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        for (id, connector) in self.connectors.iter_mut() {
            for (service, offer) in &mut connector.offers {
                let accepted = rules.as_ref().is_some_and(|rules| rules.may_serve(&connector.name, service));
                match (offer.accepted, accepted) {
                    (false, true) => gained.push((*id, service.clone())),
                    (true, false) => lost.push((*id, service.clone())),
                    _ => {}
                }
                offer.accepted = accepted;
            }
        }
        gained.sort();
        lost.sort();
        gained.iter().for_each(|(id, service)| self.accept(*id, service));
        lost.iter().for_each(|(id, service)| self.leave_service(*id, service, now));
    }

    /// `0x20`: why is a service denied?
    pub(super) fn why(&mut self, from: ConnectionId, service: &str, now: Now) {
        if !self.may_register(from, now) {
            return;
        }
        let Some(client) = self.clients.get(&from) else { return };
        let none =
            |reason: DropReason| Because { reason: reason.name().to_owned(), opens_at: None, owner: None };
        let mut because = match &client.view {
            Some(view) => view.why(service, now.instant),
            None => none(DropReason::NoEnforcement),
        };
        if because.reason == "allowed" && !self.connectors.serves(service) {
            because.reason = DropReason::NoConnector.name().to_owned();
        }
        self.say(from, &Message::Because(service, &because.to_json()));
    }

    /// How many registrations of an agent are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self, id: ConnectionId) -> usize {
        let agent = self.clients.get(&id).and_then(|client| client.agent.as_ref());
        agent.map_or(0, |agent| agent.registered.len())
    }
}
