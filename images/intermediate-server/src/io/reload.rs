//! SIGHUP: certificates, keys and CAs are read anew; what cannot be used leaves the old in place.

use std::sync::Arc;

use tunnel::keys::SharedKeys;

use super::access_log::AccessLog;
use super::alone;
use super::server::Server;
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

impl Server {
    fn retrust(&self, trust: Trust) {
        self.trust.store(Arc::new(trust));
    }

    fn rekey(self: &Arc<Self>, keys: SharedKeys) {
        self.secrets.replace(&keys, &self.component);
        self.relay(|relay, _| relay.rekey(keys.inner_addresses()));
        let names = Arc::clone(&self.names);
        tokio::spawn(alone::wait(names, keys, self.component.clone(), Arc::clone(&self.secrets)));
    }
}
