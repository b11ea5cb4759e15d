//! Stateless-reset tokens (RFC 9000 section 10.3).

use ring::hmac;

use super::{Age, SharedKeys, derive};

/// The reset keys of one component, current and previous.
#[derive(Clone, Debug)]
pub struct ResetKeys {
    current: hmac::Key,
    previous: hmac::Key,
}

impl ResetKeys {
    pub(super) fn new(keys: &SharedKeys, component: &str) -> ResetKeys {
        let key = |secret| derive::mac_key(secret, "stateless reset", component.as_bytes());
        ResetKeys { current: key(&keys.current.reset), previous: key(&keys.previous.reset) }
    }

    /// The token of a connection id that was made with keys of this age.
    pub fn token(&self, connection_id: &[u8], age: Age) -> [u8; 16] {
        let key = match age {
            Age::Current => &self.current,
            Age::Previous => &self.previous,
        };
        derive::mac(key, connection_id)
    }
}
