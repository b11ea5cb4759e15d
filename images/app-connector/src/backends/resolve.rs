//! Names of backends -> addresses, each kept as long as its record says.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::config::{ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{TokioResolver, system_conf};
use tokio::task::JoinSet;

/// Asks this system's name servers (and its hosts file), and keeps answers for their time to live.
pub struct Names(Option<Servers>);

struct Servers {
    resolver: TokioResolver,
    /// Domains in which a name that is not whole is looked for.
    search: Vec<Name>,
    /// Dots from which on a name is whole.
    dots: usize,
}

/// What a name server said of one family of addresses.
#[derive(Debug)]
pub struct Answer {
    /// Whether it is about IPv6.
    pub is_six: bool,
    /// The addresses, in the order in which they came.
    pub found: Result<Vec<SocketAddr>, Error>,
    /// There is no such name: nothing more is awaited. Some name servers say that of a name without IPv6 (RFC 4074 section 4.2),
    /// so that only the other family's answer counts.
    is_nowhere: bool,
}

/// Answers about one name, in the order in which they come.
#[derive(Debug, Default)]
pub struct Answers(JoinSet<Answer>);

impl Answers {
    fn of(addresses: Result<Vec<SocketAddr>, Error>) -> Self {
        let mut answers = Self::default();
        answers.0.spawn(async { Answer { is_six: false, found: addresses, is_nowhere: true } });
        answers
    }

    /// The next one; none when all have come.
    pub async fn next(&mut self) -> Option<Answer> {
        let answer = self.0.join_next().await?.ok()?;
        if answer.is_nowhere {
            self.0.abort_all();
        }
        Some(answer)
    }

    /// Whether one is still awaited.
    pub fn is_awaited(&self) -> bool {
        !self.0.is_empty()
    }
}

impl Names {
    /// As this system is set up. Where it has no name servers, its own library is asked each time.
    pub fn system() -> Self {
        let names = system_conf::read_system_conf().and_then(|(config, options)| Self::of(config, options));
        names.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "names are asked of the system's library, without times to live");
            Self(None)
        })
    }

    /// These name servers, and this system's hosts file.
    pub fn of(config: ResolverConfig, options: ResolverOpts) -> Result<Self, NetError> {
        let domains = config.domain().into_iter().chain(config.search());
        let mut search: Vec<Name> = domains.cloned().collect();
        search.dedup();
        let dots = options.ndots;
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let resolver = builder.with_options(options).build()?;
        Ok(Self(Some(Servers { resolver, search, dots })))
    }

    /// What a host may be meant to be, the likeliest first: itself, and where it is not whole, in the domains of this system.
    /// An address is itself.
    pub fn candidates(&self, host: &str) -> Vec<String> {
        let name = host.parse::<IpAddr>().err().and_then(|_| host.parse::<Name>().ok());
        let (Some(servers), Some(name)) = (&self.0, name) else { return vec![host.to_owned()] };
        if name.is_fqdn() {
            return vec![host.to_owned()];
        }
        let in_domain = |domain| name.clone().append_domain(domain).ok();
        let mut all: Vec<_> = servers.search.iter().filter_map(in_domain).collect();
        let mut whole = name.clone();
        whole.set_fqdn(true);
        let is_whole = usize::from(name.num_labels()) > servers.dots || name.is_localhost();
        all.insert(if is_whole { 0 } else { all.len() }, whole);
        all.iter().map(Name::to_string).collect()
    }

    /// Asks for the addresses of both families of one candidate at once.
    pub async fn addresses(&self, candidate: &str, port: u16) -> Answers {
        if let Ok(address) = candidate.parse::<IpAddr>() {
            return Answers::of(Ok(vec![SocketAddr::new(address, port)]));
        }
        let Some(Servers { resolver, .. }) = &self.0 else {
            let found = tokio::net::lookup_host((candidate, port)).await;
            return Answers::of(found.map(Iterator::collect));
        };
        let mut answers = Answers::default();
        for kind in [RecordType::AAAA, RecordType::A] {
            answers.0.spawn(ask(resolver.clone(), candidate.to_owned(), kind, port));
        }
        answers
    }
}

async fn ask(resolver: TokioResolver, name: String, kind: RecordType, port: u16) -> Answer {
    let is_six = kind == RecordType::AAAA;
    match resolver.lookup(name, kind).await {
        Ok(found) => {
            let addresses = found.answers().iter().filter_map(|record| record.data.ip_addr());
            let found = Ok(addresses.map(|address| SocketAddr::new(address, port)).collect());
            Answer { is_six, found, is_nowhere: false }
        }
        Err(fault) => {
            let is_nowhere = !is_six && fault.is_nx_domain();
            Answer { is_six, found: Err(Error::new(ErrorKind::NotFound, fault.to_string())), is_nowhere }
        }
    }
}
