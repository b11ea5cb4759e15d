//! Certificates made by rcgen: who they are, and under which CA.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName, DnType,
    DnValue, IsCa, KeyPair, SanType, date_time_ymd,
};
use tunnel::digest::Digest;
use tunnel::identity::{ClientCas, Identity, Unusable};
use tunnel::time::Instant;

type Ca = CertifiedIssuer<'static, KeyPair>;

fn address(text: &str) -> SanType {
    SanType::Rfc822Name(text.try_into().unwrap())
}

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

fn host(text: &str) -> SanType {
    SanType::DnsName(text.try_into().unwrap())
}

fn named(common_name: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    if let Some(common_name) = common_name {
        name.push(DnType::CommonName, common_name);
    }
    name
}

fn leaf(common_name: Option<&str>, names: &[SanType]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(common_name);
    params.subject_alt_names = names.to_vec();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 12, 31);
    params
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = leaf(Some(name), &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> Ca {
    CertifiedIssuer::self_signed(ca_params(name), KeyPair::generate().unwrap()).unwrap()
}

fn signed(params: CertificateParams, ca: &Ca) -> Vec<u8> {
    params.signed_by(&KeyPair::generate().unwrap(), ca).unwrap().der().to_vec()
}

fn self_signed(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn read(common_name: Option<&str>, names: &[SanType]) -> Result<Identity, Unusable> {
    Identity::read(&self_signed(&leaf(common_name, names)))
}

fn principal(common_name: Option<&str>, names: &[SanType]) -> Result<String, Unusable> {
    read(common_name, names).map(|identity| identity.principal.to_string())
}

#[test]
fn the_one_address_else_the_common_name() {
    let ann = || address("Ann@Example.com");
    assert_eq!(principal(Some("laptop"), &[ann()]).as_deref(), Ok("ann@example.com"));
    assert_eq!(principal(None, &[ann(), host("ann.example.com")]).as_deref(), Ok("ann@example.com"));
    assert_eq!(principal(Some("CI-1"), &[]).as_deref(), Ok("ci-1"));
    assert_eq!(principal(Some("Ann@example.com"), &[]).as_deref(), Ok("ann@example.com"));
    assert_eq!(principal(Some("x"), &[ann(), address("bob@example.com")]), Err(Unusable::SeveralPrincipals));
    assert_eq!(
        principal(Some("x"), &[ann(), ann()]),
        Err(Unusable::SeveralPrincipals),
        "twice the same is two"
    );
    assert_eq!(principal(None, &[]), Err(Unusable::NoPrincipal));
    assert_eq!(principal(None, &[host("ann.example.com")]), Err(Unusable::NoPrincipal));
}

#[test]
fn a_name_that_no_policy_could_mean_is_refused_and_never_cut_to_one() {
    for name in ["Ann Example", "*", "ann@example.com\0.evil.example", "änn@example.com", "group:sre", ""] {
        assert_eq!(principal(Some(name), &[]), Err(Unusable::NotAPrincipal(name.to_owned())), "{name:?}");
    }
    // A bad address is not made good by a good common name.
    let bad = principal(Some("ann"), &[address("*@example.com")]);
    assert_eq!(bad, Err(Unusable::NotAPrincipal("*@example.com".to_owned())));
}

#[test]
fn several_common_names_are_several_principals() {
    let mut params = leaf(Some("ann"), &[]);
    params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 3]), "root");
    assert_eq!(Identity::read(&self_signed(&params)).err(), Some(Unusable::SeveralPrincipals));
    params.subject_alt_names = vec![address("bob@example.com")];
    assert_eq!(Identity::read(&self_signed(&params)).unwrap().principal.as_str(), "bob@example.com");
}

#[test]
fn a_common_name_in_a_printable_string_is_the_same() {
    let mut params = leaf(None, &[]);
    let name = DnValue::PrintableString("CI-1".try_into().unwrap());
    params.distinguished_name.push(DnType::CommonName, name);
    assert_eq!(Identity::read(&self_signed(&params)).unwrap().principal.as_str(), "ci-1");
}

#[test]
fn device_attributes_stated_once_are_known() {
    let names = [
        uri("ztna:device:os=macos"),
        uri("ztna:device:managed=true"),
        uri("ztna:device:diskEncrypted=true"),
        uri("ztna:device:diskEncrypted=false"),
        uri("ztna:device:twice=a"),
        uri("ztna:device:twice=a"),
        uri("ztna:device:formula=a=b"),
        uri("ztna:device:nothing"),
        uri("ZTNA:device:os=linux"),
        uri("https://example.com/ztna:device:os=linux"),
    ];
    let device = read(Some("ann"), &names).unwrap().device;
    let known: Vec<_> = device.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(known, [("formula", "a=b"), ("managed", "true"), ("os", "macos")]);
}

