//! Connection ids of 8 bytes that tell the program that made them, and nobody else, who made them and with what.
//!
//! | bytes | content |
//! |---|---|
//! | 0..4 | random |
//! | 4..8 | key id (1), component (2), shard (1), XOR the first 4 bytes of HMAC(connection-id key, random) |
//!
//! 8 bytes, since each byte is taken from every inner packet and the macOS agent's 1,200-byte payloads have none to
//! spare. Who does not have the key sees 8 random bytes, so that two ids of one connection cannot be told to belong
//! together (RFC 9000 section 5.1). Key id and component together are 24 bits that an id from elsewhere does not
//! hit by chance, so nothing answers it. The shard is the endpoint, of several on one port, that owns the connection.

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

/// What a connection id of this component says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Minted {
    /// With which keys it was made: its reset token is made with the same.
    pub age: Age,
    /// Which endpoint owns the connection.
    pub shard: u8,
}

impl ConnectionIds {
    pub(super) fn new(keys: &SharedKeys, component: &str) -> ConnectionIds {
        let maker = |generation: &Generation| Maker::new(generation, component);
        ConnectionIds { current: maker(&keys.current), previous: maker(&keys.previous) }
    }

    /// A new id from 4 random bytes.
    pub fn mint(&self, random: [u8; 4], shard: u8) -> [u8; CONNECTION_ID] {
        let Maker { key_id, component: [high, low], .. } = self.current;
        let mask = self.current.mask(random);
        let mut id = [0; CONNECTION_ID];
        id[..4].copy_from_slice(&random);
        for (place, (byte, mask)) in [key_id, high, low, shard].into_iter().zip(mask).enumerate() {
            id[4 + place] = byte ^ mask;
        }
        id
    }

    /// What an id says; none where no instance of this component made it with keys that are known.
    pub fn read(&self, id: &[u8]) -> Option<Minted> {
        let shard = |maker: &Maker| maker.shard(id);
        let current = shard(&self.current).map(|shard| Minted { age: Age::Current, shard });
        current.or_else(|| shard(&self.previous).map(|shard| Minted { age: Age::Previous, shard }))
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

    fn mask(&self, random: [u8; 4]) -> [u8; 4] {
        derive::mac(&self.key, &random)
    }

    fn shard(&self, id: &[u8]) -> Option<u8> {
        let &[a, b, c, d, e, f, g, h] = <&[u8; CONNECTION_ID]>::try_from(id).ok()?;
        let mask = self.mask([a, b, c, d]);
        let [key_id, high, low, shard] = [e ^ mask[0], f ^ mask[1], g ^ mask[2], h ^ mask[3]];
        (key_id == self.key_id && [high, low] == self.component).then_some(shard)
    }
}
