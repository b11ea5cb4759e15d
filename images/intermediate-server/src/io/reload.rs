//! SIGHUP: certificates, keys and CAs are read anew; what cannot be used leaves the old in place.

use std::sync::{Arc, PoisonError};

use quinn::Connection;
use rustls::pki_types::UnixTime;
use tunnel::figures::DropReason;
use tunnel::keys::SharedKeys;

use super::accept::shown;
use super::access_log::AccessLog;
use super::alone;
use super::server::Server;
use super::tls::within_validity;
use super::trust::Trust;
use crate::config::Files;

/// Reads everything anew that SIGHUP is for.
pub fn run(server: &Arc<Server>, files: &Files) {
    match files.own() {
        Ok(own) => server.own.replace(own),
        Err(fault) => tracing::error!(%fault, "the server's certificate stays as it was"),
    }
    match files.trust() {
        Ok(trust) => server.retrust(trust),
        Err(fault) => tracing::error!(%fault, "the client CAs stay as they were"),
    }
    match files.keys() {
        Ok(keys) => server.rekey(keys),
        Err(fault) => tracing::error!(%fault, "the shared keys stay as they were"),
    }
    AccessLog::reopen(&server.access_log);
    tracing::info!("read certificates and keys anew");
}

/// Whether a client's certificate is still of a CA that is known; one without certificate is of none.
fn is_known(trust: &Trust, connection: &Connection) -> bool {
    let chain = shown(connection).unwrap_or_default();
    let Some((leaf, between)) = chain.split_first() else { return true };
    trust.verify(leaf, between, within_validity(leaf, UnixTime::now())).is_ok()
}

impl Server {
    /// These CAs are known from now on. Who is connected by one that is known no more has to go, as if the enforcement file did
    /// not accept it.
    fn retrust(&self, trust: Trust) {
        let trust = Arc::new(trust);
        self.trust.store(Arc::clone(&trust));
        let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
        let left: Vec<_> =
            peers.iter().filter(|(_, peer)| !is_known(&trust, &peer.connection)).map(|(id, _)| *id).collect();
        drop(peers);
        self.relay(|relay, now| left.iter().for_each(|id| relay.expel(*id, DropReason::CaNotAccepted, now)));
    }

    fn rekey(self: &Arc<Self>, keys: SharedKeys) {
        self.secrets.replace(&keys, &self.component);
        self.relay(|relay, _| relay.rekey(keys.inner_addresses()));
        let names = Arc::clone(&self.names);
        tokio::spawn(alone::wait(names, keys, self.component.clone(), Arc::clone(&self.secrets)));
    }
}
