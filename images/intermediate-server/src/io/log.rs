//! Denials in the program's own log, by samples.

use std::sync::{Mutex, PoisonError};

use tunnel::digest::Digest;
use tunnel::limits::{ADDRESSES, Bucket, Buckets, Rate};
use tunnel::time::Monotonic;

use crate::relay::Denial;

/// Lines about denials in a second: enough to see who is denied what, too few for a flood to fill a disk.
const DENIALS: Rate = Rate { each_second: 10, at_once: 20 };

/// Those of one certificate among them, and of all clients without one: nobody hides what others are denied behind a flood.
const DENIALS_EACH: Rate = Rate { each_second: 3, at_once: 10 };

/// Logs denials, as many as the rates allow.
#[derive(Debug)]
pub struct Denials(Mutex<Samples>);

#[derive(Debug)]
struct Samples {
    each: Buckets<Option<Digest>>,
    all: Bucket,
    left_out: u64,
}

impl Samples {
    /// Whether one more may be logged, and how many were not since the last one.
    fn take(&mut self, who: Option<Digest>, now: Monotonic) -> Option<u64> {
        if self.each.take(who, 1, now) && self.all.take(DENIALS, 1, now) {
            return Some(std::mem::take(&mut self.left_out));
        }
        self.left_out += 1;
        None
    }
}

impl Default for Denials {
    fn default() -> Self {
        let each = Buckets::new(DENIALS_EACH, ADDRESSES);
        Self(Mutex::new(Samples { each, all: Bucket::full(DENIALS, Monotonic::default()), left_out: 0 }))
    }
}

impl Denials {
    /// Logs one, or counts it for the next line.
    /// Returns whether it was logged.
    pub fn log(&self, denial: &Denial, now: Monotonic) -> bool {
        let left_out =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).take(denial.who.fingerprint, now);
        let Some(left_out) = left_out else { return false };
        let principal = denial.who.principal.as_deref();
        let service = &denial.service;
        let source = denial.source.to_string();
        match denial.reason {
            Some(reason) => {
                tracing::info!(principal, source, service, reason = reason.name(), left_out, "denied")
            }
            None => {
                tracing::info!(principal, source, service, left_out, "an observed policy would deny this")
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_hides_nothing_of_others() {
        let mut samples = Denials::default().0.into_inner().unwrap();
        let (loud, other) = (Some(Digest::of(b"loud")), Some(Digest::of(b"other")));
        let now = Monotonic::default();
        let logged = (0..1000).filter(|_| samples.take(loud, now).is_some()).count();
        assert_eq!(logged, DENIALS_EACH.at_once as usize);
        assert_eq!(samples.take(other, now), Some(1000 - u64::from(DENIALS_EACH.at_once)));
    }
}
