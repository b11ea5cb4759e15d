//! How long a session waits before it comes back: 1 s doubling to 30 s, with jitter, from the start again after a good session.

use std::time::Duration;

use crate::event::{Ended, close};

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause.
const LAST: Duration = Duration::from_secs(30);

/// A session that lived this long was a good one: what refuses us does so within a round trip or two.
const GOOD: Duration = Duration::from_secs(5);

/// Who was told to come back after a session shorter than this is being told so again and again, and waits like others.
const TOO_SHORT: Duration = Duration::from_secs(1);

/// The pauses of one session.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: FIRST }
    }
}

impl Backoff {
    /// The pause after a session that ended like this and lived so long (zero: it never came up). `dice` is any number: the
    /// pause is between half and all of its length, so that many clients do not come back together.
    pub fn pause(&mut self, ended: &Ended, lived: Duration, dice: u64) -> Duration {
        if lived >= GOOD {
            self.next = FIRST;
        }
        match ended {
            Ended::Closed { code: close::COME_BACK, .. } if lived >= TOO_SHORT => return Duration::ZERO,
            // Nothing but another certificate, or another policy, helps: whoever waits looks at the files meanwhile.
            Ended::Closed { code: close::NO_USABLE_CERTIFICATE | close::EXPIRED_OR_REVOKED, .. } => {
                self.next = LAST
            }
            _ => {}
        }
        let whole = self.next;
        self.next = (whole * 2).min(LAST);
        whole / 2 + whole / 2 * (dice % 1024) as u32 / 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn lost() -> Ended {
        Ended::Lost(String::new())
    }

    fn closed(code: u64) -> Ended {
        Ended::Closed { code, reason: String::new() }
    }

    /// The longest pauses, without jitter to speak of.
    fn pauses(backoff: &mut Backoff, ended: &Ended, count: usize) -> Vec<u128> {
        (0..count)
            .map(|_| backoff.pause(ended, Duration::ZERO, 1023).as_millis().div_ceil(100) / 10)
            .collect()
    }

    #[test]
    fn doubles_from_one_second_to_thirty() {
        assert_eq!(pauses(&mut Backoff::default(), &lost(), 7), [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn jitter_takes_away_at_most_half() {
        for dice in [0, 1, 511, 1023, 1024, u64::MAX] {
            let pause = Backoff::default().pause(&lost(), Duration::ZERO, dice);
            assert!((SECOND / 2..SECOND).contains(&pause), "{pause:?}");
        }
        assert_eq!(Backoff::default().pause(&lost(), Duration::ZERO, 1024), SECOND / 2);
    }

    #[test]
    fn a_good_session_begins_from_the_start_and_a_short_one_does_not() {
        let mut backoff = Backoff::default();
        pauses(&mut backoff, &lost(), 4);
        assert!(backoff.clone().pause(&lost(), GOOD, 1023) < SECOND);
        assert!(backoff.pause(&lost(), GOOD - SECOND, 1023) > 8 * SECOND);
    }

    #[test]
    fn who_is_told_to_come_back_comes_at_once_but_not_again_and_again() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(&closed(close::COME_BACK), TOO_SHORT, 1023), Duration::ZERO);
        assert!(backoff.pause(&closed(close::COME_BACK), Duration::ZERO, 1023) > SECOND / 2);
    }

    #[test]
    fn a_certificate_that_is_not_taken_waits_longest() {
        for code in [close::NO_USABLE_CERTIFICATE, close::EXPIRED_OR_REVOKED] {
            assert!(Backoff::default().pause(&closed(code), GOOD, 1023) > 29 * SECOND);
        }
        assert!(Backoff::default().pause(&closed(close::OVER_LIMIT), GOOD, 1023) < SECOND);
        assert!(Backoff::default().pause(&closed(close::GOING_AWAY), GOOD, 1023) < SECOND);
    }
}
