//! Packets in bursts, and how many of them arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn::Connection;
use tunnel::wire::Message;

/// Packets in one burst.
const BURST: u64 = 64;

/// Packets that may be under way at most: enough to keep the server busy, too few to overflow any queue.
const UNDER_WAY: u64 = 192;

/// How long one measurement lasts.
pub const DURATION: Duration = Duration::from_secs(4);

/// A `0x2F` for the first service whose inner packet has this many bytes.
pub fn datagram(length: usize, port: u16) -> Bytes {
    let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 100, 64, 0, 1, 10, 100, 0, 2];
    packet[2..4].copy_from_slice(&(length as u16).to_be_bytes());
    let sum: u32 = packet.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let folded = (sum & 0xFFFF) + (sum >> 16);
    packet[10..12].copy_from_slice(&(!(folded as u16)).to_be_bytes());
    packet.extend(port.to_be_bytes());
    packet.extend(53u16.to_be_bytes());
    packet.extend((length as u16 - 20).to_be_bytes());
    packet.extend([0, 0]);
    packet.resize(length, 0xAB);
    Message::ToService("s000", &packet).to_bytes().unwrap().into()
}

/// Counts what a connection receives.
pub fn count(connection: Connection) -> Arc<AtomicU64> {
    let counted = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&counted);
    tokio::spawn(async move {
        while connection.read_datagram().await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    counted
}

/// Sends by `send` in bursts while less than so much is under way; returns how many arrived.
pub async fn bursts(mut send: impl FnMut(u64), arrived: &AtomicU64) -> u64 {
    let (begin, first) = (Instant::now(), arrived.load(Ordering::Relaxed));
    let (mut sent, mut waited) = (0, Instant::now());
    while begin.elapsed() < DURATION {
        let under_way = sent - (arrived.load(Ordering::Relaxed) - first).min(sent);
        if under_way <= UNDER_WAY - BURST {
            (0..BURST).for_each(|number| send(sent + number));
            sent += BURST;
            waited = Instant::now();
        } else if waited.elapsed() > Duration::from_millis(50) {
            // What is lost never arrives.
            sent = arrived.load(Ordering::Relaxed) - first;
        }
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    arrived.load(Ordering::Relaxed) - first
}
