//! Names of backends -> addresses, each kept as long as its record says.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;

/// Asks this system's name servers (and its hosts file), and keeps answers for their time to live.
pub struct Names(Option<TokioResolver>);

impl Names {
    /// As this system is set up. Where it has no name servers, its own library is asked each time.
    pub fn system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        if let Err(fault) = &resolver {
            tracing::warn!(%fault, "names are asked of the system's library, without times to live");
        }
        Self(resolver.ok())
    }

    /// The addresses of a host, in the order in which they came.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let Some(resolver) = &self.0 else {
            return Ok(tokio::net::lookup_host((host, port)).await?.collect());
        };
        let found = resolver.lookup_ip(host).await;
        let found = found.map_err(|fault| Error::new(ErrorKind::NotFound, fault.to_string()))?;
        Ok(found.iter().map(|address| SocketAddr::new(address, port)).collect())
    }
}
