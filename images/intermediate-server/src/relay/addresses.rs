//! Which agent connection stands behind which unique inner address.
//!
//! An address belongs to its owner, who is a certificate or, without one, an outer address; it is derived from the owner, so
//! that after a restart everybody has what they had. It is kept for a while after its connection ended, and a
//! new connection of the same owner takes it over from one that has gone silent, so that flows survive a reconnect. Silence alone
//! does not say so: two programs of one person share a certificate, and one of them may have nothing to say for hours. So what
//! was said of the address before decides, and whoever goes on with that may have more than one address.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use tunnel::limits::ADDRESS_KEPT;
use tunnel::time::Monotonic;

use super::ConnectionId;

/// Whose an address is: 32 bytes that are the same at every connection.
pub type Owner = [u8; 32];

/// The table of unique inner addresses.
#[derive(Debug, Default)]
pub struct Addresses {
    held: HashMap<Ipv4Addr, Held>,
    owned: HashMap<Owner, Vec<Ipv4Addr>>,
}

#[derive(Debug)]
struct Held {
    owner: Owner,
    by: Result<ConnectionId, Monotonic>,
}

impl Addresses {
    /// The address for a new connection of `owner`: one that waits, and for nobody else (`is_its` for none); one of a
    /// connection of which it is the next (`is_its`); else the first free one of `candidates`. None when all are taken.
    pub fn take(
        &mut self,
        owner: Owner,
        connection: ConnectionId,
        is_its: impl Fn(Ipv4Addr, Option<ConnectionId>) -> bool,
        mut candidates: impl Iterator<Item = Ipv4Addr>,
    ) -> Option<Ipv4Addr> {
        let own = self.of(&owner);
        let is_found = |address: &&Ipv4Addr| is_its(**address, self.holder(**address));
        let waits = |address: &&Ipv4Addr| self.holder(**address).is_none() && is_found(address);
        let kept = own.iter().find(waits).or_else(|| own.iter().find(is_found)).copied();
        let address = match kept {
            Some(address) => address,
            None => {
                let free = candidates.find(|address| !self.held.contains_key(address))?;
                self.owned.entry(owner).or_default().push(free);
                free
            }
        };
        self.held.insert(address, Held { owner, by: Ok(connection) });
        Some(address)
    }

    /// The connection behind an address.
    pub fn holder(&self, address: Ipv4Addr) -> Option<ConnectionId> {
        self.held.get(&address)?.by.ok()
    }

    /// The address of which a connection goes on with what was said: its own, one that waits, or a silent one's.
    /// Returns it with whether it was another's.
    pub fn claim(
        &mut self,
        owner: Owner,
        connection: ConnectionId,
        is_silent: impl Fn(ConnectionId) -> bool,
        goes_on: impl Fn(Ipv4Addr) -> bool,
    ) -> Option<(Ipv4Addr, bool)> {
        let is_left =
            |holder: Option<ConnectionId>| holder.is_none_or(|one| one == connection || is_silent(one));
        let is_meant = |address: &&Ipv4Addr| is_left(self.holder(**address)) && goes_on(**address);
        let address = *self.of(&owner).iter().find(is_meant)?;
        let before = self.held.insert(address, Held { owner, by: Ok(connection) });
        Some((address, before.is_none_or(|before| before.by != Ok(connection))))
    }

    /// The addresses of an owner.
    pub fn of(&self, owner: &Owner) -> &[Ipv4Addr] {
        self.owned.get(owner).map_or(&[], Vec::as_slice)
    }

    /// Those of them that a connection has.
    pub fn held_by(&self, owner: &Owner, connection: ConnectionId) -> impl Iterator<Item = Ipv4Addr> {
        self.of(owner).iter().copied().filter(move |address| self.holder(*address) == Some(connection))
    }

    /// The connection ended: its addresses wait for their owner, unless another has taken them over.
    pub fn release(&mut self, owner: &Owner, connection: ConnectionId, now: Monotonic) {
        for address in self.held_by(owner, connection).collect::<Vec<_>>() {
            if let Some(held) = self.held.get_mut(&address) {
                held.by = Err(now);
            }
        }
    }

    /// Gives up what has waited long enough; returns it, so that its flows end too.
    pub fn expire(&mut self, now: Monotonic) -> Vec<Ipv4Addr> {
        let over = |held: &Held| held.by.is_err_and(|since| now.since(since) >= ADDRESS_KEPT);
        let ended: Vec<_> =
            self.held.iter().filter(|(_, held)| over(held)).map(|(address, _)| *address).collect();
        for address in &ended {
            let Some(held) = self.held.remove(address) else { continue };
            if let Some(own) = self.owned.get_mut(&held.owner) {
                own.retain(|other| other != address);
                if own.is_empty() {
                    self.owned.remove(&held.owner);
                }
            }
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const OWNER: Owner = [1; 32];
    const OTHER: Owner = [2; 32];

    fn candidates() -> impl Iterator<Item = Ipv4Addr> {
        (2..5).map(|last| Ipv4Addr::new(100, 64, 0, last))
    }

    fn at(seconds: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_secs(seconds))
    }

    fn take(table: &mut Addresses, owner: Owner, connection: u64) -> Option<u8> {
        let waits = |_, holder: Option<ConnectionId>| holder.is_none();
        let taken = table.take(owner, ConnectionId(connection), waits, candidates());
        taken.map(|address| address.octets()[3])
    }

    #[test]
    fn the_next_free_one_where_the_derived_one_is_taken() {
        let mut table = Addresses::default();
        assert_eq!(take(&mut table, OWNER, 1), Some(2));
        assert_eq!(take(&mut table, OTHER, 2), Some(3));
        assert_eq!(take(&mut table, OWNER, 3), Some(4), "two connections of one certificate are two agents");
        assert_eq!(take(&mut table, OTHER, 4), None);
    }

    #[test]
    fn it_is_kept_for_a_minute_for_its_owner_alone() {
        let mut table = Addresses::default();
        take(&mut table, OWNER, 1);
        table.release(&OWNER, ConnectionId(1), at(10));
        assert!(table.expire(at(69)).is_empty());
        assert_eq!(take(&mut table, OTHER, 2), Some(3));
        assert_eq!(take(&mut table, OWNER, 3), Some(2));
        table.release(&OWNER, ConnectionId(3), at(70));
        assert_eq!(table.expire(at(130)), [Ipv4Addr::new(100, 64, 0, 2)]);
        assert_eq!(take(&mut table, OTHER, 4), Some(2));
    }

    #[test]
    fn a_silent_connection_gives_it_up_and_cannot_release_it_any_more() {
        let mut table = Addresses::default();
        take(&mut table, OWNER, 1);
        let first = Ipv4Addr::new(100, 64, 0, 2);
        let silent = |connection| connection == ConnectionId(1);
        assert_eq!(table.claim(OWNER, ConnectionId(2), |_| false, |_| true), None);
        assert_eq!(table.claim(OWNER, ConnectionId(2), silent, |_| false), None);
        assert_eq!(table.claim(OWNER, ConnectionId(2), silent, |_| true), Some((first, true)));
        assert_eq!(table.claim(OWNER, ConnectionId(2), silent, |_| true), Some((first, false)));
        table.release(&OWNER, ConnectionId(1), at(1));
        assert_eq!(table.holder(first), Some(ConnectionId(2)));
    }
}
