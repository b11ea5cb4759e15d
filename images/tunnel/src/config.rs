//! What the programs read from variables and flags, as pure functions of their text.

mod addresses;
mod component;
mod pem;

pub use addresses::{bind_addresses, socket_address};
pub(crate) use component::is_id;
pub use component::{Component, Kind};
pub use pem::{Pem, certificates, chain_and_key};

/// What is wrong with the configuration: one sentence. The program prints it after the variable's name and exits 2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid(pub String);

impl std::fmt::Display for Invalid {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}
