//! Bytes -> message.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::{Malformed, Message, Refusal, first};

impl<'a> Message<'a> {
    /// Reads one datagram.
    pub fn decode(datagram: &'a [u8]) -> Result<Message<'a>, Malformed> {
        let (&kind, rest) = datagram.split_first().ok_or(Malformed::CutShort)?;
        let id = || text(rest, kind);
        Ok(match kind {
            0x40..=0x4F => Message::Packet(datagram),
            first::TO_SERVICE => id().map(|(id, packet)| Message::ToService(id, packet))?,
            first::OBSERVED => Message::Observed(observed(rest)?),
            first::REGISTER => Message::Register(id()?.0),
            first::SERVE => Message::Serve(id()?.0),
            first::SERVE_ANNOUNCED => Message::ServeAnnounced(id()?.0),
            first::ACCEPTED | first::REFUSED => answer(kind, rest)?,
            first::WHY => Message::Why(id()?.0),
            first::BECAUSE => {
                let (id, after) = id()?;
                Message::Because(id, long(after)?)
            }
            first::ANNOUNCE => Message::Announce(long(rest)?),
            _ => return Err(Malformed::Unknown(kind)),
        })
    }
}

/// `0x12` or `0x13`: a status, then the id. The status is judged last, so that cut short stays cut short.
fn answer(kind: u8, rest: &[u8]) -> Result<Message<'_>, Malformed> {
    let (&status, rest) = rest.split_first().ok_or(Malformed::CutShort)?;
    let (id, _) = text(rest, kind)?;
    match (kind, status) {
        (first::ACCEPTED, 0x00) => Ok(Message::Accepted(id)),
        (first::REFUSED, 0x01) => Ok(Message::Refused(Refusal::Malformed, id)),
        (first::REFUSED, 0x02) => Ok(Message::Refused(Refusal::NotAuthorized, id)),
        _ => Err(Malformed::Status(status)),
    }
}

/// Four bytes of address and two of port.
fn observed(rest: &[u8]) -> Result<SocketAddrV4, Malformed> {
    let Some(&[a, b, c, d, high, low]) = rest.first_chunk() else { return Err(Malformed::CutShort) };
    Ok(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

/// A length of one byte and as much text; and what follows.
fn text(bytes: &[u8], first: u8) -> Result<(&str, &[u8]), Malformed> {
    let (&length, rest) = bytes.split_first().ok_or(Malformed::CutShort)?;
    let (id, after) = rest.split_at_checked(usize::from(length)).ok_or(Malformed::CutShort)?;
    let id = std::str::from_utf8(id).map_err(|_| Malformed::NotText { first })?;
    Ok((id, after))
}

/// A length of two bytes and as many bytes.
fn long(bytes: &[u8]) -> Result<&[u8], Malformed> {
    let (length, rest) = bytes.split_first_chunk().ok_or(Malformed::CutShort)?;
    rest.get(..usize::from(u16::from_be_bytes(*length))).ok_or(Malformed::CutShort)
}