#[test]
fn names_under_ztna_limit_agents_and_make_connectors() {
    let read = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| host(name)).collect();
        read(Some("ann"), &names).map(|identity| (identity.limit, identity.connector))
    };
    let services = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
    assert_eq!(read(&["laptop.example.com"]), Ok((None, None)));
    assert_eq!(read(&["Agent.Web.ZTNA", "agent.db.ztna"]), Ok((services(&["db", "web"]), None)));
    assert_eq!(
        read(&["agent.*.ztna"]),
        Ok((services(&["*"]), None)),
        "a service of that name, not every one"
    );
    assert_eq!(read(&["agent.web.ztna."]), Ok((services(&["web"]), None)), "a limit is not lost to a dot");
    assert_eq!(read(&["agent..ztna"]), Ok((services(&[""]), None)), "it limits, to nothing");
    assert_eq!(read(&["connector.Here.ztna"]), Ok((None, Some("here".to_owned()))));
    assert_eq!(read(&["connector.a.ztna", "connector.b.ztna"]), Err(Unusable::SeveralConnectors));
    assert_eq!(read(&["agentx.web.ztna", "agent.web.ztna.example.com"]), Ok((None, None)));
}

#[test]
fn validity_and_fingerprint() {
    let der = self_signed(&leaf(Some("ann"), &[]));
    let identity = Identity::read(&der).unwrap();
    let instant = |text: &str| text.parse::<Instant>().unwrap();
    assert_eq!(identity.fingerprint, Digest::of(&der));
    let table = [
        ("2025-12-31T23:59:59.999Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2026-12-31T00:00:00Z", true),
        ("2026-12-31T00:00:00.001Z", false),
    ];
    for (text, valid) in table {
        assert_eq!(identity.is_valid_at(instant(text)), valid, "{text}");
    }
}

#[test]
fn what_is_no_clients_certificate_is_refused() {
    let der = self_signed(&leaf(Some("ann"), &[]));
    assert_eq!(Identity::read(root("ann").der()).err(), Some(Unusable::IsCa));
    let refused = [&der[..der.len() - 1], &[&der[..], b"x"].concat(), b"", b"\x30\x00"]
        .map(|bytes| Identity::read(bytes).err());
    assert_eq!(refused, [const { Some(Unusable::NotACertificate) }; 4]);
    // A SAN that is there twice, of which readers might take either.
    let mut params = leaf(Some("ann"), &[address("ann@example.com")]);
    let other = [&[0x30, 0x11, 0x81, 0x0F][..], b"bob@example.com"].concat();
    params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 17], other));
    assert_eq!(Identity::read(&self_signed(&params)).err(), Some(Unusable::NotACertificate));
}

#[test]
fn the_ca_above_a_leaf_is_found_by_its_signature() {
    let (one, two) = (root("company"), root("company"));
    let cas = ClientCas::read(&[one.der().to_vec(), two.der().to_vec()]).unwrap();
    let digests: Vec<Digest> = cas.digests().collect();
    let of = |ca: &Ca| cas.issuers_of(&[signed(leaf(Some("ann"), &[]), ca)]);
    assert_eq!(of(&one), BTreeSet::from([digests[0]]), "two CAs of one name are told apart");
    assert_eq!(of(&two), BTreeSet::from([digests[1]]));
    assert_eq!(of(&root("company")), BTreeSet::new());
    assert_eq!(cas.issuers_of::<Vec<u8>>(&[]), BTreeSet::new());
    assert_eq!(cas.issuers_of(&[b"nonsense".to_vec()]), BTreeSet::new());
}

#[test]
fn a_ca_is_found_through_others_that_were_presented() {
    let top = root("top");
    let middle = CertifiedIssuer::signed_by(ca_params("middle"), KeyPair::generate().unwrap(), &top).unwrap();
    let ann = signed(leaf(Some("ann"), &[]), &middle);
    let cas = ClientCas::read(&[top.der().to_vec()]).unwrap();
    let found = BTreeSet::from([Digest::of(top.der())]);
    assert_eq!(cas.issuers_of(&[ann.clone(), middle.der().to_vec()]), found);
    assert_eq!(cas.issuers_of(&[ann.clone(), top.der().to_vec(), middle.der().to_vec()]), found);
    assert_eq!(cas.issuers_of(&[ann]), BTreeSet::new(), "the way up is not known");
    // A leaf is no CA, whatever it signed.
    let false_ca =
        CertifiedIssuer::signed_by(leaf(Some("middle"), &[]), KeyPair::generate().unwrap(), &top).unwrap();
    let eve = signed(leaf(Some("eve"), &[]), &false_ca);
    assert_eq!(cas.issuers_of(&[eve, false_ca.der().to_vec()]), BTreeSet::new());
}

#[test]
fn only_cas_are_client_cas() {
    let ann = self_signed(&leaf(Some("ann"), &[]));
    let wrong = ClientCas::read(&[root("company").der().to_vec(), ann]).unwrap_err();
    assert_eq!(wrong, "certificate 2 is not a CA's");
    assert_eq!(ClientCas::read(&[b"x"]).unwrap_err(), "certificate 1 cannot be read");
}
