//! What an ICMP error quotes.

use super::{Quoted, Tuple};

impl Quoted {
    /// The conversation of the quoted packet, as its sender sees it.
    pub fn tuple(&self) -> Tuple {
        Tuple {
            protocol: self.protocol,
            source: self.source,
            source_port: self.source_port,
            destination: self.destination,
            destination_port: self.destination_port,
        }
    }
}
