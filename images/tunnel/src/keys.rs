//! The secret file that all instances share (`ZTNA_KEYS`), and what is derived from it. `schemas/shared-keys.schema.json`.

mod addresses;
mod connection_id;
mod derive;
mod file;
mod reset;
mod retry;

pub use addresses::InnerAddresses;
pub use connection_id::{CONNECTION_ID, ConnectionIds, RANDOM};
pub use file::InvalidKeys;
pub use reset::ResetKeys;
pub use retry::{NotOurs, RetryKeys, TokenKey};

/// The file's content.
#[derive(Clone)]
pub struct SharedKeys {
    current: Generation,
    previous: Generation,
}

/// One generation of keys.
#[derive(Clone, PartialEq, Eq)]
struct Generation {
    retry: [u8; 32],
    reset: [u8; 32],
    connection_id: [u8; 32],
    /// Seconds since 1970: the generation's id.
    created: u64,
}

/// Which generation something was made with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Age {
    /// With the newer keys.
    Current,
    /// With the ones before.
    Previous,
}

impl SharedKeys {
    /// Reads the file's JSON. The error is one sentence and holds no secret.
    pub fn read(json: &[u8]) -> Result<SharedKeys, InvalidKeys> {
        file::keys(json)
    }

    /// When the current and the previous keys were made, in seconds since 1970.
    pub fn created(&self) -> (u64, u64) {
        (self.current.created, self.previous.created)
    }

    /// The keys of retry tokens, the same for every component.
    pub fn retry(&self) -> RetryKeys {
        RetryKeys::new(self)
    }

    /// The stateless-reset keys of one component (`intermediate/<id>`): no two components share one (RFC 9000 section 21.11).
    pub fn reset(&self, component: &str) -> ResetKeys {
        ResetKeys::new(self, component)
    }

    /// The maker and reader of one component's connection ids.
    pub fn connection_ids(&self, component: &str) -> ConnectionIds {
        ConnectionIds::new(self, component)
    }

    /// The maker of inner addresses, the same for every component.
    pub fn inner_addresses(&self) -> InnerAddresses {
        InnerAddresses::new(self)
    }
}

impl std::fmt::Debug for SharedKeys {
    /// When they were made; never what they are.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (current, previous) = self.created();
        write!(to, "SharedKeys {{ current: {current}, previous: {previous}, .. }}")
    }
}
