//! Token buckets on readings of the monotonic clock.

use crate::time::Monotonic;

/// How much is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Tokens that come back in each second.
    pub each_second: u32,
    /// The most that can be taken at once after a pause.
    pub at_once: u32,
}

/// One bucket, full at first. It keeps millionths of tokens, so that no reading is too close to the last one to count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// Millionths of tokens that were there at `last`.
    left: u64,
    last: Monotonic,
}

/// Millionths in a token: one microsecond gives back `each_second` of them.
const MILLION: u64 = 1_000_000;

impl Bucket {
    /// A full bucket.
    pub fn full(rate: Rate, now: Monotonic) -> Bucket {
        Bucket { left: u64::from(rate.at_once) * MILLION, last: now }
    }

    /// Takes so many tokens when they are there, else none.
    /// Returns whether they were taken.
    pub fn take(&mut self, rate: Rate, count: u32, now: Monotonic) -> bool {
        self.refill(rate, now);
        let wanted = u64::from(count) * MILLION;
        let is_there = wanted <= self.left;
        if is_there {
            self.left -= wanted;
        }
        is_there
    }

    /// Whether nothing is missing from it: such a bucket need not be remembered.
    pub fn is_full(&mut self, rate: Rate, now: Monotonic) -> bool {
        self.refill(rate, now);
        self.left == u64::from(rate.at_once) * MILLION
    }

    /// A clock that seems to go back gives nothing.
    fn refill(&mut self, rate: Rate, now: Monotonic) {
        let passed = now.as_micros().saturating_sub(self.last.as_micros());
        let gained = passed.saturating_mul(u64::from(rate.each_second));
        self.left = self.left.saturating_add(gained).min(u64::from(rate.at_once) * MILLION);
        self.last = self.last.max(now);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RATE: Rate = Rate { each_second: 100, at_once: 20 };

    fn at(micros: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_micros(micros))
    }

    #[test]
    fn it_is_full_at_first_and_fills_with_time() {
        let mut bucket = Bucket::full(RATE, at(0));
        assert!(bucket.take(RATE, 20, at(0)));
        assert!(!bucket.take(RATE, 1, at(9_999)));
        assert!(bucket.take(RATE, 1, at(10_000)));
        assert!(!bucket.take(RATE, 21, at(10_000_000)), "never more than at once");
        assert!(bucket.is_full(RATE, at(10_000_000)));
    }

    #[test]
    fn no_reading_is_too_close_to_count() {
        let mut bucket = Bucket::full(RATE, at(0));
        assert!(bucket.take(RATE, 20, at(0)));
        let taken = (1..=1_000_000).filter(|micros| bucket.take(RATE, 1, at(*micros))).count();
        assert_eq!(taken, 100);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut bucket = Bucket::full(RATE, at(1_000_000));
        assert!(bucket.take(RATE, 20, at(1_000_000)));
        assert!(!bucket.take(RATE, 1, at(0)));
        assert!(!bucket.take(RATE, 1, at(1_000_000)));
        assert!(bucket.take(RATE, 1, at(1_010_000)));
    }
}
