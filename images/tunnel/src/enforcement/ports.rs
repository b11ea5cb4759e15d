//! Sets of ports.

/// Port intervals, both ends included, ascending, neither touching nor overlapping.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PortSet(Box<[(u16, u16)]>);

impl PortSet {
    /// From intervals in order; none where they are not.
    pub fn new(intervals: Vec<(u16, u16)>) -> Option<PortSet> {
        let is_forward = intervals.iter().all(|(first, last)| first <= last);
        let is_apart = |pair: &[(u16, u16)]| u32::from(pair[0].1) + 1 < u32::from(pair[1].0);
        (is_forward && intervals.windows(2).all(is_apart)).then(|| PortSet(intervals.into()))
    }

    /// Whether it includes a port.
    pub fn includes(&self, port: u16) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= port);
        after.checked_sub(1).is_some_and(|at| port <= self.0[at].1)
    }

    /// Its intervals, ascending.
    pub fn intervals(&self) -> &[(u16, u16)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_included() {
        let ports = PortSet::new(vec![(80, 80), (9_000, 9_010), (65_535, 65_535)]).unwrap();
        let included = [80, 9_000, 9_005, 9_010, 65_535];
        let excluded = [0, 1, 79, 81, 8_999, 9_011, 65_534];
        assert!(included.iter().all(|port| ports.includes(*port)));
        assert!(!excluded.iter().any(|port| ports.includes(*port)));
    }

    #[test]
    fn intervals_are_in_order_and_apart() {
        for wrong in [vec![(2, 1)], vec![(1, 2), (3, 4)], vec![(1, 5), (5, 6)], vec![(5, 6), (1, 2)]] {
            assert_eq!(PortSet::new(wrong), None);
        }
        assert!(PortSet::new(vec![(1, 2), (4, 65_535)]).is_some());
    }
}
