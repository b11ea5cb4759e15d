//! What the connector does with an enforcement file.

use std::sync::Arc;

use client::Server;
use component::status::Status;
use component::watch::Enforces;
use tunnel::enforcement::{Enforcement, IntermediateAddress};
use tunnel::figures::ConnectorMetrics;

use super::connector::{Connector, Rules, is_same};

impl Enforces for Connector {
    type Metrics = ConnectorMetrics;

    fn component(&self) -> &str {
        &self.component
    }

    fn status(&self) -> &Status<ConnectorMetrics> {
        &self.status
    }

    fn enforce(&self, file: &Enforcement) -> Result<(), String> {
        let rules = file.connector().cloned().ok_or("for an intermediate: expected a connector's")?;
        self.client.servers(rules.intermediates.iter().map(server).collect());
        let now = self.now().monotonic;
        {
            let mut servers = self.servers();
            servers.keep(&rules.intermediates);
            servers.all().for_each(|served| served.registrations.serve(&rules, now));
        }
        self.put(Some(rules));
        self.register();
        Ok(())
    }

    fn without_file(&self) {
        self.put(None);
    }
}

impl Connector {
    /// These rules count from now on: flows of what they do not serve end.
    pub(super) fn put(&self, rules: Rules) {
        self.udp().keep(|_, flow| is_same(&rules, &flow.service));
        self.rules.send_replace(rules);
    }

    /// Nothing is served outside the lease.
    pub(super) fn end_lease(&self) {
        let now = self.now().instant;
        let is_over = self.rules.borrow().as_ref().is_some_and(|rules| now >= rules.lease.end);
        if is_over {
            tracing::error!("the lease of the enforcement file is over: nothing is served");
            self.put(None);
        }
    }
}

/// Where an intermediate is, and the name that its certificate must have.
fn server(intermediate: &IntermediateAddress) -> Server {
    let IntermediateAddress { id, address, port } = intermediate;
    let host = if address.contains(':') { format!("[{address}]") } else { address.clone() };
    Server { id: Arc::from(id.as_str()), address: format!("{host}:{port}"), name: address.clone() }
}
