//! Buckets by key, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Bucket, Rate};
use crate::time::Monotonic;

/// A bucket for each key that took something lately, at most so many.
#[derive(Clone, Debug)]
pub struct Buckets<K> {
    rate: Rate,
    most: usize,
    buckets: HashMap<K, Bucket>,
    /// When all keys beyond the bound share this one.
    rest: Option<Bucket>,
    swept: Monotonic,
}

impl<K: Hash + Eq> Buckets<K> {
    /// No key has taken anything yet.
    pub fn new(rate: Rate, most: usize) -> Buckets<K> {
        Buckets { rate, most, buckets: HashMap::new(), rest: None, swept: Monotonic::default() }
    }

    /// Takes so many tokens from a key's bucket. Keys that come when the table is full share one bucket until others are full
    /// again and forgotten: none is shut out for longer than a bucket takes to fill.
    /// Returns whether they were taken.
    pub fn take(&mut self, key: K, count: u32, now: Monotonic) -> bool {
        let _ = (key, count, now, self.rate, self.most, &self.buckets, self.rest, self.swept);
        todo!()
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
