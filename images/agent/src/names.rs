//! The agent's own resolver: `<service>.ztna` -> its virtual address. Bytes in, bytes out.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use simple_dns::rdata::{A, RData, SOA};
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

/// The domain whose names are answered, and no other.
pub const DOMAIN: &str = "ztna";

/// Seconds for which an answer may be kept: a service's address changes only with the configuration.
const TTL: u32 = 60;

/// The names of services, without the domain.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<String, Ipv4Addr>);

impl Names {
    /// The names of these services.
    pub fn new(services: impl Iterator<Item = (String, Ipv4Addr)>) -> Self {
        Self(services.collect())
    }

    /// Answers a question; none for what is no question. Names outside the domain are refused: the system asks others for them.
    pub fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let query = Packet::parse(question).ok()?;
        if query.has_flags(PacketFlag::RESPONSE) {
            return None;
        }
        let mut reply = query.clone().into_reply();
        reply.answers.clear();
        reply.additional_records.clear();
        *reply.rcode_mut() = self.fill(&query, &mut reply);
        reply.build_bytes_vec().ok()
    }

    fn fill<'a>(&self, query: &Packet<'a>, reply: &mut Packet<'a>) -> RCODE {
        let [asked] = &query.questions[..] else { return RCODE::FormatError };
        if query.opcode() != OPCODE::StandardQuery {
            return RCODE::NotImplemented;
        }
        let name = asked.qname.to_string().to_ascii_lowercase();
        let Some(id) = inside(&name) else { return RCODE::Refused };
        reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
        let found = self.0.get(id);
        match found {
            Some(address) if matches!(asked.qtype, QTYPE::TYPE(TYPE::A) | QTYPE::ANY) => {
                let data = RData::A(A { address: u32::from(*address) });
                reply.answers.push(ResourceRecord::new(asked.qname.clone(), CLASS::IN, TTL, data));
                RCODE::NoError
            }
            // There is the name, or the domain itself, but nothing of this type.
            _ if found.is_some() || id.is_empty() => authority(reply),
            _ => {
                authority(reply);
                RCODE::NameError
            }
        }
    }
}

/// What is before the domain; none where a name is in another.
fn inside(name: &str) -> Option<&str> {
    let before = name.strip_suffix(DOMAIN)?;
    if before.is_empty() { Some(before) } else { before.strip_suffix('.') }
}

/// Says how long a "no" may be kept (RFC 2308).
fn authority(reply: &mut Packet<'_>) -> RCODE {
    let name = Name::new_unchecked(DOMAIN);
    let start = SOA {
        mname: Name::new_unchecked(DOMAIN),
        rname: Name::new_unchecked(DOMAIN),
        serial: 1,
        refresh: 3600,
        retry: 600,
        expire: 86_400,
        minimum: TTL,
    };
    reply.name_servers.push(ResourceRecord::new(name, CLASS::IN, TTL, RData::SOA(start)));
    RCODE::NoError
}

#[cfg(test)]
mod tests {
    use simple_dns::{QCLASS, Question};

    use super::*;

    fn names() -> Names {
        Names::new([("web-app".to_owned(), Ipv4Addr::new(10, 100, 0, 2))].into_iter())
    }

    fn ask(name: &str, kind: TYPE) -> (RCODE, Vec<Ipv4Addr>) {
        let mut query = Packet::new_query(7);
        let asked = Question::new(Name::new(name).unwrap(), kind.into(), QCLASS::CLASS(CLASS::IN), false);
        query.questions.push(asked);
        let answer = names().answer(&query.build_bytes_vec().unwrap()).unwrap();
        let answer = Packet::parse(&answer).unwrap();
        assert_eq!((answer.id(), answer.questions.len()), (7, 1));
        let address = |record: &ResourceRecord| match &record.rdata {
            RData::A(data) => Ipv4Addr::from(data.address),
            other => panic!("{other:?}"),
        };
        (answer.rcode(), answer.answers.iter().map(address).collect())
    }

    #[test]
    fn a_service_has_its_virtual_address_in_any_letter_case() {
        for name in ["web-app.ztna", "Web-App.ZTNA"] {
            assert_eq!(ask(name, TYPE::A), (RCODE::NoError, vec![Ipv4Addr::new(10, 100, 0, 2)]));
        }
    }

    #[test]
    fn there_is_no_ipv6_no_other_service_and_no_other_domain() {
        assert_eq!(ask("web-app.ztna", TYPE::AAAA), (RCODE::NoError, vec![]));
        assert_eq!(ask("ztna", TYPE::A), (RCODE::NoError, vec![]));
        assert_eq!(ask("wiki.ztna", TYPE::A), (RCODE::NameError, vec![]));
        assert_eq!(ask("a.web-app.ztna", TYPE::A), (RCODE::NameError, vec![]));
        for other in ["example.com", "web-appztna", "ztna.example.com"] {
            assert_eq!(ask(other, TYPE::A), (RCODE::Refused, vec![]), "{other}");
        }
    }

    #[test]
    fn what_is_no_question_gets_no_answer() {
        assert_eq!(names().answer(b""), None);
        assert_eq!(names().answer(&[0xFF; 40]), None);
        let reply = Packet::new_reply(7).build_bytes_vec().unwrap();
        assert_eq!(names().answer(&reply), None);
        let empty = names().answer(&Packet::new_query(7).build_bytes_vec().unwrap()).unwrap();
        assert_eq!(Packet::parse(&empty).unwrap().rcode(), RCODE::FormatError);
    }
}
