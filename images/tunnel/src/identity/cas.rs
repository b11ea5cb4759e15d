//! The CAs that the deployment knows, and which of them stand above a client's certificate.

use std::collections::BTreeSet;

use crate::digest::Digest;

/// The CAs of `ZTNA_CLIENT_CAS`.
#[derive(Clone, Debug, Default)]
pub struct ClientCas {
    cas: Vec<(Digest, Vec<u8>)>,
}

impl ClientCas {
    /// From DER encodings; the error names the one that is no certificate of a CA by its place, from 1 on.
    pub fn read(ders: &[Vec<u8>]) -> Result<ClientCas, String> {
        let _ = ders;
        todo!()
    }

    /// The digests, in the file's order.
    pub fn digests(&self) -> impl Iterator<Item = Digest> + '_ {
        self.cas.iter().map(|(digest, _)| *digest)
    }

    /// Digests of the known CAs whose signature stands on the leaf, directly or through the other certificates that the client
    /// presented. `chain` is what TLS gives: leaf first, DER. Several where CAs share a name and key.
    pub fn issuers_of(&self, chain: &[&[u8]]) -> BTreeSet<Digest> {
        let _ = chain;
        todo!()
    }
}
