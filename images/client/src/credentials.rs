//! Who we are and whose servers we believe. Files are read anew for every connection, so that a renewed certificate counts from the
//! next one on without a signal.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use quinn::crypto::rustls::QuicClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tunnel::config::{Invalid, certificates, chain_and_key};

/// The protocol's name in the handshake.
pub const ALPN: &[u8] = b"ztna-v1";

/// Where PEM comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A file.
    File {
        /// The variable that names it, for messages.
        variable: &'static str,
        /// Its path.
        path: PathBuf,
    },
    /// The text itself.
    Text {
        /// The variable that holds it, for messages.
        variable: &'static str,
        /// PEM.
        pem: String,
    },
}

impl Source {
    /// From a pair of variables such as `ZTNA_TLS` (file) and `ZTNA_TLS_PEM` (text); an empty one is one that is not set, both at
    /// once are wrong.
    pub fn of(
        (file_variable, path): (&'static str, Option<PathBuf>),
        (text_variable, pem): (&'static str, Option<String>),
    ) -> Result<Option<Source>, Invalid> {
        let path = path.filter(|path| !path.as_os_str().is_empty());
        match (path, pem.filter(|pem| !pem.is_empty())) {
            (Some(_), Some(_)) => Err(Invalid(format!(
                "{file_variable} and {text_variable} are both set: expected one of them"
            ))),
            (Some(path), None) => Ok(Some(Source::File { variable: file_variable, path })),
            (None, Some(pem)) => Ok(Some(Source::Text { variable: text_variable, pem })),
            (None, None) => Ok(None),
        }
    }

    fn read<T>(&self, of: impl FnOnce(&[u8]) -> Result<T, Invalid>) -> Result<T, Invalid> {
        match self {
            Source::Text { variable, pem } => {
                of(pem.as_bytes()).map_err(|Invalid(fault)| Invalid(format!("{variable}: {fault}")))
            }
            Source::File { variable, path } => {
                let said = |fault: String| Invalid(format!("{variable}: {}: {fault}", path.display()));
                let bytes = std::fs::read(path).map_err(|error| said(format!("cannot be read: {error}")))?;
                of(&bytes).map_err(|Invalid(fault)| said(fault))
            }
        }
    }

    /// What changes when the file does.
    fn stamp(&self) -> Option<(SystemTime, u64)> {
        let Source::File { path, .. } = self else { return None };
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    }
}

/// When files were last written, and how long they are: equal as long as they did not change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp([Option<(SystemTime, u64)>; 2]);

/// Our certificate with its key, and the CAs of servers.
#[derive(Debug)]
pub struct Credentials {
    tls: Option<Source>,
    server_cas: Option<Source>,
    last_good: Mutex<Option<Arc<ClientConfig>>>,
}

impl Credentials {
    /// Without `tls` we show no certificate; without `server_cas` the system's roots count. Reads nothing yet.
    pub fn new(tls: Option<Source>, server_cas: Option<Source>) -> Self {
        Self { tls, server_cas, last_good: Mutex::default() }
    }

    /// Reads and verifies everything: for a start and for `--check`, so that what is wrong is said then.
    pub fn verify(&self) -> Result<(), Invalid> {
        let config = Arc::new(self.read()?);
        *self.last_good.lock().unwrap_or_else(PoisonError::into_inner) = Some(config);
        Ok(())
    }

    /// TLS for the next connection, from the files as they are now. Files that cannot be read (one is just being replaced) leave
    /// what was read before.
    pub fn tls(&self) -> Result<QuicClientConfig, Invalid> {
        let read = self.verify();
        let last_good = self.last_good.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let config = match (last_good, read) {
            (Some(config), Ok(())) => config,
            (Some(config), Err(fault)) => {
                tracing::warn!(%fault, "certificate and CAs stay as they were");
                config
            }
            (None, read) => return Err(read.err().unwrap_or_else(|| Invalid("no certificate".into()))),
        };
        QuicClientConfig::try_from(config).map_err(|fault| Invalid(fault.to_string()))
    }

    /// Our certificate as it is now, in DER; none where there is none or it cannot be read.
    pub fn certificate(&self) -> Option<CertificateDer<'static>> {
        let read = self.tls.as_ref()?.read(chain_and_key).ok()?;
        read.chain.into_iter().next()
    }

    /// Changes when one of the files does.
    pub fn stamp(&self) -> Stamp {
        Stamp([&self.tls, &self.server_cas].map(|source| source.as_ref().and_then(Source::stamp)))
    }

    fn read(&self) -> Result<ClientConfig, Invalid> {
        let wrong = |fault: rustls::Error| Invalid(fault.to_string());
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(wrong)?
            .with_root_certificates(self.roots()?);
        let mut config = match &self.tls {
            None => builder.with_no_client_auth(),
            Some(source) => source.read(|bytes| {
                let pem = chain_and_key(bytes)?;
                builder
                    .with_client_auth_cert(pem.chain, pem.key)
                    .map_err(|fault| Invalid(format!("certificate and key do not belong together: {fault}")))
            })?,
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        // No resumption and no early data: who we are is shown every time.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }

    fn roots(&self) -> Result<RootCertStore, Invalid> {
        match &self.server_cas {
            None => system_roots(),
            Some(source) => source.read(|bytes| {
                let mut roots = RootCertStore::empty();
                for ca in certificates(bytes)? {
                    roots.add(ca).map_err(|fault| Invalid(format!("not a CA's certificate: {fault}")))?;
                }
                Ok(roots)
            }),
        }
    }
}

/// The roots that this system trusts; what of them cannot be read is left out.
fn system_roots() -> Result<RootCertStore, Invalid> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Invalid(
            "no CA to verify servers by: this system has no roots; set ZTNA_SERVER_CAS to a PEM file".into(),
        ));
    }
    Ok(roots)
}
