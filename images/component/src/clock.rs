//! Both clocks of this machine.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant as Reading, SystemTime, UNIX_EPOCH};

use tunnel::enforcement::Lease;
use tunnel::time::{Instant, Judge, Monotonic, Now};

/// Tells the time by wall and monotonic clock together.
#[derive(Debug)]
pub struct Clock {
    origin: Reading,
    judge: Mutex<Judge>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { origin: Reading::now(), judge: Mutex::new(Judge::new(wall(), Monotonic::default())) }
    }
}

impl Clock {
    /// What time it is.
    pub fn now(&self) -> Now {
        let monotonic = self.monotonic();
        let mut judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
        Now { instant: judge.instant(wall(), monotonic), monotonic }
    }

    /// A new enforcement file has this lease: it may confirm a step of the wall clock.
    pub fn confirm(&self, lease: Lease) -> Now {
        let now = self.now();
        let mut judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
        Now { instant: judge.confirm(lease.begin, lease.end), ..now }
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::since_origin(self.origin.elapsed())
    }
}

fn wall() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
