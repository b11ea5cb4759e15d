//! Ones' complement sums (RFC 1071), and how a checksum follows a change (RFC 1624, equation 3).

/// The sum of big-endian 16-bit words, an odd last byte being the upper half of one. It adds four bytes at a time, since
/// 2^16 is 1 in this arithmetic, and in the machine's own byte order, since the order of bytes only swaps those of the sum
/// (RFC 1071 section 2): the compiler then makes vectors of it.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let whole: u64 = words.iter().map(|word| u64::from(u32::from_ne_bytes(*word))).sum();
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from(u16::from_be(fold(whole + u64::from(u32::from_ne_bytes(last)))))
}

/// A sum in 16 bits.
pub(super) fn fold(mut sum: u64) -> u16 {
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum as u16
}

/// The checksum of bytes whose checksum field is 0.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    !fold(sum(bytes))
}

/// What the pseudo header of TCP and UDP adds: both addresses (8 bytes of the IP header), protocol, length.
pub(super) fn pseudo(addresses: &[u8], protocol: u8, length: usize) -> u64 {
    sum(addresses) + u64::from(protocol) + length as u64
}

/// The sum of changes, to be applied to every checksum that covers them.
#[derive(Clone, Copy, Default)]
pub(super) struct Change(u64);

impl Change {
    /// What both changes come to.
    pub(super) fn and(self, other: Change) -> Change {
        Change(self.0 + other.0)
    }

    /// Writes 16 bits at an even place of what is summed.
    pub(super) fn put(&mut self, bytes: &mut [u8], at: usize, new: u16) {
        let Some(field) = bytes.get_mut(at..).and_then(|tail| tail.first_chunk_mut::<2>()) else { return };
        self.0 += u64::from(!u16::from_be_bytes(*field)) + u64::from(new);
        *field = new.to_be_bytes();
    }

    /// Writes 16 bits that begin at an odd place: both halves stand in the other half of their words.
    pub(super) fn put_odd(&mut self, bytes: &mut [u8], at: usize, new: u16) {
        let Some(field) = bytes.get_mut(at..).and_then(|tail| tail.first_chunk_mut::<2>()) else { return };
        self.0 += u64::from(!u16::from_be_bytes(*field).swap_bytes()) + u64::from(new.swap_bytes());
        *field = new.to_be_bytes();
    }

    /// Writes an address.
    pub(super) fn put_address(&mut self, bytes: &mut [u8], at: usize, new: std::net::Ipv4Addr) {
        let [a, b, c, d] = new.octets();
        self.put(bytes, at, u16::from_be_bytes([a, b]));
        self.put(bytes, at + 2, u16::from_be_bytes([c, d]));
    }

    /// The checksum after these changes: right where it was right, wrong where it was wrong.
    pub(super) fn follow(self, checksum: u16) -> u16 {
        !fold(u64::from(!checksum) + self.0)
    }
}

/// Two bytes of a packet; 0 beyond its end.
pub(super) fn get(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|tail| tail.first_chunk::<2>()).map_or(0, |field| u16::from_be_bytes(*field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071() {
        assert_eq!(fold(sum(&[0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])), 0xDDF2);
    }

    #[test]
    fn an_odd_byte_is_the_upper_half() {
        assert_eq!(fold(sum(&[1, 2, 3])), 0x0102 + 0x0300);
        assert_eq!(fold(sum(&[1, 2, 3, 4, 5])), 0x0102 + 0x0304 + 0x0500);
        assert_eq!(fold(sum(&[])), 0);
    }

    #[test]
    fn the_example_of_rfc_1624() {
        // Section 4: a field changes from 0x5555 to 0x3285 under the checksum 0xDD2F; 0xFFFF would be wrong.
        let mut change = Change::default();
        let mut field = [0x55, 0x55];
        change.put(&mut field, 0, 0x3285);
        assert_eq!(change.follow(0xDD2F), 0x0000);
        assert_eq!(field, [0x32, 0x85]);
    }
}
