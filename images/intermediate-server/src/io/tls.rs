//! TLS 1.3 for the server.
//!
//! A certificate of a CA that is not accepted fails the handshake. One without certificate passes it, as does one out of
//! its time: both are then closed with a code that says what is wrong, which an alert cannot.

use std::sync::Arc;
use std::time::Duration;

use component::own::{OwnCertificate, validity_of};
use quinn::crypto::rustls::QuicServerConfig;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring::default_provider};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, SignatureScheme};
use tunnel::config::Invalid;
use tunnel::time::Instant;

use super::trust::{AcceptsCa, CurrentTrust};

/// The protocol's name in the handshake.
pub const ALPN: &[u8] = b"ztna-v1";

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

/// The instant nearest to now at which the leaf is valid: being out of time gets a close code and not an alert.
pub(super) fn within_validity(leaf: &CertificateDer<'_>, now: UnixTime) -> UnixTime {
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
        let verified = trust.verify(leaf, between, within_validity(leaf, now))?;
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
