//! A denial in words: which service, what is missing or when it opens, whom to ask.

use tunnel::figures::DropReason;
use tunnel::identity::Device;
use tunnel::wire::Because;

use crate::file::Service;

/// What is known of a denial.
#[derive(Clone, Copy, Debug)]
pub struct Denial<'a> {
    /// The service's id.
    pub id: &'a str,
    /// The service, where the configuration lists it.
    pub service: Option<&'a Service>,
    /// Which port was tried.
    pub port: u16,
    /// What the server says.
    pub because: &'a Because,
    /// What our own certificate states of the device.
    pub device: &'a Device,
}

/// How the words of a reason are found: a reason of the closed list, or one that is newer than this program.
pub fn reason_of(because: &Because) -> Option<DropReason> {
    DropReason::from_name(&because.reason)
}

impl Denial<'_> {
    /// One sentence: what is denied and why; when it opens; whom to ask.
    pub fn sentence(&self) -> String {
        let mut text = format!("{} port {} is denied: {}", self.id, self.port, self.why());
        if let Some(instant) = &self.because.opens_at {
            text.push_str(&format!("; it opens at {instant}"));
        }
        let own = self.service.and_then(|service| service.owner.as_deref());
        if let Some(owner) = self.because.owner.as_deref().or(own) {
            text.push_str(&format!("; ask the team {owner}"));
        }
        text
    }

    fn why(&self) -> String {
        let Some(reason) = reason_of(self.because) else {
            return match self.because.reason.as_str() {
                "allowed" => self.port_words(),
                other => other.to_owned(),
            };
        };
        match reason {
            DropReason::ServiceUnknown => "this environment has no such service".into(),
            DropReason::NotAuthorized => "no policy ever lets this principal reach it".into(),
            DropReason::NotNow => "no policy allows it at this time".into(),
            DropReason::Port => self.port_words(),
            DropReason::SourceAddress => "no policy allows it from this network".into(),
            DropReason::DeviceManaged => self.device_words("managed"),
            DropReason::DeviceOs => self.device_words("os"),
            DropReason::DeviceDiskEncrypted => self.device_words("diskEncrypted"),
            DropReason::DeviceOther => "a device attribute has another value than a policy asks for".into(),
            DropReason::CertificateLimit => {
                "the certificate is limited to other services (agent.<service>.ztna)".into()
            }
            DropReason::Revoked => "the certificate, its principal or its CA is revoked".into(),
            DropReason::NoEnforcement | DropReason::LeaseOver => {
                "the server has no rules in force now, and so lets nothing pass".into()
            }
            other => other.name().to_owned(),
        }
    }

    fn port_words(&self) -> String {
        match self.service {
            Some(service) if !service.has_port(self.port) => "the service has no such port".into(),
            _ => "other ports of it are allowed, but not this one now".into(),
        }
    }

    fn device_words(&self, attribute: &str) -> String {
        match self.device.get(attribute) {
            Some(value) => {
                format!("no policy allows it from a device whose attribute `{attribute}` is `{value}`")
            }
            None => {
                format!("the device attribute `{attribute}` is unknown: the certificate does not state it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reason: &str, opens_at: Option<&str>, owner: Option<&str>, device: &Device) -> String {
        let because = Because {
            reason: reason.into(),
            opens_at: opens_at.map(Into::into),
            owner: owner.map(Into::into),
        };
        let service = Service {
            id: "web".into(),
            virtual_ip: [10, 100, 0, 2].into(),
            protocol: crate::file::Protocol::Tcp,
            ports: vec![(443, 443), (8000, 8010)],
            owner: Some("web-team".into()),
        };
        let (id, service) = ("web", Some(&service));
        Denial { id, service, port: 8005, because: &because, device }.sentence()
    }

    #[test]
    fn says_service_instant_and_owner() {
        assert_eq!(
            said("not-now", Some("2026-06-01T12:00:00Z"), Some("platform"), &Device::new()),
            "web port 8005 is denied: no policy allows it at this time; it opens at 2026-06-01T12:00:00Z; \
             ask the team platform"
        );
    }

    #[test]
    fn an_owner_that_the_server_does_not_name_is_the_configurations() {
        let text = said("not-authorized", None, None, &Device::new());
        assert!(
            text.ends_with("no policy ever lets this principal reach it; ask the team web-team"),
            "{text}"
        );
    }

    #[test]
    fn an_attribute_is_unknown_or_has_another_value() {
        let text = said("device-managed", None, None, &Device::new());
        assert!(text.contains("`managed` is unknown"), "{text}");
        let device = Device::from([("managed".to_owned(), "false".to_owned())]);
        let text = said("device-managed", None, None, &device);
        assert!(text.contains("`managed` is `false`"), "{text}");
    }

    #[test]
    fn every_reason_has_words_and_so_has_one_that_is_newer() {
        for reason in DropReason::ALL {
            assert!(said(reason.name(), None, None, &Device::new()).contains("is denied: "));
        }
        assert!(said("brand-new", None, None, &Device::new()).contains("is denied: brand-new"));
        assert!(said("allowed", None, None, &Device::new()).contains("but not this one now"));
    }
}
