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

/// More than any window is.
const MUCH: u32 = 50_000;

/// All that the client's data gives to whoever reads it now, and whether its end is among it.
fn read_all(world: &mut Network, flow: FlowId) -> (u32, bool) {
    let mut bytes = 0;
    loop {
        let now = world.now;
        match world.ends[1].read(flow, now, |come| (come.len(), come.len() as u32)) {
            Read::Some(some) => bytes += some,
            other => return (bytes, other == Read::End),
        }
    }
}

/// Where both ends have sent all that there is room for, and one that was lost reached beyond that.
#[test]
fn what_is_acknowledged_from_beyond_our_window_is_heard() {
    let mut world = Network::new(1, Weather::default());
    let (_, first) = half_arrived(&mut world, 0);
    let now = world.now;
    world.ends[1].receive(0, &by_hand(ACK, 100, first.end(), &vec![7; MUCH as usize]), now).unwrap();
    let all = first.sequence.wrapping_add(DATA);
    world.ends[1].receive(0, &by_hand(ACK, 100 + MUCH, all, b""), now).unwrap();
    let seen = pass(&mut world, TIMEOUTS);
    assert!(seen.iter().all(|one| one.data == 0), "it has all: {seen:?}");
}

#[test]
fn an_end_beyond_our_window_is_none_until_all_before_it_has_come() {
    let mut world = Network::new(1, Weather::default());
    let (flow, first) = half_arrived(&mut world, 0);
    let now = world.now;
    let much = vec![7; MUCH as usize];
    world.ends[1].receive(0, &by_hand(ACK | FIN, 100, first.end(), &much), now).unwrap();
    let (bytes, has_ended) = read_all(&mut world, flow);
    assert!(0 < bytes && bytes < MUCH && !has_ended, "{bytes}");
    pass(&mut world, Duration::from_millis(20));
    let rest = by_hand(ACK | FIN, 100 + bytes, first.end(), &much[bytes as usize..]);
    world.ends[1].receive(0, &rest, now).unwrap();
    assert_eq!(read_all(&mut world, flow), (MUCH - bytes, true));
}

#[test]
fn an_end_that_comes_before_the_data_is_an_end_when_the_data_has_come() {
    let mut world = Network::new(1, Weather::default());
    let (flow, first) = half_arrived(&mut world, 0);
    let now = world.now;
    world.ends[1].receive(0, &by_hand(ACK | FIN, 103, first.end(), b"def"), now).unwrap();
    assert_eq!(read_all(&mut world, flow), (0, false));
    world.ends[1].receive(0, &by_hand(ACK, 100, first.end(), b"abc"), now).unwrap();
    assert_eq!(read_all(&mut world, flow), (6, true));
}

#[test]
fn what_was_overtaken_by_an_acknowledgment_is_not_left_out() {
    let mut world = Network::new(1, Weather::default());
    let (flow, first) = half_arrived(&mut world, 0);
    let now = world.now;
    let all = first.sequence.wrapping_add(DATA);
    for (sequence, ack) in [(103, all), (100, first.end())] {
        world.ends[1].receive(0, &by_hand(ACK, sequence, ack, b"abc"), now).unwrap();
    }
    assert_eq!(read_all(&mut world, flow), (6, false));
}

#[test]
fn an_older_window_says_nothing() {
    let mut world = Network::new(1, Weather::default());
    let (flow, first) = half_arrived(&mut world, 0);
    let now = world.now;
    let all = first.sequence.wrapping_add(DATA);
    for (window, sequence) in [(60_000, 103), (0, 100)] {
        world.ends[1].receive(0, &with_window(window, ACK, sequence, all, b""), now).unwrap();
    }
    let written = world.ends[1].write(flow, now, |room| (DATA as usize, room[..DATA as usize].fill(7)));
    assert_eq!(written, Write::Some(()));
    let seen = pass(&mut world, Duration::from_millis(20));
    assert_eq!(seen.iter().map(|one| u32::from(one.data)).sum::<u32>(), DATA);
}
