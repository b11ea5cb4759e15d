//! Handshakes under way: as many as there may be, and who gives way where there are more.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::oneshot;
use tunnel::time::Monotonic;

/// A handshake that takes longer gives way to another one where there is no room: three round trips, also of a satellite
/// link, are over by then. So nobody who leaves handshakes half done keeps others out.
const SLOW: Duration = Duration::from_secs(1);

/// Resolves when the handshake has to give way.
pub type GivesWay = oneshot::Receiver<()>;

/// The handshakes that are under way.
#[derive(Debug)]
pub struct Handshakes {
    most: usize,
    next: u64,
    live: BTreeMap<u64, (Monotonic, oneshot::Sender<()>)>,
}

impl Handshakes {
    /// None is under way; at most so many ever are.
    pub fn new(most: usize) -> Self {
        Self { most, next: 0, live: BTreeMap::new() }
    }

    /// One begins: its number, and what it has to watch. None where there are as many as may be, and all are young.
    pub fn begin(&mut self, now: Monotonic) -> Option<(u64, GivesWay)> {
        if self.live.len() >= self.most {
            let oldest = self.live.first_entry().filter(|one| now.since(one.get().0) >= SLOW)?;
            let _ = oldest.remove().1.send(());
        }
        let (sender, receiver) = oneshot::channel();
        self.next += 1;
        self.live.insert(self.next, (now, sender));
        Some((self.next, receiver))
    }

    /// One is over, in whichever way.
    pub fn end(&mut self, number: u64) {
        self.live.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_millis(milliseconds))
    }

    #[test]
    fn over_the_limit_the_oldest_gives_way_once_it_is_slow() {
        let mut handshakes = Handshakes::new(2);
        let (first, mut gives_way) = handshakes.begin(at(0)).unwrap();
        let (second, mut stays) = handshakes.begin(at(500)).unwrap();
        assert!(handshakes.begin(at(999)).is_none(), "both are young");
        let (third, _) = handshakes.begin(at(1_000)).unwrap();
        assert_eq!((gives_way.try_recv(), stays.try_recv().is_err()), (Ok(()), true));
        assert!(handshakes.begin(at(1_001)).is_none());
        // One that gave way ends later than it was forgotten.
        handshakes.end(first);
        assert!(handshakes.begin(at(1_001)).is_none());
        handshakes.end(second);
        assert!(handshakes.begin(at(1_001)).is_some());
        handshakes.end(third);
    }
}
