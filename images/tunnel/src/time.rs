//! Instants, the monotonic clock's readings, and how both together tell the time.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

mod judge;
mod text;

pub use judge::{Judge, STEP};
pub use text::InvalidInstant;

/// An instant of civil time in microseconds since 1970-01-01T00:00:00Z, as policies, certificates and leases name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Before everything that can be written.
    pub const MIN: Instant = Instant(i64::MIN);
    /// After everything that can be written.
    pub const MAX: Instant = Instant(i64::MAX);

    /// From seconds since 1970 (a certificate's validity).
    pub const fn from_seconds(seconds: i64) -> Instant {
        Instant(seconds.saturating_mul(1_000_000))
    }

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Seconds since 1970, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// How long it is from `earlier` to this; zero when this is not later.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, time: Duration) -> Instant {
        Instant(self.0.saturating_add(micros(time)))
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, time: Duration) -> Instant {
        Instant(self.0.saturating_sub(micros(time)))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}

/// A reading of the monotonic clock: the time since an origin that the program chose, its start for instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Monotonic(u64);

impl Monotonic {
    /// From the time since the origin.
    pub fn since_origin(time: Duration) -> Monotonic {
        Monotonic(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }

    /// Microseconds since the origin.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long it is from `earlier` to this; zero when this is not later.
    pub fn since(self, earlier: Monotonic) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Monotonic {
    type Output = Monotonic;
    fn add(self, time: Duration) -> Monotonic {
        Monotonic(self.0.saturating_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// What time it is, by both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For policies, leases and certificates.
    pub instant: Instant,
    /// For whatever lasts.
    pub monotonic: Monotonic,
}

/// A duration in microseconds, the longest that an instant can hold where it is longer.
fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
