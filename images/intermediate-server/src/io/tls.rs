//! TLS 1.3 for the server: our certificate, which SIGHUP replaces, and whose certificates we accept.
//!
//! A certificate of a CA that is not accepted fails the handshake. One without certificate passes it, as does one out of
//! its time: both are then closed with a code that says what is wrong, which an alert cannot.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring::default_provider};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};
use tunnel::config::{Invalid, certificates, chain_and_key};
use tunnel::enforcement::Credentials;
use tunnel::identity::{ClientCas, Identity};
use tunnel::time::Instant;

/// The protocol's name in the handshake.
pub const ALPN: &[u8] = b"ztna-v1";

/// The client CAs that the deployment knows.
pub struct Trust {
    verifier: Arc<dyn ClientCertVerifier>,
    cas: ClientCas,
}

impl Trust {
    /// From the PEM text of `ZTNA_CLIENT_CAS`.
    pub fn read(pem: &[u8]) -> Result<Self, Invalid> {
        let ders = certificates(pem)?;
        let own: Vec<Vec<u8>> = ders.iter().map(|der| der.to_vec()).collect();
        let cas = ClientCas::read(&own).map_err(|fault| Invalid(fault.to_string()))?;
        let mut roots = RootCertStore::empty();
        for der in ders {
            roots.add(der).map_err(|fault| Invalid(format!("a certificate of no CA in it: {fault}")))?;
        }
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        let verifier = builder.build().map_err(|fault| Invalid(format!("no CA certificate: {fault}")))?;
        Ok(Self { verifier, cas })
    }

    /// What a chain that passed TLS says of its client.
    pub fn credentials(&self, chain: &[CertificateDer<'_>]) -> Result<Credentials, String> {
        let leaf = chain.first().ok_or("no certificate")?;
        let identity = Identity::read(leaf).map_err(|unusable| unusable.to_string())?;
        let ders: Vec<&[u8]> = chain.iter().map(AsRef::as_ref).collect();
        Ok(Credentials { identity, issuers: self.cas.issuers_of(&ders) })
    }
}

/// The CAs as they are now.
pub type CurrentTrust = ArcSwap<Trust>;

/// Whether the enforcement file accepts one of the CAs above a client.
pub type AcceptsCa = dyn Fn(&Credentials) -> bool + Send + Sync;

/// Judges client certificates by the CAs known and accepted at that moment.
struct Verifier {
    trust: Arc<CurrentTrust>,
    accepts: Box<AcceptsCa>,
    provider: CryptoProvider,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Verifier")
    }
}

/// The first and the last instant at which a certificate is valid.
pub fn validity_of(der: &[u8]) -> Option<(Instant, Instant)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let validity = certificate.validity();
    let instant = |time: x509_parser::time::ASN1Time| Instant::from_seconds(time.timestamp());
    Some((instant(validity.not_before), instant(validity.not_after)))
}

/// The instant nearest to now at which the leaf is valid: being out of time gets a close code and not an alert.
fn within_validity(leaf: &CertificateDer<'_>, now: UnixTime) -> UnixTime {
    let Some((begin, end)) = validity_of(leaf) else { return now };
    let seconds = |instant: Instant| u64::try_from(instant.as_seconds()).unwrap_or(0);
    let (begin, end) = (seconds(begin), seconds(end));
    UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs().clamp(begin, end.max(begin))))
}

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let trust = self.trust.load();
        let verified = trust.verifier.verify_client_cert(leaf, between, within_validity(leaf, now))?;
        let chain: Vec<_> = std::iter::once(leaf).chain(between).cloned().collect();
        match trust.credentials(&chain) {
            Ok(credentials) if !(self.accepts)(&credentials) => {
                Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
            }
            // An unusable one is closed with a code and a reason.
            _ => Ok(verified),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("QUIC has TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Our own certificate and key, as they are now.
pub struct OwnCertificate(ArcSwap<CertifiedKey>);

impl OwnCertificate {
    /// Begins with this one.
    pub fn new(certified: CertifiedKey) -> Self {
        Self(ArcSwap::from_pointee(certified))
    }

    /// From now on this one is shown; running connections stay.
    pub fn replace(&self, certified: CertifiedKey) {
        self.0.store(Arc::new(certified));
    }

    /// The leaf's DER.
    pub fn leaf(&self) -> Option<CertificateDer<'static>> {
        self.0.load().cert.first().cloned()
    }
}

impl std::fmt::Debug for OwnCertificate {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("OwnCertificate")
    }
}

impl ResolvesServerCert for OwnCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Chain and key out of one PEM file's bytes.
pub fn certified_key(pem: &[u8]) -> Result<CertifiedKey, Invalid> {
    let pem = chain_and_key(pem)?;
    let certified = CertifiedKey::from_der(pem.chain, pem.key, &default_provider());
    certified.map_err(|fault| Invalid(format!("certificate and key do not belong together: {fault}")))
}

/// The whole TLS configuration: TLS 1.3, no tickets, no early data.
pub fn server_config(
    own: Arc<OwnCertificate>,
    trust: Arc<CurrentTrust>,
    accepts: Box<AcceptsCa>,
) -> Result<QuicServerConfig, Invalid> {
    let wrong = |fault: &dyn std::fmt::Display| Invalid(fault.to_string());
    let provider = default_provider();
    let verifier = Verifier { trust, accepts, provider: provider.clone() };
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|fault| wrong(&fault))?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(own);
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    QuicServerConfig::try_from(config).map_err(|fault| wrong(&fault))
}
