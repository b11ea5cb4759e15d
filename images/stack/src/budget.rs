//! Memory for buffers: one budget for all flows, of which a new one gets the less, the less is left.

use tunnel::limits::WINDOW;

/// The smallest buffer of one direction: a window that still carries 4 Mbit/s at 30 ms.
pub const LEAST: usize = 16 * 1024;

/// The first flow gets this part of the budget, and when a fifth of it is spent, by some 200 flows, a new one gets half as much:
/// shares are `left³ / (total² * SHARES)`, so that 10,000 flows fit 768 MiB, and some hundred have large buffers.
const SHARES: u64 = 750;

/// What all flows together may hold.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    total: usize,
    used: usize,
}

impl Budget {
    /// Nothing is used yet. `total` is in bytes.
    pub fn new(total: usize) -> Self {
        Self { total, used: 0 }
    }

    /// Takes the buffers of a new flow.
    /// Returns the size of each of its two, in bytes; none where not even the smallest are left.
    pub fn take(&mut self) -> Option<usize> {
        let (left, total) = ((self.total - self.used) as u64, (self.total as u64).max(1));
        let share = left * left / total * left / total / SHARES;
        let size = usize::try_from(share / 2).ok()?.clamp(LEAST, WINDOW);
        let fits = self.used + 2 * size <= self.total;
        if fits {
            self.used += 2 * size;
        }
        fits.then_some(size)
    }

    /// Gives back both buffers of a flow.
    pub fn give_back(&mut self, size: usize) {
        self.used = self.used.saturating_sub(2 * size);
    }

    /// Bytes that flows hold.
    pub fn used(&self) -> usize {
        self.used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_flows_fit_and_the_first_have_large_buffers() {
        let mut budget = Budget::new(768 << 20);
        let sizes: Vec<usize> = std::iter::from_fn(|| budget.take()).take(10_000).collect();
        assert_eq!(sizes.len(), 10_000);
        assert_eq!(sizes[0], WINDOW);
        assert!(sizes[200] > 256 * 1024, "{}", sizes[200]);
        assert!(sizes.is_sorted_by(|before, after| before >= after));
        sizes.iter().for_each(|size| budget.give_back(*size));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_spent_budget_gives_nothing() {
        let mut budget = Budget::new(4 * LEAST + 1);
        assert_eq!(budget.take(), Some(LEAST));
        assert_eq!(budget.take(), Some(LEAST));
        assert_eq!(budget.take(), None);
        budget.give_back(LEAST);
        assert_eq!(budget.take(), Some(LEAST));
    }
}
