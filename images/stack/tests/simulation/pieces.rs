//! A peer that has some pieces of what was sent, and says which (RFC 2018).

use std::time::Duration;

use stack::{Event, Write};
use tunnel::packet::{ACK, SYN, Segment};
use tunnel::time::Monotonic;

use crate::handshakes::{by_hand, sent, with_options};
use crate::network::{MTU, Network, Weather};

/// Segments that are on their way at once: as many as a new flow may have.
const SEGMENTS: usize = 10;

/// A server of a client made by hand, with so many segments on their way, and those.
fn under_way(world: &mut Network) -> Vec<Segment> {
    // SACK permitted.
    world.ends[1].receive(0, &with_options(&[4, 2, 1, 1], 60_000, SYN, 99, 0, b""), world.now).unwrap();
    let Some(Event::Incoming { flow, .. }) = world.ends[1].events().next() else { panic!("a flow") };
    world.ends[1].accept(flow, MTU, world.now).unwrap();
    let first = sent(world).unwrap().sequence.wrapping_add(1);
    world.ends[1].receive(0, &by_hand(ACK, 100, first, b""), world.now).unwrap();
    let written = world.ends[1].write(flow, world.now, |room| (room.len(), room.fill(7)));
    assert_eq!(written, Write::Some(()));
    let all: Vec<_> = std::iter::from_fn(|| sent(world)).filter(|one| one.data > 0).collect();
    assert_eq!(all.len(), SEGMENTS);
    all
}

/// The client says that it has these of the segments, and the first.
/// Returns which of those after the second, which smoltcp sends again itself, come again at once.
fn again(world: &mut Network, all: &[Segment], has: &[usize]) -> Vec<usize> {
    let length = u8::try_from(2 + 8 * has.len()).unwrap();
    let edges = has.iter().flat_map(|at| [all[*at].sequence, all[*at].end()]).flat_map(u32::to_be_bytes);
    let options: Vec<u8> = [1, 1, 5, length].into_iter().chain(edges).collect();
    let packet = with_options(&options, 60_000, ACK, 100, all[1].sequence, b"");
    world.ends[1].receive(0, &packet, world.now).unwrap();
    let come: Vec<_> = std::iter::from_fn(|| sent(world)).collect();
    let known = |one: &Segment| all.iter().position(|sent| sent.sequence == one.sequence);
    come.iter().filter(|one| one.data > 0).filter_map(known).filter(|at| *at > 1).collect()
}

/// Lets a round trip pass, which took 30 ms when it was measured.
fn trip(world: &mut Network) {
    let at: Monotonic = world.now + Duration::from_millis(30);
    world.now = at;
    world.ends[1].advance(at);
}

#[test]
fn all_that_is_missing_comes_again_at_once_and_once_in_a_round_trip() {
    let mut world = Network::new(1, Weather::default());
    let all = under_way(&mut world);
    trip(&mut world);
    // Two later ones are there: it may only be overtaken.
    assert!(again(&mut world, &all, &[4]).is_empty());
    assert!(again(&mut world, &all, &[4, 6]).is_empty());
    // Three are later than 2 and 3, and two than 5.
    assert_eq!(again(&mut world, &all, &[4, 6, 8]), [2, 3]);
    // And another later one shows the next, without those that are on their way again.
    assert_eq!(again(&mut world, &all, &[6, 8, 9]), [5]);
}
