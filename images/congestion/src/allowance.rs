//! What may be lost by chance.

/// Of so many bytes that arrive one may be lost: 2 %, the share that BBRv3 tolerates (draft-ietf-ccwg-bbr, `BBR.LossThresh`).
const SHARE: u64 = 50;

/// Packets that may be lost at once. Where 1 % is lost by chance, an allowance of so many is spent once in some 20,000
/// losses (e^(-1.26 * 8), the Lundberg bound), which is half an hour at 20 Mbit/s. A full path spends it within some round trips.
const AT_ONCE: u64 = 8;

/// Losses spend it, and what arrives fills it up again.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// In parts of a byte, of which [`SHARE`] are one.
    left: u64,
    most: u64,
}

impl Allowance {
    /// A whole one. `mtu` is the size of a packet, in bytes.
    pub fn new(mtu: u16) -> Self {
        let most = AT_ONCE * u64::from(mtu) * SHARE;
        Self { left: most, most }
    }

    /// So many bytes arrived.
    pub fn arrived(&mut self, bytes: u64) {
        self.left = self.left.saturating_add(bytes).min(self.most);
    }

    /// So many bytes were lost.
    /// Returns whether that is more than chance.
    pub fn lost(&mut self, bytes: u64) -> bool {
        let left = self.left.checked_sub(bytes.saturating_mul(SHARE));
        self.left = left.unwrap_or(0);
        left.is_none()
    }

    /// It is whole again.
    pub fn renew(&mut self) {
        self.left = self.most;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: u64 = 1350;

    /// How many losses of `lost` are more than chance, where an allowance is whole again after each.
    fn spent(packets: u64, is_lost: impl Fn(u64) -> bool) -> usize {
        let mut allowance = Allowance::new(1350);
        let is_spent = |packet: u64| {
            let is_spent = is_lost(packet) && allowance.lost(PACKET);
            if is_spent {
                allowance.renew();
            }
            if !is_lost(packet) {
                allowance.arrived(PACKET);
            }
            is_spent
        };
        (0..packets).map(is_spent).filter(|is_spent| *is_spent).count()
    }

    #[test]
    fn one_in_a_hundred_is_chance_and_one_in_thirty_is_not() {
        assert_eq!(spent(100_000, |packet| packet % 100 == 0), 0);
        assert_eq!(spent(100_000, |packet| packet % 51 == 0), 0);
        assert!(spent(100_000, |packet| packet % 30 == 0) > 100);
    }

    #[test]
    fn eight_in_a_row_are_chance_and_nine_are_not() {
        assert_eq!(spent(8, |_| true), 0);
        assert_eq!(spent(9, |_| true), 1);
        // What arrived before saves nothing up.
        assert_eq!(spent(10_009, |packet| packet >= 10_000), 1);
    }
}
