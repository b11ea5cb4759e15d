//! Connection ids of 8 bytes that tell the program that made them, and nobody else, who made them and with what.
//!
//! | bytes | content |
//! |---|---|
//! | 0..5 | random |
//! | 5..8 | key id (1), component (2), XOR the first 3 bytes of HMAC(connection-id key, random) |
//!
//! 8 bytes, since each byte is taken from every inner packet and the macOS agent's 1,200-byte payloads have none to
//! spare. Who does not have the key sees 8 random bytes, so that two ids of one connection cannot be told to belong
//! together (RFC 9000 section 5.1). Key id and component together are 24 bits that an id from elsewhere does not
//! hit by chance, so nothing answers it.
//!
//! 5 random bytes, since a Retry's id is in no table: where it is also that of a connection, the client's next packets go there
//! and its handshake is lost. With 80,000 ids in use (10,000 connections) that befalls one handshake in 7,000,000; with 4
//! bytes it was one in 27,000.

use ring::hmac;

use super::{Age, Generation, SharedKeys, derive};

/// Bytes of a connection id.
pub const CONNECTION_ID: usize = 8;

/// Makes and reads connection ids of one component.
#[derive(Clone, Debug)]
pub struct ConnectionIds {
    current: Maker,
    previous: Maker,
}

/// With one generation of keys.
#[derive(Clone, Debug)]
struct Maker {
    key: hmac::Key,
    key_id: u8,
    component: [u8; 2],
}

/// Random bytes of an id.
pub const RANDOM: usize = 5;

impl ConnectionIds {
    pub(super) fn new(keys: &SharedKeys, component: &str) -> ConnectionIds {
        let maker = |generation: &Generation| Maker::new(generation, component);
        ConnectionIds { current: maker(&keys.current), previous: maker(&keys.previous) }
    }

    /// A new id from random bytes.
    pub fn mint(&self, random: [u8; RANDOM]) -> [u8; CONNECTION_ID] {
        let tail = self.current.tail(random);
        let mut id = [0; CONNECTION_ID];
        for (to, from) in id.iter_mut().zip(random.into_iter().chain(tail)) {
            *to = from;
        }
        id
    }

    /// With which keys an id was made: its reset token is made with the same. None where no instance of this component made it
    /// with keys that are known.
    pub fn read(&self, id: &[u8]) -> Option<Age> {
        let &[a, b, c, d, e, ref tail @ ..] = <&[u8; CONNECTION_ID]>::try_from(id).ok()?;
        let is_by = |maker: &Maker| maker.tail([a, b, c, d, e]) == *tail;
        let current = is_by(&self.current).then_some(Age::Current);
        current.or_else(|| is_by(&self.previous).then_some(Age::Previous))
    }
}

impl Maker {
    fn new(generation: &Generation, component: &str) -> Maker {
        let named = derive::mac_key(&generation.connection_id, "component", component.as_bytes());
        Maker {
            key: derive::mac_key(&generation.connection_id, "connection id", b""),
            key_id: generation
                .created
                .to_be_bytes()
                .iter()
                .fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte)),
            component: derive::mac(&named, component.as_bytes()),
        }
    }

    /// Key id and component, as they stand behind these random bytes.
    fn tail(&self, random: [u8; RANDOM]) -> [u8; 3] {
        let [key_id, high, low] = derive::mac(&self.key, &random);
        [self.key_id ^ key_id, self.component[0] ^ high, self.component[1] ^ low]
    }
}
