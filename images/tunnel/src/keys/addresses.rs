//! The unique inner address of each agent connection, out of 100.64.0.0/10 (RFC 6598).

use std::net::Ipv4Addr;

use ring::hmac;

use super::{SharedKeys, derive};
use crate::digest::Digest;

/// How many addresses 100.64.0.0/10 has.
const SPACE: u32 = 1 << 22;

/// The first of them.
const FIRST: u32 = u32::from_be_bytes([100, 64, 0, 0]);

/// Derives inner addresses.
#[derive(Clone, Debug)]
pub struct InnerAddresses {
    key: hmac::Key,
}

impl InnerAddresses {
    pub(super) fn new(keys: &SharedKeys) -> InnerAddresses {
        InnerAddresses { key: derive::mac_key(&keys.current.connection_id, "inner address", b"") }
    }

    /// The addresses to try for a client with this certificate, the derived one first, then the next ones in order, each once:
    /// a restarted or second server that tries them in this order gives the same.
    pub fn of(&self, fingerprint: &Digest) -> impl Iterator<Item = Ipv4Addr> + use<> {
        self.of_bytes(fingerprint.as_bytes())
    }

    /// The same for a client without certificate, from what else tells it apart (its outer address).
    pub fn of_bytes(&self, what: &[u8]) -> impl Iterator<Item = Ipv4Addr> + use<> {
        let start = u32::from_be_bytes(derive::mac(&self.key, what)) % SPACE;
        (0..SPACE).map(move |step| Ipv4Addr::from(FIRST + (start + step) % SPACE)).filter(is_usable)
    }
}

/// Neither the first nor the last address of a /24, which some backends take for network and broadcast, nor 100.64.0.1,
/// which every original agent calls itself.
fn is_usable(address: &Ipv4Addr) -> bool {
    !matches!(address.octets(), [_, _, _, 0 | 255] | [100, 64, 0, 1])
}
