//! What the server does with an enforcement file.

use std::sync::Arc;

use component::status::Status;
use component::watch::Enforces;
use tunnel::enforcement::Enforcement;
use tunnel::figures::IntermediateMetrics;

use super::server::Server;

impl Enforces for Server {
    type Metrics = IntermediateMetrics;

    fn component(&self) -> &str {
        &self.component
    }

    fn status(&self) -> &Status<IntermediateMetrics> {
        &self.status
    }

    fn enforce(&self, file: &Enforcement) -> Result<(), String> {
        let rules = file.intermediate().cloned().ok_or("for a connector: expected an intermediate's")?;
        self.rules.store(Some(Arc::clone(&rules)));
        self.relay(|relay, now| relay.enforce(Some(rules), now));
        Ok(())
    }

    fn without_file(&self) {
        self.rules.store(None);
        self.relay(|relay, now| relay.enforce(None, now));
    }
}
