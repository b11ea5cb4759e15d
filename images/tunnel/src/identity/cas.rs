//! The CAs that the deployment knows, and which of them stand above a client's certificate.

use std::collections::BTreeSet;

use x509_parser::prelude::X509Certificate;

use super::read::parse;
use crate::digest::Digest;

/// Certificates of a presented chain that are looked at: more than any real chain has.
const MOST_PRESENTED: usize = 8;

/// The CAs of `ZTNA_CLIENT_CAS`.
#[derive(Clone, Debug, Default)]
pub struct ClientCas {
    cas: Vec<(Digest, Vec<u8>)>,
}

impl ClientCas {
    /// From DER encodings; the error names the one that is no certificate of a CA by its place, from 1 on.
    pub fn read<D: AsRef<[u8]>>(ders: &[D]) -> Result<ClientCas, String> {
        let read = |(place, der): (usize, &D)| match parse(der.as_ref()) {
            Some(certificate) if certificate.is_ca() => Ok((Digest::of(der.as_ref()), der.as_ref().to_vec())),
            Some(_) => Err(format!("certificate {} is not a CA's", place + 1)),
            None => Err(format!("certificate {} cannot be read", place + 1)),
        };
        let cas: Result<Vec<_>, _> = ders.iter().enumerate().map(read).collect();
        cas.map(|cas| ClientCas { cas })
    }

    /// The digests, in the file's order.
    pub fn digests(&self) -> impl Iterator<Item = Digest> + '_ {
        self.cas.iter().map(|(digest, _)| *digest)
    }

    /// Digests of the known CAs whose signature stands on the leaf, directly or through other certificates that the client
    /// presented. `chain` is what TLS gives: leaf first, DER. Several where CAs share a name and key. TLS has verified that
    /// there is a path; this only tells which CAs are on one.
    pub fn issuers_of<D: AsRef<[u8]>>(&self, chain: &[D]) -> BTreeSet<Digest> {
        let presented: Vec<_> =
            chain.iter().take(MOST_PRESENTED).filter_map(|der| parse(der.as_ref())).collect();
        let known: Vec<_> =
            self.cas.iter().filter_map(|(digest, der)| Some((*digest, parse(der)?))).collect();
        let Some((leaf, others)) = presented.split_first() else { return BTreeSet::new() };
        let mut found = BTreeSet::new();
        let mut open = vec![leaf];
        let mut seen = BTreeSet::new();
        while let Some(below) = open.pop() {
            found.extend(known.iter().filter(|(_, ca)| has_signed(ca, below)).map(|(digest, _)| *digest));
            for other in others.iter().filter(|other| has_signed(other, below)) {
                if seen.insert(Digest::of(other.as_raw())) {
                    open.push(other);
                }
            }
        }
        found
    }
}

/// Whether a CA's signature stands on a certificate.
fn has_signed(ca: &X509Certificate<'_>, below: &X509Certificate<'_>) -> bool {
    ca.is_ca()
        && ca.subject().as_raw() == below.issuer().as_raw()
        && below.verify_signature(Some(ca.public_key())).is_ok()
}
