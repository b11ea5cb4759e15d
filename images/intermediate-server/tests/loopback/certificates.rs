//! A CA and the certificates that it signs.

use std::net::{IpAddr, Ipv4Addr};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tunnel::digest::Digest;

/// A CA.
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pub der: CertificateDer<'static>,
    pub pem: String,
}

/// What a certificate says.
#[derive(Clone, Default)]
pub struct Says {
    pub common_name: Option<&'static str>,
    pub emails: Vec<&'static str>,
    pub dns: Vec<&'static str>,
    pub uris: Vec<&'static str>,
    /// Seconds from now between which it is valid.
    pub valid: Option<(i64, i64)>,
    pub is_ca: bool,
}

/// A certificate with its key.
#[derive(Debug)]
pub struct Leaf {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivatePkcs8KeyDer<'static>,
    pub pem: String,
}

impl Clone for Leaf {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key(), pem: self.pem.clone() }
    }
}

impl Leaf {
    pub fn fingerprint(&self) -> String {
        Digest::of(&self.chain[0]).to_string()
    }

    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.clone_key())
    }
}

pub fn person(email: &'static str) -> Says {
    Says { emails: vec![email], ..Says::default() }
}

pub fn connector(dns: &'static str) -> Says {
    Says { common_name: Some("connector"), dns: vec![dns], ..Says::default() }
}

impl Ca {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (der, pem) = (certificate.der().clone(), certificate.pem());
        Self { issuer: Issuer::new(params, key), der, pem }
    }

    pub fn digest(&self) -> String {
        Digest::of(&self.der).to_string()
    }

    pub fn client(&self, says: Says) -> Leaf {
        self.leaf(says, ExtendedKeyUsagePurpose::ClientAuth, &[])
    }

    pub fn server(&self) -> Leaf {
        let addresses = [SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
        let says = Says { dns: vec!["localhost", "ztna-server"], ..Says::default() };
        self.leaf(says, ExtendedKeyUsagePurpose::ServerAuth, &addresses)
    }

    fn leaf(&self, says: Says, usage: ExtendedKeyUsagePurpose, more: &[SanType]) -> Leaf {
        let mut params = CertificateParams::default();
        params.distinguished_name = says.common_name.map_or_else(DistinguishedName::new, named);
        params.extended_key_usages = vec![usage];
        let emails = says.emails.iter().map(|name| SanType::Rfc822Name((*name).try_into().unwrap()));
        let dns = says.dns.iter().map(|name| SanType::DnsName((*name).try_into().unwrap()));
        let uris = says.uris.iter().map(|name| SanType::URI((*name).try_into().unwrap()));
        params.subject_alt_names = emails.chain(dns).chain(uris).chain(more.iter().cloned()).collect();
        if says.is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let (begin, end) = says.valid.unwrap_or((-3600, 3600));
        let now = std::time::SystemTime::now();
        let at = |seconds: i64| {
            let distance = std::time::Duration::from_secs(seconds.unsigned_abs());
            (if seconds < 0 { now - distance } else { now + distance }).into()
        };
        (params.not_before, params.not_after) = (at(begin), at(end));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
        Leaf {
            chain: vec![certificate.der().clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
            pem,
        }
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}
