//! TCP's maximum segment size, lowered to the smaller hop.

/// UDP payload that our own programs start at and stay within, in bytes (DESIGN.md section 8).
pub const OWN_PAYLOAD: u16 = 1350;

/// The most that one segment towards or from a client may carry, in bytes: the smaller of what a `0x2F` for this service
/// and a bare packet can hold, less 40 for the headers of IP and TCP.
/// `to_client` and `from_client` are the largest DATAGRAMs (frame contents) of each direction: for the macOS agent, whose
/// UDP payload is 1,200, see [`crate::limits::foreign_datagram`].
pub fn most_mss(to_client: usize, from_client: usize, service: &str) -> u16 {
    let _ = (to_client, from_client, service);
    todo!()
}

/// Lowers the MSS option of a SYN (or SYN with ACK) to `most`, checksum included; adds none where there is none, since
/// 536 is meant then and fits everywhere.
/// Returns whether it was lowered.
pub fn clamp_mss(bytes: &mut [u8], most: u16) -> bool {
    let _ = (bytes, most);
    todo!()
}
