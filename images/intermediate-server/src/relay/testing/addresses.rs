//! Single cases of inner addresses: whose one is, over a reconnect, a move and a restart, and what goes with it.

use std::collections::BTreeSet;

use serde_json::json;
use tunnel::figures::DropReason;
use tunnel::wire::Message;

use super::super::{Action, Close, ConnectionId, End, Idle};
use super::packets::{ACK, At, EVERYBODY, RST, Read, SYN, read, tcp, udp};
use super::world::{DNS, WEB, World, file, world};

#[test]
fn an_address_is_kept_over_a_reconnect_within_a_minute_and_its_flows_with_it() {
    let mut world = world();
    let first = world.alice();
    world.ask(first, 9);
    let before = world.sent(world.home).remove(0).from;
    world.relay.disconnect(first, world.now());
    world.pass(59.0);
    world.relay.datagram(world.home, &udp((DNS, 53), before, b"!"), world.now());
    assert_eq!(world.drops(DropReason::NoFlow), 1, "there is nobody to get it");
    let second = world.alice();
    world.ask(second, 9);
    assert_eq!(world.sent(world.home).remove(0).from, before);
    world.relay.datagram(world.home, &udp((DNS, 53), before, b"!"), world.now());
    assert_eq!(world.sent(second).len(), 1);
    world.relay.disconnect(second, world.now());
    world.pass(60.0);
    assert_eq!(world.did(second).1.remove(0).why, End::AgentGone);
}

#[test]
fn a_connector_is_told_of_an_agent_that_does_not_come_back() {
    let mut world = world();
    let alice = world.alice();
    let (here, there) = ((EVERYBODY, 9), (WEB, 443));
    world.say(alice, &Message::ToService("web", &tcp(here, there, (100, 0, SYN), &[], b"")));
    let inner = world.sent(world.home).remove(0).from;
    world.relay.datagram(world.home, &tcp(there, inner, (70, 101, SYN | ACK), &[], b""), world.now());
    world.say(alice, &Message::ToService("web", &tcp(here, there, (101, 71, ACK), &[], b"question")));
    world.sent(world.home);
    world.relay.disconnect(alice, world.now());
    world.pass(59.0);
    assert_eq!(world.sent(world.home).len(), 0, "it may come back");
    world.pass(1.0);
    let (told, ended) = world.did(world.home);
    assert_eq!(ended.iter().map(|flow| flow.why).collect::<Vec<_>>(), [End::AgentGone]);
    // What it expects next is one of both: it may have received the question or not.
    let told: Vec<_> = told.iter().map(|reset| read(reset)).collect();
    assert!(told.iter().all(|reset| (reset.from, reset.to, reset.flags() & RST) == (inner, there, RST)));
    let sequences: Vec<_> = told.iter().map(|reset| reset.sequence()).collect();
    assert_eq!(sequences, [101, 109]);
}

#[test]
fn an_agent_that_says_nothing_keeps_its_conversations_beside_another_of_its_certificate() {
    let mut world = world();
    let (idle, busy) = (world.alice(), world.alice());
    let there = (WEB, 443);
    let inner = open(&mut world, idle, 9);
    world.pass(5.0);
    let other = open(&mut world, busy, 10);
    assert_ne!(inner.0, other.0);
    world.relay.datagram(world.home, &tcp(there, inner, (71, 101, ACK), &[], b"news"), world.now());
    assert_eq!(world.sent(idle).len(), 1, "it is asked for nothing, and hears all the same");
    world.say(idle, &Message::ToService("web", &tcp((EVERYBODY, 9), there, (101, 75, ACK), &[], b"on")));
    assert_eq!(world.sent(world.home).remove(0).from, inner);
}

#[test]
fn an_agent_that_comes_back_goes_on_with_what_it_had_and_begins_anew_beside_it() {
    let mut world = world();
    let before = world.alice();
    let there = (WEB, 443);
    let inner = open(&mut world, before, 9);
    world.pass(1.1);
    let after = world.alice();
    let fresh = open(&mut world, after, 10);
    assert_ne!(inner.0, fresh.0, "whose it is cannot be told yet");
    let go_on = |port| {
        Message::to_bytes(&Message::ToService(
            "web",
            &tcp((EVERYBODY, port), there, (101, 71, ACK), &[], b"on"),
        ))
        .unwrap()
    };
    for (port, from) in [(9, inner), (10, fresh), (9, inner)] {
        world.relay.datagram(after, &go_on(port), world.now());
        assert_eq!(world.sent(world.home).remove(0).from, from);
        world.relay.datagram(world.home, &tcp(there, from, (71, 103, ACK), &[], b"and on"), world.now());
        assert_eq!(world.sent(after).len(), 1);
    }
    world.relay.disconnect(before, world.now());
    world.relay.disconnect(after, world.now());
    world.pass(60.0);
    assert_eq!(world.did(world.home).1.len(), 2, "both are given up with the connection that has them");
}

#[test]
fn a_machine_that_moved_is_heard_of_by_whatever_it_says() {
    let mut world = world();
    let before = world.alice();
    let inner = open(&mut world, before, 9);
    world.pass(1.1);
    let after = world.connect("alice@example.com", None, "198.51.100.77:4000", 1312).unwrap();
    assert_eq!(open(&mut world, after, 10).0, inner.0);
}

