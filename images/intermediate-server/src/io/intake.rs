//! What a connection's receive buffer had no room for: QUIC drops the oldest datagrams then, and says nothing.

use super::connection::BATCH;

/// Datagrams of one connection, counted where they arrive and where they are taken.
#[derive(Debug, Default)]
pub struct Intake {
    taken: u64,
    /// How many had arrived when the buffer was not empty after a batch.
    arrived: u64,
    lost: u64,
}

impl Intake {
    /// A batch was taken. `arrived` tells how many have arrived since the connection began; it is asked only after a full
    /// batch, since nothing is lost where a batch empties the buffer. Returns how many are lost that were not known to be:
    /// rather too few than too many, the rest with a later batch.
    pub fn took(&mut self, batch: usize, arrived: impl FnOnce() -> u64) -> u64 {
        self.taken += batch as u64;
        if batch >= BATCH {
            self.arrived = arrived();
            return 0;
        }
        // Nothing waits any more: what had arrived before, and was not taken, is lost.
        let lost = self.arrived.saturating_sub(self.taken).saturating_sub(self.lost);
        self.lost += lost;
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrived_and_was_never_taken_is_lost_and_counted_once() {
        let mut intake = Intake::default();
        assert_eq!(intake.took(3, || panic!("nothing can be lost")), 0);
        // 200 more came, of which 60 found no room; 64, 64 and 12 are taken.
        assert_eq!(intake.took(BATCH, || 203), 0);
        assert_eq!(intake.took(BATCH, || 203), 0);
        assert_eq!(intake.took(12, || panic!("the buffer is empty")), 60);
        assert_eq!(intake.took(5, || panic!("the buffer is empty")), 0);
        // All that comes has room again.
        assert_eq!(intake.took(BATCH, || 203 + 5 + 70), 0);
        assert_eq!(intake.took(6, || panic!("the buffer is empty")), 0);
        assert_eq!(intake.took(BATCH, || 203 + 5 + 70 + 74), 0);
        assert_eq!(intake.took(0, || panic!("the buffer is empty")), 10);
    }
}
