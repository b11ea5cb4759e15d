//! The time by wall and monotonic clock together, so that a step of the wall clock is no outage.

use std::time::Duration;

use super::{Instant, Monotonic};

/// How far the wall clock may be off what the monotonic clock leads one to expect, before that is a step and not drift.
/// Time servers slew differences below 128 ms (ntpd) to a second (chrony's usual `makestep 1`); machines that were
/// suspended, and hands on the clock, make larger ones.
pub const STEP: Duration = Duration::from_secs(2);

/// Tells the time. Small differences of the wall clock are followed at once. A step is not: time goes on by the
/// monotonic clock until a new enforcement file confirms the new wall clock, because whoever wrote that file
/// lives by the same clock and its lease holds the new reading. So neither does a clock that jumped ahead end every
/// lease, nor does one that jumped back open what had closed.
#[derive(Clone, Debug)]
pub struct Judge {
    /// What is told at `monotonic`.
    told: Instant,
    monotonic: Monotonic,
    wall: Instant,
}

impl Judge {
    /// Begins with the wall clock's word.
    pub fn new(wall: Instant, monotonic: Monotonic) -> Judge {
        Judge { told: wall, monotonic, wall }
    }

    /// What time it is, from one reading of both clocks.
    pub fn instant(&mut self, wall: Instant, monotonic: Monotonic) -> Instant {
        let expected = self.told + monotonic.since(self.monotonic);
        self.told = if is_step(wall, expected) { expected } else { wall };
        self.monotonic = monotonic;
        self.wall = wall;
        self.told
    }

    /// A new enforcement file was read whose lease is this: where it holds the wall clock's last reading and not what
    /// is told, the wall clock is right.
    /// @returns what time it is now
    pub fn confirm(&mut self, begin: Instant, end: Instant) -> Instant {
        let within = |instant: Instant| begin <= instant && instant < end;
        if within(self.wall) && !within(self.told) {
            self.told = self.wall;
        }
        self.told
    }

    /// By how much the wall clock is off what is told; zero but for a step that nothing confirmed yet.
    pub fn off_by(&self) -> Duration {
        self.wall.since(self.told).max(self.told.since(self.wall))
    }
}

/// Whether a reading is too far from what was expected to be drift.
fn is_step(wall: Instant, expected: Instant) -> bool {
    wall.since(expected).max(expected.since(wall)) > STEP
}
