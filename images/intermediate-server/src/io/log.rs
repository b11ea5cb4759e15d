//! Denials in the program's own log, by samples.

use std::sync::{Mutex, PoisonError};

use tunnel::limits::{Bucket, Rate};
use tunnel::time::Monotonic;

use crate::relay::Denial;

/// Lines about denials in a second: enough to see who is denied what, too few for a flood to fill a disk.
const DENIALS: Rate = Rate { each_second: 10, at_once: 20 };

/// Logs denials, as many as the rate allows.
#[derive(Debug)]
pub struct Denials(Mutex<(Bucket, u64)>);

impl Default for Denials {
    fn default() -> Self {
        Self(Mutex::new((Bucket::full(DENIALS, Monotonic::default()), 0)))
    }
}

impl Denials {
    /// Logs one, or counts it for the next line.
    /// Returns whether it was logged.
    pub fn log(&self, denial: &Denial, now: Monotonic) -> bool {
        let left_out = {
            let (bucket, left_out) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !bucket.take(DENIALS, 1, now) {
                *left_out += 1;
                return false;
            }
            std::mem::take(left_out)
        };
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
