//! How large an inner packet can be.

use tunnel::keys::CONNECTION_ID;
use tunnel::limits::own_datagram;
use tunnel::packet::OWN_PAYLOAD;
use tunnel::wire::TO_SERVICE_HEADER;

/// The largest inner packet for a service, in bytes: what a DATAGRAM of ours holds beside the header that names the service.
pub fn of_service(id: &str) -> u16 {
    let most = own_datagram(usize::from(OWN_PAYLOAD), CONNECTION_ID);
    u16::try_from(most.saturating_sub(TO_SERVICE_HEADER + id.len())).unwrap_or(u16::MAX)
}

/// The MTU of a device through which all of these services are reached, in bytes: the smallest of theirs, so that the kernel never
/// makes a packet that one of them cannot get.
pub fn of_device<'a>(ids: impl Iterator<Item = &'a str>) -> u16 {
    ids.map(of_service).min().unwrap_or_else(|| of_service(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_id_leaves_least() {
        // 1,350 less 1 + 8 (connection id) + 4 + 16 + 9 is 1,312; less 2 and the id.
        assert_eq!(of_service("web-app"), 1303);
        assert_eq!(of_device(["web-app", &"a".repeat(63)].into_iter()), 1247);
        assert_eq!(of_device(std::iter::empty()), 1310);
    }
}
