//! Our own certificate and key, which SIGHUP replaces.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tunnel::config::{Invalid, chain_and_key};
use tunnel::time::Instant;

/// Our own certificate and key, as they are now.
pub struct OwnCertificate(ArcSwap<CertifiedKey>);

impl OwnCertificate {
    /// Begins with this one.
    pub fn new(certified: CertifiedKey) -> Self {
        Self(ArcSwap::from_pointee(certified))
    }

    /// From now on this one is shown; running connections stay.
    pub fn replace(&self, certified: CertifiedKey) {
        self.0.store(Arc::new(certified));
    }

    /// The same by another's.
    pub fn replace_by(&self, other: &OwnCertificate) {
        self.0.store(other.0.load_full());
    }

    /// The leaf's DER.
    pub fn leaf(&self) -> Option<CertificateDer<'static>> {
        self.0.load().cert.first().cloned()
    }
}

impl std::fmt::Debug for OwnCertificate {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("OwnCertificate")
    }
}

impl ResolvesServerCert for OwnCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Chain and key out of one PEM file's bytes.
pub fn certified_key(pem: &[u8]) -> Result<CertifiedKey, Invalid> {
    let pem = chain_and_key(pem)?;
    let certified = CertifiedKey::from_der(pem.chain, pem.key, &default_provider());
    certified.map_err(|fault| Invalid(format!("certificate and key do not belong together: {fault}")))
}

/// The first and the last instant at which a certificate is valid.
pub fn validity_of(der: &[u8]) -> Option<(Instant, Instant)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let validity = certificate.validity();
    let instant = |time: x509_parser::time::ASN1Time| Instant::from_seconds(time.timestamp());
    Some((instant(validity.not_before), instant(validity.not_after)))
}
