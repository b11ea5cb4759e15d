//! Which service is said to one intermediate, and what it answered.

use std::collections::BTreeMap;
use std::time::Duration;

use tunnel::enforcement::ConnectorRules;
use tunnel::time::Monotonic;
use tunnel::wire::Message;

/// A registration is said at 0, 2 and 4 s, as every client of `ztna-v1` does.
const PAUSE: Duration = Duration::from_secs(2);

/// Then less often, while there is no answer.
const LATER: Duration = Duration::from_secs(10);

/// How often it is said at first.
const TRIES: u32 = 3;

/// The registrations on one connection.
#[derive(Debug, Default)]
pub struct Registrations(BTreeMap<String, Registration>);

#[derive(Debug)]
struct Registration {
    /// Whether it asks for announcements.
    announced: bool,
    said: u32,
    next: Monotonic,
    /// What the intermediate answered; an unasked acceptance may follow a refusal.
    answer: Option<bool>,
}

impl Registrations {
    /// What is served from now on: new services are said, others forgotten.
    pub fn serve(&mut self, rules: &ConnectorRules, now: Monotonic) {
        self.0.retain(|id, one| {
            rules.service(id).is_some_and(|service| service.proxy_protocol == one.announced)
        });
        for service in &rules.services {
            self.0.entry(service.id.clone()).or_insert(Registration {
                announced: service.proxy_protocol,
                said: 0,
                next: now,
                answer: None,
            });
        }
    }

    /// The messages that are due.
    pub fn due(&mut self, now: Monotonic) -> Vec<Vec<u8>> {
        let due = self.0.iter_mut().filter(|(_, one)| one.answer.is_none() && one.next <= now);
        due.filter_map(|(id, one)| {
            one.said += 1;
            one.next = now + if one.said < TRIES { PAUSE } else { LATER };
            let message = if one.announced { Message::ServeAnnounced(id) } else { Message::Serve(id) };
            message.to_bytes()
        })
        .collect()
    }

    /// An answer came.
    /// Returns whether it says something new.
    pub fn answered(&mut self, id: &str, is_accepted: bool) -> bool {
        let Some(one) = self.0.get_mut(id) else { return false };
        let is_new = one.answer != Some(is_accepted);
        one.answer = Some(is_accepted);
        is_new
    }

    /// Whether something is served here, or there is nothing to serve.
    pub fn is_serving(&self) -> bool {
        self.0.is_empty() || self.0.values().any(|one| one.answer == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use tunnel::enforcement::Enforcement;

    use super::*;

    fn rules(services: &str) -> ConnectorRules {
        let file = format!(
            r#"{{"schemaVersion":1,"environment":"lab","component":"connector/home","epoch":1,"sequence":1,
            "notBefore":"2026-01-01T00:00:00Z","notAfter":"2026-01-01T00:05:00Z",
            "connector":{{"services":[{services}],"intermediates":[]}}}}"#
        );
        let file = Enforcement::read(file.as_bytes(), "connector/home").unwrap();
        ConnectorRules::clone(file.connector().unwrap())
    }

    fn service(id: &str, proxy: bool) -> String {
        let address = 2 + id.len();
        format!(
            r#"{{"id":"{id}","protocol":"tcp","ports":[[80,80]],"virtualIp":"10.100.0.{address}",
            "backend":"web:80","proxyProtocol":{proxy}}}"#
        )
    }

    fn at(seconds: u64) -> Monotonic {
        Monotonic::since_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn it_is_said_until_it_is_answered() {
        let mut all = Registrations::default();
        all.serve(&rules(&format!("{},{}", service("a", false), service("bb", true))), at(0));
        assert_eq!(all.due(at(0)), [b"\x11\x01a".to_vec(), b"\x23\x02bb".to_vec()]);
        assert!(all.due(at(1)).is_empty() && !all.is_serving());
        assert!(all.answered("a", true) && all.is_serving());
        assert_eq!(all.due(at(2)), [b"\x23\x02bb".to_vec()]);
        assert!(all.answered("bb", false) && !all.answered("bb", false));
        assert!(all.due(at(100)).is_empty(), "a refusal is final");
        assert!(all.answered("bb", true), "until the intermediate says otherwise");
    }

    #[test]
    fn another_file_says_what_is_new_or_another_kind() {
        let mut all = Registrations::default();
        all.serve(&rules(&service("a", false)), at(0));
        all.due(at(0));
        all.answered("a", true);
        all.serve(&rules(&service("a", false)), at(9));
        assert!(all.due(at(9)).is_empty());
        all.serve(&rules(&service("a", true)), at(9));
        assert_eq!(all.due(at(9)), [b"\x23\x01a".to_vec()]);
        all.serve(&rules(""), at(9));
        assert!(all.due(at(9)).is_empty() && all.is_serving());
    }
}
