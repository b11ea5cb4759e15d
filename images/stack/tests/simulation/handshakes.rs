//! How flows begin, and how they do not.

use std::net::SocketAddrV4;
use std::time::Duration;

use stack::{Cut, FlowId, NoFlow, Read, Settings, State, Write};
use tunnel::packet::{ACK, FIN, Packet, RST, SYN, Segment, Transport, Tuple, protocol, tcp};

use crate::network::{CLIENT, MTU, Network, SERVER, Weather, settings};

const WEB: SocketAddrV4 = SocketAddrV4::new(SERVER, 8080);

fn steps(world: &mut Network, millis: u64) {
    let end = world.now + Duration::from_millis(millis);
    while world.now < end {
        world.step(end);
    }
}

/// A world in which one client has sent its SYN.
fn knocked() -> (Network, FlowId, FlowId) {
    let mut world = Network::new(1, Weather { delay: Duration::from_millis(1), ..Weather::default() });
    let client = world.ends[0].connect(0, CLIENT, WEB, MTU, world.now).unwrap();
    steps(&mut world, 2);
    let (server, tuple) = world.incoming.pop().unwrap();
    assert_eq!((tuple.source, tuple.destination, tuple.destination_port), (CLIENT, SERVER, 8080));
    (world, client, server)
}

#[test]
fn nothing_is_answered_and_no_memory_taken_until_it_is_accepted() {
    let (mut world, client, server) = knocked();
    steps(&mut world, 5_000);
    assert_eq!(world.ends[0].state(client), State::Opening);
    assert_eq!((world.ends[1].memory(), world.incoming.len()), (0, 0), "one flow for one SYN and its copies");
    world.ends[1].accept(server, MTU, world.now).unwrap();
    steps(&mut world, 10);
    assert_eq!(world.ends[0].state(client), State::Open);
    assert_eq!(world.ends[1].state(server), State::Open);
}

#[test]
fn a_refusal_is_a_reset_and_leaves_nothing() {
    let (mut world, client, server) = knocked();
    world.ends[1].refuse(server, world.now);
    steps(&mut world, 10);
    assert_eq!(world.ends[0].state(client), State::Cut(Cut::Refused));
    world.ends[0].release(client, world.now);
    assert_eq!((world.ends[0].remembered(), world.ends[1].remembered()), (0, 0));
}

#[test]
fn who_gives_up_in_the_handshake_has_reset_it_and_refused_nothing() {
    let (mut world, client, server) = knocked();
    world.ends[1].accept(server, MTU, world.now).unwrap();
    world.ends[0].release(client, world.now);
    steps(&mut world, 10);
    assert_eq!(world.ends[1].state(server), State::Cut(Cut::Reset));
}

#[test]
fn who_gives_up_before_it_is_accepted_leaves_nothing() {
    let (mut world, client, server) = knocked();
    world.ends[0].release(client, world.now);
    steps(&mut world, 10);
    assert!(matches!(world.ends[1].state(server), State::Cut(_)));
    world.ends[1].accept(server, MTU, world.now).unwrap();
    assert_eq!(world.ends[1].memory(), 0);
    world.ends[1].release(server, world.now);
    steps(&mut world, 70_000);
    assert_eq!((world.ends[0].remembered(), world.ends[1].remembered()), (0, 0));
}

#[test]
fn a_spent_budget_is_a_refusal() {
    let mut world = Network::with(Settings { budget: 40 * 1024, ..settings(1) }, Weather::default());
    let first = world.ends[0].connect(0, CLIENT, WEB, MTU, world.now).unwrap();
    assert_eq!(world.ends[0].connect(0, CLIENT, WEB, MTU, world.now), Err(NoFlow::Memory));
    world.ends[0].release(first, world.now);
    steps(&mut world, 70_000);
    assert!(world.ends[0].connect(0, CLIENT, WEB, MTU, world.now).is_ok());
}

#[test]
fn a_silent_peer_is_given_up() {
    let (mut world, client, server) = knocked();
    world.ends[1].accept(server, MTU, world.now).unwrap();
    steps(&mut world, 10);
    world.weather.loss = 1000;
    let now = world.now;
    let Write::Some(()) = world.ends[0].write(client, now, |room| {
        room[0] = 1;
        (1, ())
    }) else {
        panic!("there is room")
    };
    steps(&mut world, 130_000);
    assert_eq!(world.ends[0].state(client), State::Cut(Cut::Silent));
    assert_eq!(world.ends[1].state(server), State::Open, "an idle one waits");
}

