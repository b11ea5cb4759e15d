//! PEM files: certificates, and a chain with its key.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::Invalid;

/// A certificate chain, leaf first, and its key.
pub struct Pem {
    /// Leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's key.
    pub key: PrivateKeyDer<'static>,
}

/// All certificates of a PEM text; at least one.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Invalid> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = read.map_err(|fault| Invalid(format!("not PEM: {fault}")))?;
    if all.is_empty() {
        return Err(Invalid("no certificate in it: expected -----BEGIN CERTIFICATE-----".to_owned()));
    }
    Ok(all)
}

/// A chain and its key from one PEM text, as `ZTNA_TLS` and `ZTNA_TLS_PEM` have them. Whether they belong together is for TLS
/// to say.
pub fn chain_and_key(pem: &[u8]) -> Result<Pem, Invalid> {
    let chain = certificates(pem)?;
    let mut keys = PrivateKeyDer::pem_slice_iter(pem);
    let none = || {
        Invalid(
            "no private key in it: expected -----BEGIN PRIVATE KEY----- beside the certificates".to_owned(),
        )
    };
    let key = keys.next().ok_or_else(none)?.map_err(|fault| Invalid(format!("not PEM: {fault}")))?;
    if keys.next().is_some() {
        return Err(Invalid("several private keys in it: expected one".to_owned()));
    }
    Ok(Pem { chain, key })
}
