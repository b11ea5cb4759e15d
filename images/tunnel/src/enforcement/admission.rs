//! Whether a client is let in at all, and stays.

use std::collections::BTreeSet;

use super::IntermediateRules;
use crate::digest::Digest;
use crate::figures::DropReason;
use crate::identity::Identity;
use crate::time::Instant;

/// With what a client came.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// What its certificate says.
    pub identity: Identity,
    /// The known CAs above it ([`crate::identity::ClientCas::issuers_of`]).
    pub issuers: BTreeSet<Digest>,
}

impl IntermediateRules {
    /// Whether a client with a certificate may be connected at an instant; asked at the handshake, with each new file, and when
    /// its certificate ends. Denied with `CertificateExpired` or `Revoked` it is closed with code 2, else with 1.
    /// A lease that is over ends no connection, it ends what may pass.
    pub fn admits(&self, client: &Credentials, at: Instant) -> Result<(), DropReason> {
        let identity = &client.identity;
        let is_revoked = self.index.revoked.contains(&identity.fingerprint)
            || self.index.revoked_principals.contains(identity.principal.as_str());
        let is_accepted = |accepted: &BTreeSet<Digest>| !accepted.is_disjoint(&client.issuers);
        if is_revoked {
            Err(DropReason::Revoked)
        } else if !identity.is_valid_at(at) {
            Err(DropReason::CertificateExpired)
        } else if !self.index.client_cas.as_ref().is_none_or(is_accepted) {
            Err(DropReason::CaNotAccepted)
        } else {
            Ok(())
        }
    }
}
