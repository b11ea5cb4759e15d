//! Certificate -> identity.

use std::collections::{BTreeMap, BTreeSet};

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::time::ASN1Time;

use super::{Device, Identity, Principal, Unusable};
use crate::digest::Digest;
use crate::time::Instant;

/// What begins a device attribute's URI.
const DEVICE: &str = "ztna:device:";

/// Reads a client's certificate.
pub(super) fn identity(der: &[u8]) -> Result<Identity, Unusable> {
    let certificate = parse(der).ok_or(Unusable::NotACertificate)?;
    if certificate.is_ca() {
        return Err(Unusable::IsCa);
    }
    let names = Names::of(&certificate)?;
    let validity = certificate.validity();
    Ok(Identity {
        fingerprint: Digest::of(der),
        principal: principal(&certificate, &names.addresses)?,
        device: names.device(),
        limit: (!names.services.is_empty()).then_some(names.services),
        connector: one_connector(names.connectors)?,
        not_before: instant(validity.not_before),
        not_after: instant(validity.not_after),
    })
}

/// A certificate with nothing behind it.
pub(super) fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    rest.is_empty().then_some(certificate)
}

fn instant(time: ASN1Time) -> Instant {
    Instant::from_seconds(time.timestamp())
}

/// The SANs that mean something to us, in the order of the certificate.
#[derive(Default)]
struct Names {
    addresses: Vec<String>,
    attributes: Vec<(String, String)>,
    services: BTreeSet<String>,
    connectors: Vec<String>,
}

impl Names {
    fn of(certificate: &X509Certificate<'_>) -> Result<Names, Unusable> {
        let mut names = Names::default();
        let extension = certificate.subject_alternative_name().map_err(|_| Unusable::NotACertificate)?;
        for name in extension.iter().flat_map(|extension| &extension.value.general_names) {
            match name {
                GeneralName::RFC822Name(address) => names.addresses.push((*address).to_owned()),
                GeneralName::URI(uri) => names.attributes.extend(attribute(uri)),
                GeneralName::DNSName(host) => names.add_host(&host.to_ascii_lowercase()),
                // An e-mail address, a name or a URI that is not even text.
                GeneralName::Invalid(..) => return Err(Unusable::NotACertificate),
                _ => {}
            }
        }
        Ok(names)
    }

    /// `agent.<service>.ztna` or `connector.<id>.ztna`; a dot at the end says nothing (it is the root).
    fn add_host(&mut self, host: &str) {
        let host = host.strip_suffix('.').unwrap_or(host);
        let Some(name) = host.strip_suffix(".ztna") else { return };
        if let Some(service) = name.strip_prefix("agent.") {
            self.services.insert(service.to_owned());
        } else if let Some(id) = name.strip_prefix("connector.") {
            self.connectors.push(id.to_owned());
        }
    }

    /// What is stated once. Twice the same is twice all the same.
    fn device(&self) -> Device {
        let mut stated: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &self.attributes {
            stated.entry(name).or_default().push(value);
        }
        let once = |(name, values): (&str, Vec<&str>)| match values[..] {
            [value] => Some((name.to_owned(), value.to_owned())),
            _ => None,
        };
        stated.into_iter().filter_map(once).collect()
    }
}

/// A device attribute's name and value.
fn attribute(uri: &str) -> Option<(String, String)> {
    let (name, value) = uri.strip_prefix(DEVICE)?.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

/// The one e-mail SAN; where there is none, the one CN.
fn principal(certificate: &X509Certificate<'_>, addresses: &[String]) -> Result<Principal, Unusable> {
    let name = match addresses {
        [] => common_name(certificate)?,
        [one] => one.clone(),
        _ => return Err(Unusable::SeveralPrincipals),
    };
    Principal::read(&name).ok_or(Unusable::NotAPrincipal(name))
}

fn common_name(certificate: &X509Certificate<'_>) -> Result<String, Unusable> {
    let mut names = certificate.subject().iter_common_name();
    let first = names.next().ok_or(Unusable::NoPrincipal)?;
    if names.next().is_some() {
        return Err(Unusable::SeveralPrincipals);
    }
    let unreadable = || Unusable::NotAPrincipal(String::from_utf8_lossy(first.as_slice()).into_owned());
    first.as_str().map(str::to_owned).map_err(|_| unreadable())
}

fn one_connector(mut ids: Vec<String>) -> Result<Option<String>, Unusable> {
    match ids.len() {
        0 | 1 => Ok(ids.pop()),
        _ => Err(Unusable::SeveralConnectors),
    }
}
