//! The JSON inside `0x21` and `0x22`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::MOST_JSON;

/// `0x21`: why a service is denied, when it opens, whom to ask. Readers ignore keys that they do not know, so that a
/// newer intermediate can say more to an older agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Because {
    /// `allowed`, or one of the drop reasons ([`crate::figures::DropReason::name`]).
    pub reason: String,
    /// The next begin of a grant, also beyond the lease.
    #[serde(rename = "opensAt", default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// The team that answers for the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// `0x22`: who is behind a flow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Announcement {
    /// The source that the flow's packets carry.
    pub inner: Ipv4Addr,
    /// The client's outer address: `IP:port`, IPv6 in brackets.
    pub address: SocketAddr,
    /// Who it is; absent for a client without certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The device attributes that are known.
    #[serde(default)]
    pub device: BTreeMap<String, String>,
}

impl Because {
    /// As JSON of at most [`MOST_JSON`] bytes: the owner, then the instant, give way where it is longer.
    pub fn to_json(&self) -> Vec<u8> {
        let without_owner = Because { owner: None, ..self.clone() };
        let reason_alone = Because { opens_at: None, ..without_owner.clone() };
        shortest_fit(&[self, &without_owner, &reason_alone])
    }

    /// Reads what an intermediate answered; none where it is no such JSON.
    pub fn from_json(json: &[u8]) -> Option<Because> {
        serde_json::from_slice(json).ok()
    }
}

impl Announcement {
    /// As JSON of at most [`MOST_JSON`] bytes: device attributes give way where it is longer.
    pub fn to_json(&self) -> Vec<u8> {
        let without_device = Announcement { device: BTreeMap::new(), ..self.clone() };
        shortest_fit(&[self, &without_device])
    }

    /// Reads what an intermediate announced; none where it is no such JSON.
    pub fn from_json(json: &[u8]) -> Option<Announcement> {
        serde_json::from_slice(json).ok()
    }
}

/// The first of these that fits, else the last.
fn shortest_fit<T: Serialize>(candidates: &[&T]) -> Vec<u8> {
    let mut texts = candidates.iter().filter_map(|one| serde_json::to_vec(one).ok());
    let mut last = Vec::new();
    texts
        .find_map(|text| {
            if text.len() <= MOST_JSON {
                Some(text)
            } else {
                last = text;
                None
            }
        })
        .unwrap_or(last)
}