/// A conversation that an agent begins and that is answered; from where its connector sees it.
fn open(world: &mut World, agent: ConnectionId, port: u16) -> At {
    let there = (WEB, 443);
    world.say(agent, &Message::ToService("web", &tcp((EVERYBODY, port), there, (100, 0, SYN), &[], b"")));
    let inner = world.sent(world.home).remove(0).from;
    world.relay.datagram(world.home, &tcp(there, inner, (70, 101, SYN | ACK), &[], b""), world.now());
    assert_eq!(world.sent(agent).len(), 1);
    inner
}

#[test]
fn two_connections_of_one_certificate_that_both_speak_have_two_addresses() {
    let mut world = world();
    let (first, second) = (world.alice(), world.alice());
    let mut addresses = BTreeSet::new();
    for _ in 0..3 {
        for one in [first, second] {
            world.ask(one, 9);
            addresses.insert(world.sent(world.home).remove(0).from.0);
            world.pass(0.3);
        }
    }
    assert_eq!(addresses.len(), 2);
}

#[test]
fn who_depends_on_its_address_is_closed_when_that_changes() {
    let mut world = World::new(&file(Some(json!(["203.0.113.0/24"]))), Idle::default());
    let alice = world.alice();
    world.relay.moved(alice, "203.0.113.9:4000".parse().unwrap(), 1312, world.now());
    let close = world.relay.actions().pop();
    assert!(matches!(close, Some(Action::Close { code: Close::ComeBack, .. })), "{close:?}");
    let mut world = super::world::world();
    let alice = world.alice();
    world.relay.moved(alice, "203.0.113.9:4000".parse().unwrap(), 1312, world.now());
    assert_eq!(world.did(alice).0, [vec![0x01, 203, 0, 113, 9, 0x0F, 0xA0]]);
}

#[test]
fn after_a_restart_a_conversation_is_found_at_the_connector_that_has_it() {
    let mut world = world();
    let second = world.connect("connector-2", Some("home"), "198.51.100.2:1", 1312).unwrap();
    world.say(second, &Message::Serve("web"));
    let alice = world.alice();
    let (here, there) = ((EVERYBODY, 9), (WEB, 443));
    // Nobody remembers it: both connectors get the segment, the first one knows nothing of it.
    world.say(alice, &Message::ToService("web", &tcp(here, there, (50, 70, ACK), &[], b"on")));
    let actions = world.relay.actions();
    let to = |one| actions.iter().any(|action| matches!(action, Action::Send { to, .. } if *to == one));
    assert!(to(world.home) && to(second));
    let Some(Action::Send { datagram, .. }) = actions.first() else { panic!("{actions:?}") };
    let inner = read(datagram).from;
    world.relay.datagram(world.home, &tcp(there, inner, (70, 0, RST), &[], b""), world.now());
    assert_eq!(world.sent(alice).len(), 0, "one that does not know it ends nothing");
    world.relay.datagram(second, &tcp(there, inner, (70, 52, ACK), &[], b"and on"), world.now());
    assert_eq!(world.sent(alice).remove(0).data, b"and on");
    world.say(alice, &Message::ToService("web", &tcp(here, there, (52, 76, ACK), &[], b"!")));
    assert_eq!(world.sent(second).len(), 1);
    world.relay.datagram(world.home, &tcp(there, inner, (70, 0, RST), &[], b""), world.now());
    assert_eq!(world.sent(alice).len(), 0);
}

#[test]
fn a_conversation_that_no_connector_knows_is_reset() {
    let mut world = world();
    let second = world.connect("connector-2", Some("home"), "198.51.100.2:1", 1312).unwrap();
    world.say(second, &Message::Serve("web"));
    let alice = world.alice();
    world.say(alice, &Message::ToService("web", &tcp((EVERYBODY, 9), (WEB, 443), (50, 70, ACK), &[], b"on")));
    let inner = world.sent(second).remove(0).from;
    for one in [world.home, world.home, second] {
        world.relay.datagram(one, &tcp((WEB, 443), inner, (70, 0, RST), &[], b""), world.now());
    }
    let reset = world.sent(alice);
    assert_eq!(reset.iter().map(Read::flags).collect::<Vec<_>>(), [RST]);
}

#[test]
fn a_new_conversation_on_an_old_port_begins_a_new_flow() {
    let mut world = world();
    let alice = world.alice();
    let (here, there) = ((EVERYBODY, 9), (WEB, 443));
    let begin = |world: &mut World, sequence: u32| {
        world.say(alice, &Message::ToService("web", &tcp(here, there, (sequence, 0, SYN), &[], b"")));
        let inner = world.sent(world.home).remove(0).from;
        world.relay.datagram(
            world.home,
            &tcp(there, inner, (7, sequence + 1, SYN | ACK), &[], b""),
            world.now(),
        );
    };
    begin(&mut world, 100);
    begin(&mut world, 100);
    assert_eq!(world.relay.sizes().2, 1, "a SYN is repeated");
    world.relay.actions();
    world.pass(60.0);
    begin(&mut world, 9);
    assert_eq!(world.relay.sizes().2, 1);
}
