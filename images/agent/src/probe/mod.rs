//! `agent probe`: tries a port of a service, and says in words why it is not reached.

mod packets;
mod trial;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use client::{Ended, event::close};
use tunnel::figures::DropReason;
use tunnel::wire::Because;

use crate::config::{Config, INNER};
use crate::denial::{Denial, reason_of};
use crate::file::Service;
use crate::io::{Settled, Uplink};
use trial::{Answer, Trial};

/// How long it may take until a server is there: two addresses of one that answers slowly.
const CONNECTED: Duration = Duration::from_secs(12);

/// What a probe comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// TCP connected, or UDP answered.
    Reached,
    /// Policy says no, in words.
    Denied(String),
    /// Nothing is known: no server, no certificate, no configuration.
    CouldNotTry(String),
    /// Policy says yes, and the backend does not answer.
    NoAnswer(String),
}

impl Outcome {
    /// 0, 1, 2 or 3.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Outcome::Reached => 0,
            Outcome::Denied(_) => 1,
            Outcome::CouldNotTry(_) => 2,
            Outcome::NoAnswer(_) => 3,
        })
    }

    /// The words to it.
    pub fn words(&self) -> &str {
        match self {
            Outcome::Reached => "reached",
            Outcome::Denied(words) | Outcome::CouldNotTry(words) | Outcome::NoAnswer(words) => words,
        }
    }
}

/// Tries a port of a service.
pub async fn run(config: &Config, id: &str, port: u16) -> Outcome {
    let (uplink, _) = Uplink::start(config, INNER, vec![id.to_owned()], false);
    let outcome = Probe { uplink: &uplink, id, port }.run().await;
    uplink.close().await;
    outcome
}

/// Why nothing can be tried, or why everything is denied, where no server is there.
pub fn without_server(why: &Ended) -> Outcome {
    match why {
        Ended::Closed { code: close::EXPIRED_OR_REVOKED, reason } if reason == DropReason::Revoked.name() => {
            Outcome::Denied("denied: the certificate, its principal or its CA is revoked".into())
        }
        why => Outcome::CouldNotTry(why.to_string()),
    }
}

/// One port of one service on connections that are there.
pub struct Probe<'a> {
    /// The connections.
    pub uplink: &'a Arc<Uplink>,
    /// The service's id.
    pub id: &'a str,
    /// Its port.
    pub port: u16,
}

impl Probe<'_> {
    /// Waits for a server, asks it, and tries.
    pub async fn run(&self) -> Outcome {
        match self.policy().await {
            Err(outcome) => outcome,
            Ok(None) => Outcome::Reached,
            Ok(Some((service, because))) => self.whole_way(service, &because).await,
        }
    }

    /// Why policy or the lack of a server keeps the port from being reached; else the service and the server's word on it, or
    /// nothing where it is reached already.
    pub async fn policy(&self) -> Result<Option<(&Service, Because)>, Outcome> {
        self.server().await?;
        // What the server's TLS refuses shows only after the connection is there: it does not answer then.
        let because = self.uplink.why(self.id).await;
        if because.is_none() {
            self.server().await?;
            if let Some(why) = self.uplink.doubt() {
                return Err(without_server(&why));
            }
        }
        let (service, because) = self.judge(because)?;
        // Some port of the service is allowed: whether this one is shows in what becomes of a packet that may pass one hop only. The
        // server decides first; what is allowed expires there, and no backend hears of it.
        match self.trial(service).one_hop().await {
            Answer::Reset | Answer::Prohibited => Err(self.denied(&because)),
            Answer::Gone => Err(self.gone().await),
            Answer::Reached => Ok(None),
            Answer::Expired | Answer::Unreachable | Answer::Silence => Ok(Some((service, because))),
        }
    }

    /// Whether a server is there.
    pub async fn server(&self) -> Result<(), Outcome> {
        match self.uplink.settled(CONNECTED).await {
            Settled::Up(_) => Ok(()),
            Settled::Down(why) => Err(without_server(&why)),
            Settled::Unknown => Err(Outcome::CouldNotTry("no server answers".into())),
        }
    }

    /// What the server's word alone decides; else the service, and that word. A server that does not know the question lets us try.
    fn judge(&self, because: Option<Because>) -> Result<(&Service, Because), Outcome> {
        let allowed = || Because { reason: "allowed".into(), opens_at: None, owner: None };
        let because = because.unwrap_or_else(allowed);
        match reason_of(&because) {
            Some(DropReason::NoConnector) => {
                let id = self.id;
                return Err(Outcome::NoAnswer(format!("{id} is allowed, but no connector serves it now")));
            }
            Some(_) => return Err(self.denied(&because)),
            None if because.reason != "allowed" => return Err(self.denied(&because)),
            None => {}
        }
        let service = self.uplink.file.service(self.id).ok_or_else(|| {
            Outcome::CouldNotTry(format!(
                "the configuration does not list {}: print a newer one with npx ztna agent-config",
                self.id
            ))
        })?;
        Ok((service, because))
    }

    fn trial<'a>(&'a self, service: &'a Service) -> Trial<'a> {
        Trial { uplink: self.uplink, service, port: self.port }
    }

    /// What the backend answers.
    async fn whole_way(&self, service: &Service, because: &Because) -> Outcome {
        let what = format!("{} port {} is allowed, but", self.id, self.port);
        match self.trial(service).whole_way().await {
            Answer::Reached => Outcome::Reached,
            Answer::Prohibited => self.denied(because),
            Answer::Gone => self.gone().await,
            Answer::Reset => Outcome::NoAnswer(format!("{what} its backend refuses the connection")),
            Answer::Unreachable => Outcome::NoAnswer(format!("{what} its backend cannot be reached")),
            Answer::Expired | Answer::Silence => {
                Outcome::NoAnswer(format!("{what} its backend does not answer"))
            }
        }
    }

    /// The connection went away in the middle.
    async fn gone(&self) -> Outcome {
        let lost = || Outcome::CouldNotTry("the connection to the server is lost".into());
        let known = self.server().await.err();
        known.or_else(|| self.uplink.doubt().map(|why| without_server(&why))).unwrap_or_else(lost)
    }

    fn denied(&self, because: &Because) -> Outcome {
        let service = self.uplink.file.service(self.id).map(AsRef::as_ref);
        let denial = Denial { id: self.id, service, port: self.port, because, device: &self.uplink.device };
        Outcome::Denied(denial.sentence())
    }
}
