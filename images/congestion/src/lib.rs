//! How much a connection of agent, intermediate or connector may have on its way.
//!
//! CUBIC takes every loss for a full path. With 1 % of packets lost by chance at 30 ms it stays near what Reno has there, 1.22 packets
//! in a round trip divided by the root of 0.01, some 4 Mbit/s (RFC 9438 section 5.1), whatever the path could carry. And the TCP
//! inside the tunnel hears of each loss already. So quinn's CUBIC is told of losses only where they show that the path is full:
//!
//! - more is lost than 2 % of what arrives ([`Allowance`]), as BBRv3 has it, or
//! - packets wait somewhere: a round trip takes clearly longer than the shortest, as TCP Veno tells losses apart
//!   (Fu and Liew, 2003). There CUBIC is what it is elsewhere, and leaves others at the same queue their part.
//!
//! ECN marks and persistent congestion (RFC 9002 section 7.6) are never chance.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use quinn_proto::RttEstimator;
use quinn_proto::congestion::{Controller, ControllerFactory, ControllerMetrics, Cubic, CubicConfig};

mod allowance;
mod trips;

use allowance::Allowance;
use trips::Trips;

/// What makes a controller for each path of a connection.
#[derive(Clone, Copy, Default, Debug)]
pub struct Factory;

impl ControllerFactory for Factory {
    fn build(self: Arc<Self>, now: Instant, mtu: u16) -> Box<dyn Controller> {
        let cubic = Cubic::new(Arc::new(CubicConfig::default()), now, mtu);
        Box::new(Tolerant { cubic, allowance: Allowance::new(mtu), trips: Trips::new(now), answered: None })
    }
}

/// CUBIC that is not told of losses by chance.
#[derive(Clone, Debug)]
struct Tolerant {
    cubic: Cubic,
    allowance: Allowance,
    trips: Trips,
    /// When CUBIC was last told: of what was sent before, it has been.
    answered: Option<Instant>,
}

impl Tolerant {
    fn is_new(&self, sent: Instant) -> bool {
        self.answered.is_none_or(|answered| sent > answered)
    }

    /// Whether losses of so many bytes show that the path is full. An ECN mark is of 0 bytes.
    fn is_full(&mut self, is_persistent: bool, lost: u64) -> bool {
        let is_spent = self.allowance.lost(lost);
        is_persistent || lost == 0 || is_spent || self.trips.is_waiting()
    }
}

impl Controller for Tolerant {
    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        if self.is_new(sent) {
            self.allowance.arrived(bytes);
        }
        self.trips.heard(sent, now);
        self.cubic.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, is_persistent: bool, lost: u64) {
        if self.is_new(sent) && self.is_full(is_persistent, lost) {
            self.answered = Some(now);
            self.allowance.renew();
            self.cubic.on_congestion_event(now, sent, is_persistent, lost);
        }
    }

    fn on_mtu_update(&mut self, mtu: u16) {
        self.cubic.on_mtu_update(mtu);
    }

    fn window(&self) -> u64 {
        self.cubic.window()
    }

    fn metrics(&self) -> ControllerMetrics {
        self.cubic.metrics()
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.cubic.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PACKET: u64 = 1350;

    /// The window before and after these losses, each of what was sent a second after the one before: whether it is persistent, and
    /// how many bytes.
    fn windows(losses: &[(bool, u64)]) -> (u64, u64) {
        let begin = Instant::now();
        let mut controller = Arc::new(Factory).build(begin, 1350);
        let before = controller.window();
        for (second, (is_persistent, lost)) in (1..).zip(losses) {
            let sent = begin + Duration::from_secs(second);
            controller.on_congestion_event(sent + Duration::from_millis(30), sent, *is_persistent, *lost);
        }
        (before, controller.window())
    }

    #[test]
    fn losses_by_chance_leave_the_window_and_more_than_that_do_not() {
        let (before, after) = windows(&[(false, PACKET); 8]);
        assert_eq!(after, before);
        let (before, after) = windows(&[(false, PACKET); 9]);
        assert_eq!(after, before * 7 / 10);
        // Once CUBIC was told, there is an allowance again.
        let (before, after) = windows(&[(false, PACKET); 17]);
        assert_eq!(after, before * 7 / 10);
    }

    #[test]
    fn a_mark_and_persistent_congestion_are_never_chance() {
        let (before, after) = windows(&[(false, 0)]);
        assert_eq!(after, before * 7 / 10);
        let (_, after) = windows(&[(true, PACKET)]);
        assert_eq!(after, 2 * PACKET);
    }

    #[test]
    fn what_was_sent_before_cubic_was_told_tells_it_nothing_more() {
        let begin = Instant::now();
        let mut controller = Arc::new(Factory).build(begin, 1350);
        let (sent, now) = (begin + Duration::from_millis(1), begin + Duration::from_millis(30));
        controller.on_congestion_event(now, sent, false, 9 * PACKET);
        let told = controller.window();
        // All of a window was lost, which is found in parts.
        controller.on_congestion_event(now, now, false, 8 * PACKET);
        let later = now + Duration::from_millis(1);
        controller.on_congestion_event(later, later, false, 8 * PACKET);
        assert_eq!(controller.window(), told);
    }
}
