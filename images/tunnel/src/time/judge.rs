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

    /// A new enforcement file appeared whose lease is this. Its lease begins when it was written, by the wall clock of this
    /// machine: where that is nearer to the wall clock's last reading than to what is told, the wall clock is right.
    /// Returns what time it is now.
    pub fn confirm(&mut self, begin: Instant, end: Instant) -> Instant {
        let is_within = begin <= self.wall && self.wall < end;
        if is_within && apart(self.wall, begin) < apart(self.told, begin) {
            self.told = self.wall;
        }
        self.told
    }

    /// By how much the wall clock is off what is told; zero but for a step that nothing confirmed yet.
    pub fn off_by(&self) -> Duration {
        apart(self.wall, self.told)
    }
}

/// Whether a reading is too far from what was expected to be drift.
fn is_step(wall: Instant, expected: Instant) -> bool {
    apart(wall, expected) > STEP
}

/// How long it is between two instants.
fn apart(one: Instant, other: Instant) -> Duration {
    one.since(other).max(other.since(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(seconds: i64) -> Instant {
        Instant::from_seconds(seconds)
    }

    fn mono(seconds: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn drift_is_followed() {
        let mut judge = Judge::new(wall(1_000), mono(0));
        assert_eq!(judge.instant(wall(1_011), mono(10)), wall(1_011));
        assert_eq!(judge.instant(wall(1_019), mono(20)), wall(1_019));
        assert_eq!(judge.off_by(), Duration::ZERO);
    }

    #[test]
    fn a_step_either_way_is_not_followed_until_a_lease_confirms_it() {
        for step in [3_600, -3_600, 60, -60] {
            let mut judge = Judge::new(wall(10_000), mono(0));
            assert_eq!(judge.instant(wall(10_010 + step), mono(10)), wall(10_010), "{step}");
            assert_eq!(judge.instant(wall(10_020 + step), mono(20)), wall(10_020));
            assert_eq!(judge.off_by(), Duration::from_secs(step.unsigned_abs()));
            assert_eq!(judge.confirm(wall(10_020), wall(10_320)), wall(10_020), "written before the step");
            let told = judge.confirm(wall(10_020 + step), wall(10_320 + step));
            assert_eq!(told, wall(10_020 + step), "{step}");
            assert_eq!(judge.instant(wall(10_030 + step), mono(30)), wall(10_030 + step));
        }
    }

    #[test]
    fn a_step_and_back_leaves_no_trace() {
        let mut judge = Judge::new(wall(10_000), mono(0));
        judge.instant(wall(20_000), mono(1));
        assert_eq!(judge.instant(wall(10_002), mono(2)), wall(10_002));
    }

    #[test]
    fn a_machine_that_slept_is_a_step_too() {
        // Linux's monotonic clock stands still during suspension.
        let mut judge = Judge::new(wall(10_000), mono(0));
        assert_eq!(judge.instant(wall(20_000), mono(1)), wall(10_001));
        assert_eq!(judge.confirm(wall(19_990), wall(20_300)), wall(20_000));
    }
}
