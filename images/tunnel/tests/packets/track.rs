//! A conversation that is ended from the middle.

use std::net::Ipv4Addr;

use tunnel::packet::*;

use crate::kit::*;

const UNIQUE: Ipv4Addr = Ipv4Addr::new(100, 77, 3, 9);

/// The conversation as the agent sees it, and as the connector does.
fn views() -> (Tuple, Tuple) {
    let agent = tuple(protocol::TCP);
    (agent, Tuple { source: UNIQUE, ..agent }.reversed())
}

fn with(flags: u8, sequence: u32, acknowledgment: u32, data: u16) -> Segment {
    Segment { data, ..segment(flags, sequence, acknowledgment) }
}

/// Source, destination, sequence and acknowledgment of each reset.
fn said(resets: &[Vec<u8>]) -> Vec<(Ipv4Addr, Ipv4Addr, u32, Option<u32>)> {
    resets
        .iter()
        .map(|bytes| {
            let read = Packet::parse(bytes).unwrap();
            assert!(is_transport_right(bytes));
            let Transport::Tcp(segment) = read.transport else { panic!("no TCP") };
            let acknowledgment = (segment.flags & ACK != 0).then_some(segment.acknowledgment);
            (read.source, read.destination, segment.sequence, acknowledgment)
        })
        .collect()
}

fn ended(track: &TcpTrack) -> Resets {
    let (agent, connector) = views();
    track.resets(agent, connector)
}

/// SYN, SYN with ACK, ACK.
fn open(client: u32, server: u32) -> TcpTrack {
    let mut track = TcpTrack::default();
    track.saw_opener(&with(SYN, client, 0, 0));
    track.saw_other(&with(SYN | ACK, server, client.wrapping_add(1), 0));
    track.saw_opener(&with(ACK, client.wrapping_add(1), server.wrapping_add(1), 0));
    track
}

#[test]
fn an_idle_conversation_gets_one_reset_each_way_with_the_numbers_expected() {
    let resets = ended(&open(100, 900));
    assert_eq!(said(&resets.to_opener), [(SERVICE, AGENT, 901, Some(101))]);
    assert_eq!(said(&resets.to_other), [(UNIQUE, SERVICE, 101, Some(901))]);
}

#[test]
fn what_is_on_its_way_gets_a_second_one_behind_it() {
    let mut track = open(100, 900);
    track.saw_other(&with(ACK, 901, 101, 500));
    track.saw_other(&with(ACK, 1_401, 101, 500));
    track.saw_opener(&with(ACK, 101, 1_401, 0));
    let resets = ended(&track);
    assert_eq!(said(&resets.to_opener).iter().map(|said| said.2).collect::<Vec<_>>(), [1_401, 1_901]);
    assert_eq!(said(&resets.to_other), [(UNIQUE, SERVICE, 101, Some(1_901))]);
}

#[test]
fn a_syn_that_nobody_answered_is_acknowledged_by_the_reset() {
    let mut track = TcpTrack::default();
    track.saw_opener(&with(SYN, 100, 0, 0));
    let resets = ended(&track);
    assert_eq!(said(&resets.to_opener), [(SERVICE, AGENT, 0, Some(101))]);
    assert_eq!(said(&resets.to_other), [(UNIQUE, SERVICE, 101, None)]);
    assert_eq!(ended(&TcpTrack::default()), Resets::default(), "nothing is known, nothing is said");
}

#[test]
fn numbers_go_round_and_old_segments_change_nothing() {
    let mut track = open(u32::MAX - 1, u32::MAX);
    assert_eq!(said(&ended(&track).to_opener)[0].2, 0);
    track.saw_opener(&with(ACK, u32::MAX, 0, 1_000));
    track.saw_opener(&with(ACK, u32::MAX, 0, 10));
    track.saw_other(&with(ACK, 0, 999, 0));
    let resets = ended(&track);
    assert_eq!(said(&resets.to_other), [(UNIQUE, SERVICE, 999, Some(0))]);
}

#[test]
fn it_is_over_after_both_fins_or_one_reset() {
    let mut track = open(100, 900);
    track.saw_opener(&with(FIN | ACK, 101, 901, 0));
    assert!(!track.is_over(), "half-closed");
    track.saw_other(&with(FIN | ACK, 901, 102, 0));
    assert!(track.is_over());
    let mut track = open(100, 900);
    track.saw_other(&with(RST, 901, 0, 0));
    assert!(track.is_over());
}
