//! The client CAs: whose certificates can be accepted, and which of them the enforcement file accepts.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::RootCertStore;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tunnel::config::{Invalid, certificates};
use tunnel::enforcement::Credentials;
use tunnel::identity::{ClientCas, Identity};

/// The client CAs that the deployment knows.
pub struct Trust {
    verifier: Arc<dyn ClientCertVerifier>,
    cas: ClientCas,
}

impl Trust {
    /// From the PEM text of `ZTNA_CLIENT_CAS`.
    pub fn read(pem: &[u8]) -> Result<Self, Invalid> {
        let ders = certificates(pem)?;
        let own: Vec<Vec<u8>> = ders.iter().map(|der| der.to_vec()).collect();
        let cas = ClientCas::read(&own).map_err(|fault| Invalid(fault.to_string()))?;
        let mut roots = RootCertStore::empty();
        for der in ders {
            roots.add(der).map_err(|fault| Invalid(format!("a certificate of no CA in it: {fault}")))?;
        }
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        let verifier = builder.build().map_err(|fault| Invalid(format!("no CA certificate: {fault}")))?;
        Ok(Self { verifier, cas })
    }

    /// Verifies a chain up to one of the CAs, as of an instant. A CA as leaf is refused.
    pub fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        at: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.verifier.verify_client_cert(leaf, between, at)
    }

    /// What a chain that passed TLS says of its client.
    pub fn credentials(&self, chain: &[CertificateDer<'_>]) -> Result<Credentials, String> {
        let leaf = chain.first().ok_or("no certificate")?;
        let identity = Identity::read(leaf).map_err(|unusable| unusable.to_string())?;
        let ders: Vec<&[u8]> = chain.iter().map(AsRef::as_ref).collect();
        Ok(Credentials { identity, issuers: self.cas.issuers_of(&ders) })
    }
}

/// The CAs as they are now.
pub type CurrentTrust = ArcSwap<Trust>;

/// Whether the enforcement file accepts one of the CAs above a client.
pub type AcceptsCa = dyn Fn(&Credentials) -> bool + Send + Sync;
