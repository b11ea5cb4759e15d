//! What happens to everybody at once: another file, time, the end.

use std::sync::Arc;
use std::time::Duration;

use tunnel::enforcement::IntermediateRules;
use tunnel::figures::DropReason;

use super::client::close_of;
use super::{Action, Close, ConnectionId, End, Now, Relay};

/// How often idle flows, inner addresses and certificates are looked through.
const SWEEP: Duration = Duration::from_millis(500);

impl Relay {
    /// This file is enforced from now on.
    pub fn enforce(&mut self, rules: Option<Arc<IntermediateRules>>, now: Now) {
        self.rules = rules;
        let rules = self.rules.as_ref();
        let mut refused = Vec::new();
        for (id, client) in &mut self.clients {
            match client.is_admitted(rules, now.instant) {
                Ok(()) => client.view = rules.map(|rules| rules.view(&client.facts)),
                Err(reason) => refused.push((*id, reason)),
            }
        }
        refused.sort_by_key(|(id, _)| *id);
        refused.into_iter().for_each(|(id, reason)| self.expel(id, reason, now));
        self.review_offers(now);
        self.review_registrations();
        self.review_flows(now, true);
    }

    /// A client may not be connected any more. What it still has open ends with the reason, not as if it had hung up.
    pub fn expel(&mut self, id: ConnectionId, reason: DropReason, now: Now) {
        if self.clients.contains_key(&id) {
            self.cut_flows_of(id, reason, now);
            self.close(id, close_of(reason), reason, now);
        }
    }

    /// Time has passed: certificates, leases, windows, idle flows and addresses end. To be called every 100 ms or so.
    pub fn tick(&mut self, now: Now) {
        self.review_flows(now, false);
        if now.monotonic.since(self.swept) < SWEEP {
            return;
        }
        self.swept = now.monotonic;
        let over: Vec<_> =
            self.clients.iter().filter(|(_, one)| one.ends() < now.instant).map(|(id, _)| *id).collect();
        over.into_iter().for_each(|id| self.expel(id, DropReason::CertificateExpired, now));
        self.end_idle_flows(now);
        for inner in self.addresses.expire(now.monotonic) {
            let keys = self.flows.keys_of(inner);
            keys.iter().for_each(|key| self.abandon(key, now));
        }
    }

    /// The server is going away: every flow ends in the log, every connection is closed.
    pub fn drain(&mut self, now: Now) {
        let keys = self.flows.keys_where(|_, _| true);
        keys.iter().for_each(|key| self.end(key, End::GoingAway, now));
        let mut all: Vec<_> = self.clients.keys().copied().collect();
        all.sort();
        for connection in all {
            let reason = DropReason::Draining;
            self.actions.push(Action::Close { connection, code: Close::GoingAway, reason });
        }
        self.clients.clear();
    }
}
