//! What intermediates say.

use std::sync::Arc;

use bytes::Bytes;
use client::Event;
use tunnel::figures::DropReason;
use tunnel::packet::Packet;
use tunnel::wire::{Announcement, Malformed, Message};

use super::connector::{Connector, Rules};
use crate::flows::{Sorted, sort};

impl Connector {
    /// Something happened between us and the intermediates.
    pub(super) fn event(self: &Arc<Self>, event: Event) {
        match event {
            Event::Up(link) => self.up(link),
            Event::Datagrams { link, datagrams } => self.datagrams(link.server(), &datagrams),
            Event::Down { server, was_up, why } => self.down(&server, was_up, &why),
        }
    }

    fn datagrams(self: &Arc<Self>, server: &Arc<str>, datagrams: &[Bytes]) {
        let number = self.servers().of(server).number;
        let rules = self.rules.borrow().clone();
        let mut segments: Vec<&[u8]> = Vec::new();
        for datagram in datagrams {
            match Message::decode(datagram) {
                Ok(Message::Packet(packet)) => {
                    if self.packet(&rules, number, packet) {
                        segments.push(packet);
                    }
                }
                Ok(message) => self.message(server, &message),
                Err(Malformed::CutShort) => self.dropped(DropReason::MessageCutShort),
                Err(Malformed::NotText { .. }) => self.dropped(DropReason::MessageNotText),
                Err(_) => self.dropped(DropReason::MessageUnknown),
            }
        }
        if !segments.is_empty() {
            self.host.receive(number, segments, |reason| self.dropped(reason));
        }
    }

    fn message(&self, server: &Arc<str>, message: &Message<'_>) {
        match message {
            Message::Observed(_) => {}
            Message::Accepted(id) => self.answered(server, id, true),
            Message::Refused(_, id) => self.answered(server, id, false),
            Message::Announce(json) => match Announcement::from_json(json) {
                Some(announcement) => {
                    let now = self.now().monotonic;
                    self.servers().of(server).announced.note(announcement, now);
                }
                None => self.dropped(DropReason::MessageNotText),
            },
            _ => self.dropped(DropReason::MessageUnknown),
        }
    }

    fn answered(&self, server: &Arc<str>, service: &str, is_accepted: bool) {
        let is_new = self.servers().of(server).registrations.answered(service, is_accepted);
        match (is_new, is_accepted) {
            (true, true) => tracing::info!(%server, service, "serving"),
            (true, false) => tracing::warn!(%server, service, "the intermediate does not let this be served"),
            (false, _) => {}
        }
        self.register();
    }

    /// One inner packet.
    /// Returns whether it is for TCP in user space.
    fn packet(self: &Arc<Self>, rules: &Rules, number: u64, packet: &[u8]) -> bool {
        let now = self.now();
        let metrics = &self.status.metrics;
        let sorted = sort(rules.as_deref(), packet, now.instant);
        if sorted.is_ok() {
            metrics.forwarded_packets.inc();
            metrics.forwarded_bytes.inc_by(packet.len() as u64);
        }
        match sorted {
            Ok(Sorted::Tcp) => return true,
            Ok(Sorted::Udp { tuple, data, service }) => self.udp_in(number, tuple, data, service, now),
            Ok(Sorted::Answer(answer)) => self.answer(number, packet, answer),
            Err(reason) => self.dropped(reason),
        }
        false
    }

    fn answer(&self, number: u64, about: &[u8], answer: Vec<u8>) {
        let Ok(Packet { source, .. }) = Packet::parse(about) else { return };
        if !self.host.send(number, source, answer) {
            self.dropped(DropReason::QueueFull);
        }
    }
}
