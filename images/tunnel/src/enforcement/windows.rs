//! Which ports are open when: what some grants of one service come to together.

use super::PortSet;
use crate::time::Instant;

/// An interval of time, the end excluded.
pub(super) type Time = (Instant, Instant);

/// Ports and the time in which they are open.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Slot {
    first: u16,
    last: u16,
    times: Box<[Time]>,
}

/// Disjoint slots, ascending: two binary searches answer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Windows {
    slots: Box<[Slot]>,
    /// When any port is open.
    any: Box<[Time]>,
}

impl Windows {
    /// Unites grants, each some ports in some time, within a service's ports.
    pub(super) fn unite<'a>(grants: impl Iterator<Item = (&'a PortSet, Time)>, within: &PortSet) -> Windows {
        let mut boxes: Vec<(u16, u16, Time)> = grants
            .flat_map(|(ports, time)| ports.intervals().iter().map(move |&(first, last)| (first, last, time)))
            .collect();
        boxes.sort_unstable();
        let edges =
            boxes.iter().map(|&(first, last, _)| (first, last)).chain(within.intervals().iter().copied());
        let mut cuts: Vec<u32> =
            edges.flat_map(|(first, last)| [u32::from(first), u32::from(last) + 1]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut slots: Vec<Slot> = Vec::new();
        let mut boxes = boxes.into_iter().peekable();
        let mut active: Vec<(u16, Time)> = Vec::new();
        for pair in cuts.windows(2) {
            let (first, last) = (pair[0] as u16, (pair[1] - 1) as u16);
            active.retain(|(to, _)| first <= *to);
            active.extend(
                std::iter::from_fn(|| boxes.next_if(|next| next.0 <= first)).map(|(_, to, time)| (to, time)),
            );
            if within.includes(first) {
                push(&mut slots, first, last, merge(active.iter().map(|(_, time)| *time).collect()));
            }
        }
        let any = merge(slots.iter().flat_map(|slot| slot.times.iter().copied()).collect()).into();
        Windows { slots: slots.into(), any }
    }

    /// Until when a port is open without a break, if it is open at an instant.
    pub(super) fn open_until(&self, port: u16, at: Instant) -> Option<Instant> {
        let after = self.slots.partition_point(|slot| slot.first <= port);
        let slot = self.slots.get(after.checked_sub(1)?).filter(|slot| port <= slot.last)?;
        end_of(&slot.times, at)
    }

    /// Until when some port is open without a break, if any is open at an instant: what an echo needs.
    pub(super) fn any_until(&self, at: Instant) -> Option<Instant> {
        end_of(&self.any, at)
    }

    /// When the first port opens after an instant.
    pub(super) fn next_opening(&self, after: Instant) -> Option<Instant> {
        self.any.iter().map(|(begin, _)| *begin).find(|begin| *begin > after)
    }
}

/// The end of the interval that includes an instant.
fn end_of(times: &[Time], at: Instant) -> Option<Instant> {
    let after = times.partition_point(|(begin, _)| *begin <= at);
    let (_, end) = times.get(after.checked_sub(1)?)?;
    (at < *end).then_some(*end)
}

/// Intervals united: ascending, neither touching nor overlapping, none empty.
fn merge(mut times: Vec<Time>) -> Vec<Time> {
    times.retain(|(begin, end)| begin < end);
    times.sort_unstable();
    let mut merged: Vec<Time> = Vec::with_capacity(times.len());
    for (begin, end) in times {
        match merged.last_mut() {
            Some((_, last)) if begin <= *last => *last = end.max(*last),
            _ => merged.push((begin, end)),
        }
    }
    merged
}

/// Adds a slot, or lengthens the last one where it is open at the same times.
fn push(slots: &mut Vec<Slot>, first: u16, last: u16, times: Vec<Time>) {
    if times.is_empty() {
        return;
    }
    match slots.last_mut() {
        Some(before) if u32::from(before.last) + 1 == u32::from(first) && *before.times == times[..] => {
            before.last = last
        }
        _ => slots.push(Slot { first, last, times: times.into() }),
    }
}
