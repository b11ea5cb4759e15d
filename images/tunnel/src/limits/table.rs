//! Buckets by key, in bounded memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::time::Duration;

use super::{Bucket, Rate};
use crate::time::Monotonic;

/// How often full buckets are looked for when the table is full.
const SWEEP: Duration = Duration::from_secs(1);

/// A bucket for each key that took something lately, at most so many.
#[derive(Clone, Debug)]
pub struct Buckets<K> {
    rate: Rate,
    most: usize,
    buckets: HashMap<K, Bucket>,
    /// What all keys share that come when the table is full.
    rest: Option<Bucket>,
    swept: Option<Monotonic>,
}

impl<K: Hash + Eq> Buckets<K> {
    /// No key has taken anything yet.
    pub fn new(rate: Rate, most: usize) -> Buckets<K> {
        Buckets { rate, most, buckets: HashMap::new(), rest: None, swept: None }
    }

    /// Takes so many tokens from a key's bucket. Keys that come when the table is full share one bucket until others are full
    /// again and forgotten: a bucket fills within seconds, so nobody is shut out for long, and memory stays bounded.
    /// Returns whether they were taken.
    pub fn take(&mut self, key: K, count: u32, now: Monotonic) -> bool {
        if self.buckets.len() >= self.most && !self.buckets.contains_key(&key) {
            self.sweep(now);
        }
        let is_full = self.buckets.len() >= self.most;
        let bucket = match self.buckets.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if is_full => self.rest.get_or_insert_with(|| Bucket::full(self.rate, now)),
            Entry::Vacant(new) => new.insert(Bucket::full(self.rate, now)),
        };
        bucket.take(self.rate, count, now)
    }

    /// Forgets the buckets that are full: a new one would be the same. At most once in a while, since it looks at all.
    fn sweep(&mut self, now: Monotonic) {
        if self.swept.is_some_and(|last| now.since(last) < SWEEP) {
            return;
        }
        self.swept = Some(now);
        self.buckets.retain(|_, bucket| !bucket.is_full(self.rate, now));
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { each_second: 10, at_once: 5 };

    fn at(millis: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_millis(millis))
    }

    #[test]
    fn each_key_has_its_own() {
        let mut table = Buckets::new(RATE, 10);
        assert!(table.take('a', 5, at(0)));
        assert!(!table.take('a', 1, at(0)));
        assert!(table.take('b', 5, at(0)));
        assert!(table.take('a', 1, at(100)));
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn a_full_table_stays_bounded_and_shuts_nobody_out_for_longer_than_a_second() {
        let mut table = Buckets::new(RATE, 100);
        for key in 0..10_000 {
            table.take(key, 1, at(0));
        }
        assert_eq!(table.len(), 100);
        assert!(!table.take(10_000, 1, at(0)), "the shared bucket is empty");
        assert!(table.take(10_000, 1, at(1_000)), "the others are full again and forgotten");
        assert!(table.len() <= 1);
    }
}
