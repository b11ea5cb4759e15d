//! Several sockets on one address, so that the kernel spreads clients over them by their address and port, one
//! endpoint task each. A client that changes its address may fall to another socket: its packets are then
//! handed to the lane that its connection id names.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};

use super::identifiers::lane_of;

/// Packets that wait in a lane for having come in on another one; more are dropped, as by a full socket.
const MOVED_PACKETS: usize = 1024;

/// All lanes of one address.
pub type Lanes = Arc<OnceLock<Vec<Arc<Lane>>>>;

/// One socket of several on an address.
#[derive(Debug)]
pub struct Lane {
    index: u8,
    socket: Arc<dyn AsyncUdpSocket>,
    moved: Mutex<Moved>,
    lanes: Lanes,
    own_first: AtomicBool,
}

#[derive(Debug, Default)]
struct Moved {
    packets: VecDeque<(RecvMeta, Vec<u8>)>,
    waker: Option<Waker>,
}

impl Lane {
    /// The lane with this index, on a socket of its own; `lanes` is filled when all are there.
    pub fn new(index: u8, socket: Arc<dyn AsyncUdpSocket>, lanes: Lanes) -> Self {
        Self { index, socket, moved: Mutex::default(), lanes, own_first: AtomicBool::new(false) }
    }

    /// Which lane a packet belongs to: this one, but for short-header packets whose connection id names another.
    fn owner_of(&self, packet: &[u8], lanes: &[Arc<Lane>]) -> u8 {
        match packet {
            [first, id @ ..] if first & 0x80 == 0 => lane_of(id, lanes.len()).unwrap_or(self.index),
            _ => self.index,
        }
    }

    /// Hands the packets of `buffer` that belong to other lanes to them; returns how many bytes stay.
    fn sort(&self, buffer: &mut [u8], meta: &RecvMeta, lanes: &[Arc<Lane>]) -> usize {
        let stride = meta.stride.max(1);
        let starts = || (0..meta.len).step_by(stride);
        let end = |start: usize| (start + stride).min(meta.len);
        if starts().all(|start| self.owner_of(&buffer[start..end(start)], lanes) == self.index) {
            return meta.len;
        }
        let mut kept = 0;
        for start in starts() {
            let packet = start..end(start);
            let owner = self.owner_of(&buffer[packet.clone()], lanes);
            if owner == self.index {
                let length = packet.len();
                buffer.copy_within(packet, kept);
                kept += length;
            } else if let Some(lane) = lanes.get(usize::from(owner)) {
                lane.accept(*meta, &buffer[packet]);
            }
        }
        kept
    }

    /// Takes a packet that came in on another lane.
    fn accept(&self, meta: RecvMeta, packet: &[u8]) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        if moved.packets.len() < MOVED_PACKETS {
            let meta = RecvMeta { len: packet.len(), stride: packet.len(), ..meta };
            moved.packets.push_back((meta, packet.to_vec()));
        }
        if let Some(waker) = moved.waker.take() {
            waker.wake();
        }
    }

    /// What comes in on this lane's own socket, less what belongs to other lanes.
    fn receive(
        &self,
        cx: &mut Context,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
        lanes: &[Arc<Lane>],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(cx, buffers, metas);
        if let Poll::Ready(Ok(count)) = received {
            for (buffer, meta) in buffers.iter_mut().zip(metas.iter_mut()).take(count) {
                meta.len = self.sort(buffer, meta, lanes);
            }
        }
        received
    }

    /// Fills `buffers` with packets from other lanes; remembers whom to wake when there are none.
    fn take_moved(&self, cx: &mut Context, buffers: &mut [IoSliceMut<'_>], metas: &mut [RecvMeta]) -> usize {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        while count < buffers.len().min(metas.len()) {
            let Some((meta, packet)) = moved.packets.pop_front() else { break };
            let Some(room) = buffers[count].get_mut(..packet.len()) else { continue };
            room.copy_from_slice(&packet);
            metas[count] = meta;
            count += 1;
        }
        if count == 0 {
            moved.waker = Some(cx.waker().clone());
        }
        count
    }
}

impl AsyncUdpSocket for Lane {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.socket).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit) -> io::Result<()> {
        self.socket.try_send(transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let lanes = self.lanes.get().map_or(&[][..], Vec::as_slice);
        if lanes.len() < 2 {
            return self.socket.poll_recv(cx, bufs, meta);
        }
        // In turns: packets that name this lane and come in on others in a flood must not keep its own socket waiting.
        let own_first = self.own_first.fetch_xor(true, Ordering::Relaxed);
        if own_first && let Poll::Ready(received) = self.receive(cx, bufs, meta, lanes) {
            return Poll::Ready(received);
        }
        let moved = self.take_moved(cx, bufs, meta);
        if moved > 0 {
            return Poll::Ready(Ok(moved));
        }
        if own_first { Poll::Pending } else { self.receive(cx, bufs, meta, lanes) }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn max_transmit_segments(&self) -> usize {
        self.socket.max_transmit_segments()
    }

    fn max_receive_segments(&self) -> usize {
        self.socket.max_receive_segments()
    }

    fn may_fragment(&self) -> bool {
        self.socket.may_fragment()
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use quinn::{Runtime, TokioRuntime};

    use super::*;

    #[tokio::test]
    async fn packets_from_other_lanes_keep_none_of_its_own_waiting() {
        let bind = || UdpSocket::bind("127.0.0.1:0").unwrap();
        let lanes = Lanes::default();
        let made = (0..2).map(|index| {
            let socket = TokioRuntime.wrap_udp_socket(bind()).unwrap();
            Arc::new(Lane::new(index, socket, Arc::clone(&lanes)))
        });
        let made: Vec<_> = made.collect();
        lanes.set(made.clone()).unwrap();
        let (lane, sender) = (&made[0], bind());
        sender.send_to(b"\xC0own", lane.local_addr().unwrap()).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let from = RecvMeta { addr: sender.local_addr().unwrap(), ..RecvMeta::default() };
        let mut received = Vec::new();
        for _ in 0..4 {
            lane.accept(from, b"\x40moved");
            let (mut buffer, mut metas) = ([0; 2048], [RecvMeta::default()]);
            let mut context = Context::from_waker(Waker::noop());
            let polled = lane.poll_recv(&mut context, &mut [IoSliceMut::new(&mut buffer)], &mut metas);
            assert!(matches!(polled, Poll::Ready(Ok(1))), "{polled:?}");
            received.push(buffer[1]);
        }
        assert!(received.contains(&b'o'), "its own socket has its turn: {received:?}");
        assert!(received.contains(&b'm'));
    }
}
