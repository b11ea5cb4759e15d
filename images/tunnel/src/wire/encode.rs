//! Message -> bytes.

use super::{MOST_ID, Message, Refusal, first};

impl Message<'_> {
    /// Writes the message at the end of `to`. An id longer than [`MOST_ID`] bytes or a JSON text longer than 65,535 cannot
    /// be said: nothing is written then.
    /// Returns whether it was written.
    #[must_use]
    pub fn encode(&self, to: &mut Vec<u8>) -> bool {
        if !self.is_sayable() {
            return false;
        }
        match *self {
            Message::Observed(address) => {
                to.push(first::OBSERVED);
                to.extend(address.ip().octets());
                to.extend(address.port().to_be_bytes());
            }
            Message::Register(id) => put_text(to, &[first::REGISTER], id),
            Message::Serve(id) => put_text(to, &[first::SERVE], id),
            Message::ServeAnnounced(id) => put_text(to, &[first::SERVE_ANNOUNCED], id),
            Message::Accepted(id) => put_text(to, &[first::ACCEPTED, 0x00], id),
            Message::Refused(Refusal::Malformed, id) => put_text(to, &[first::REFUSED, 0x01], id),
            Message::Refused(Refusal::NotAuthorized, id) => put_text(to, &[first::REFUSED, 0x02], id),
            Message::Why(id) => put_text(to, &[first::WHY], id),
            Message::Because(id, json) => {
                put_text(to, &[first::BECAUSE], id);
                put_long(to, json);
            }
            Message::Announce(json) => {
                to.push(first::ANNOUNCE);
                put_long(to, json);
            }
            Message::ToService(id, packet) => {
                put_text(to, &[first::TO_SERVICE], id);
                to.extend_from_slice(packet);
            }
            Message::Packet(packet) => to.extend_from_slice(packet),
        }
        true
    }

    /// The message as bytes of its own; none where it cannot be said.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut to = Vec::new();
        self.encode(&mut to).then_some(to)
    }

    /// Whether ids and texts fit the lengths that go before them, and a bare packet begins like one.
    fn is_sayable(&self) -> bool {
        match *self {
            Message::Observed(_) => true,
            Message::Register(id)
            | Message::Serve(id)
            | Message::ServeAnnounced(id)
            | Message::Accepted(id)
            | Message::Refused(_, id)
            | Message::Why(id)
            | Message::ToService(id, _) => id.len() <= MOST_ID,
            Message::Because(id, json) => id.len() <= MOST_ID && json.len() <= usize::from(u16::MAX),
            Message::Announce(json) => json.len() <= usize::from(u16::MAX),
            Message::Packet(packet) => packet.first().is_some_and(|first| first >> 4 == 4),
        }
    }
}

/// The bytes before it, a length of one byte, and the text. The length fits: `is_sayable` saw to it.
fn put_text(to: &mut Vec<u8>, before: &[u8], id: &str) {
    to.extend_from_slice(before);
    to.push(id.len() as u8);
    to.extend_from_slice(id.as_bytes());
}

/// A length of two bytes, and the bytes. The length fits: `is_sayable` saw to it.
fn put_long(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend((bytes.len() as u16).to_be_bytes());
    to.extend_from_slice(bytes);
}
