//! A peer that has no room, and misses a part of what was sent.

use std::time::Duration;

use stack::{Event, FlowId, Read, Write};
use tunnel::packet::{ACK, FIN, SYN, Segment};

use crate::handshakes::{by_hand, sent, with_window};
use crate::network::{MTU, Network, Weather};

/// Bytes that the server sends: some segments, all of which fit into the client's first window.
const DATA: u32 = 2_000;

/// The first timeout (250 ms, the round trip being nothing) is in it, and the second is not.
const TIMEOUTS: Duration = Duration::from_millis(400);

/// A server of a client made by hand that has sent all its data, of which only the first segment came.
/// Returns its flow and what that segment was.
fn half_arrived(world: &mut Network, flags: u8) -> (FlowId, Segment) {
    let now = world.now;
    world.ends[1].receive(0, &by_hand(SYN, 99, 0, b""), now).unwrap();
    let Some(Event::Incoming { flow, .. }) = world.ends[1].events().next() else { panic!("a flow") };
    world.ends[1].accept(flow, MTU, now).unwrap();
    let first = sent(world).unwrap().sequence.wrapping_add(1);
    world.ends[1].receive(0, &by_hand(ACK | flags, 100, first, b""), now).unwrap();
    let stack = &mut world.ends[1];
    let written = stack.write(flow, now, |room| (DATA as usize, room[..DATA as usize].fill(7)));
    assert_eq!(written, Write::Some(()));
    let packets = std::iter::from_fn(|| sent(world)).collect::<Vec<_>>();
    assert_eq!(packets.iter().map(|one| u32::from(one.data)).sum::<u32>(), DATA);
    (flow, packets.into_iter().find(|one| one.data > 0).unwrap())
}

/// Lets time pass.
/// Returns the segments that came from the server meanwhile.
fn pass(world: &mut Network, time: Duration) -> Vec<Segment> {
    let end = world.now + time;
    let mut seen = Vec::new();
    while world.now < end {
        world.now = world.now + Duration::from_millis(10);
        world.ends[1].advance(world.now);
        seen.extend(std::iter::from_fn(|| sent(world)));
    }
    seen
}

/// Whether what the client misses first came again.
fn is_among(seen: &[Segment], missing: u32) -> bool {
    seen.iter().any(|one| one.sequence == missing && one.data > 1)
}

#[test]
fn what_was_lost_comes_again_although_the_peer_has_no_room_for_more() {
    let mut world = Network::new(1, Weather::default());
    let (_, first) = half_arrived(&mut world, 0);
    world.ends[1].receive(0, &with_window(0, ACK, 100, first.end(), b""), world.now).unwrap();
    let seen = pass(&mut world, TIMEOUTS);
    assert!(is_among(&seen, first.end()), "{seen:?}");
}

#[test]
fn what_was_lost_comes_again_when_the_peer_has_room_again() {
    let mut world = Network::new(1, Weather::default());
    let (_, first) = half_arrived(&mut world, 0);
    for window in [0, 50_000] {
        world.ends[1].receive(0, &with_window(window, ACK, 100, first.end(), b""), world.now).unwrap();
    }
    let seen = pass(&mut world, TIMEOUTS);
    assert!(is_among(&seen, first.end()), "{seen:?}");
}

#[test]
fn repeated_acknowledgments_show_a_loss_also_where_both_ends_were_said() {
    let mut world = Network::new(1, Weather::default());
    let (flow, first) = half_arrived(&mut world, FIN);
    let now = world.now;
    assert_eq!(world.ends[1].read(flow, now, |_| (0, ())), Read::End);
    world.ends[1].finish(flow, now);
    world.ends[1].release(flow, now);
    for _ in 0..4 {
        world.ends[1].receive(0, &by_hand(ACK, 101, first.end(), b""), now).unwrap();
    }
    let seen = pass(&mut world, Duration::from_millis(20));
    assert!(is_among(&seen, first.end()), "before any timeout: {seen:?}");
    let all = first.sequence.wrapping_add(DATA);
    world.ends[1].receive(0, &by_hand(ACK, 101, all, b""), world.now).unwrap();
    let seen = pass(&mut world, Duration::from_millis(20));
    assert!(seen.iter().any(|one| one.flags & FIN != 0 && one.sequence == all), "{seen:?}");
    world.ends[1].receive(0, &by_hand(ACK, 101, all.wrapping_add(1), b""), world.now).unwrap();
    assert_eq!(world.ends[1].len(), 0);
}