#[test]
fn a_flow_that_is_idle_has_no_deadline_but_its_end() {
    let (mut world, _, server) = knocked();
    world.ends[1].accept(server, MTU, world.now).unwrap();
    steps(&mut world, 100);
    for end in &world.ends {
        let left = end.deadline().unwrap().since(world.now);
        assert!(left > Duration::from_secs(7_000), "{left:?}");
    }
}

/// A segment of a client made by hand.
pub fn by_hand(flags: u8, sequence: u32, acknowledgment: u32, data: &[u8]) -> Vec<u8> {
    with_window(60_000, flags, sequence, acknowledgment, data)
}

/// The same, with what the client has room for.
pub fn with_window(window: u16, flags: u8, sequence: u32, acknowledgment: u32, data: &[u8]) -> Vec<u8> {
    with_options(&[], window, flags, sequence, acknowledgment, data)
}

/// The same, with options of TCP.
pub fn with_options(
    options: &[u8],
    window: u16,
    flags: u8,
    sequence: u32,
    acknowledgment: u32,
    data: &[u8],
) -> Vec<u8> {
    let tuple = Tuple {
        protocol: protocol::TCP,
        source: CLIENT,
        source_port: 5555,
        destination: SERVER,
        destination_port: 8080,
    };
    let segment =
        Segment { source: 5555, destination: 8080, sequence, acknowledgment, flags, data: data.len() as u16 };
    tcp(tuple, &segment, window, options, data).unwrap()
}

pub fn sent(world: &mut Network) -> Option<Segment> {
    let packet = world.ends[1].next_packet(0, world.now)?;
    match Packet::parse(&packet).unwrap().transport {
        Transport::Tcp(segment) => Some(segment),
        other => panic!("{other:?}"),
    }
}

#[test]
fn data_with_syn_and_fin_is_not_lost() {
    let mut world = Network::new(1, Weather::default());
    let now = world.now;
    let stack = &mut world.ends[1];
    stack.receive(0, &by_hand(SYN, 99, 0, b"early"), now).unwrap();
    let Some(stack::Event::Incoming { flow, .. }) = stack.events().next() else { panic!("a flow") };
    stack.accept(flow, MTU, now).unwrap();
    let answer = sent(&mut world).unwrap();
    assert_eq!(
        (answer.flags & (SYN | ACK), answer.acknowledgment),
        (SYN | ACK, 100),
        "its data must come again"
    );
    let stack = &mut world.ends[1];
    let ack = answer.sequence.wrapping_add(1);
    stack.receive(0, &by_hand(ACK | FIN, 100, ack, b"early and late"), now).unwrap();
    assert_eq!(
        stack.read(flow, now, |bytes| (bytes.len(), bytes.to_vec())),
        Read::Some(b"early and late".to_vec())
    );
    assert_eq!(stack.read(flow, now, |_| (0, ())), Read::End);
    assert_eq!(sent(&mut world).unwrap().acknowledgment, 115);
}

#[test]
fn what_is_out_of_order_is_kept() {
    let mut world = Network::new(1, Weather::default());
    let now = world.now;
    let stack = &mut world.ends[1];
    stack.receive(0, &by_hand(SYN, 99, 0, b""), now).unwrap();
    let Some(stack::Event::Incoming { flow, .. }) = stack.events().next() else { panic!("a flow") };
    stack.accept(flow, MTU, now).unwrap();
    let ack = sent(&mut world).unwrap().sequence.wrapping_add(1);
    let stack = &mut world.ends[1];
    for (sequence, data) in [(106, b"three"), (110, b"fours"), (103, b"two t"), (100, b"one t")] {
        stack.receive(0, &by_hand(ACK, sequence, ack, data), now).unwrap();
    }
    let read = stack.read(flow, now, |bytes| (bytes.len(), String::from_utf8(bytes.to_vec()).unwrap()));
    assert!(matches!(&read, Read::Some(text) if text.len() == 15 && text.ends_with("fours")), "{read:?}");
}

#[test]
fn a_segment_of_nobody_is_reset_and_a_reset_of_nobody_is_not_answered() {
    let mut world = Network::new(1, Weather::default());
    world.ends[1].receive(0, &by_hand(ACK, 7, 70, b"x"), world.now).unwrap();
    let answer = sent(&mut world).unwrap();
    assert_eq!((answer.flags, answer.sequence), (RST, 70));
    world.ends[1].receive(0, &by_hand(RST, 7, 0, b""), world.now).unwrap();
    assert_eq!(sent(&mut world), None);
}
