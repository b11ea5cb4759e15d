//! Sets of ports.

/// Port intervals, both ends included, ascending, neither touching nor overlapping.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PortSet(Box<[(u16, u16)]>);

impl PortSet {
    /// From intervals in order; none where they are not.
    pub fn new(intervals: Vec<(u16, u16)>) -> Option<PortSet> {
        let _ = intervals;
        todo!()
    }

    /// Whether it includes a port.
    pub fn includes(&self, port: u16) -> bool {
        let _ = port;
        todo!()
    }

    /// Its intervals, ascending.
    pub fn intervals(&self) -> &[(u16, u16)] {
        &self.0
    }
}
