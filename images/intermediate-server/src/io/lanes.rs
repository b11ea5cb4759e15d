//! Several sockets on one address, so that the kernel spreads clients over them by their address and port, one
//! endpoint task each. A client that changes its address may fall to another socket: its packets are then
//! handed to the lane that its connection id names.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
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
}

#[derive(Debug, Default)]
struct Moved {
    packets: VecDeque<(RecvMeta, Vec<u8>)>,
    waker: Option<Waker>,
}

impl Lane {
    /// The lane with this index, on a socket of its own; `lanes` is filled when all are there.
    pub fn new(index: u8, socket: Arc<dyn AsyncUdpSocket>, lanes: Lanes) -> Self {
        Self { index, socket, moved: Mutex::default(), lanes }
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
        let moved = self.take_moved(cx, bufs, meta);
        if moved > 0 {
            return Poll::Ready(Ok(moved));
        }
        let received = self.socket.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(count)) = received {
            for (buffer, meta) in bufs.iter_mut().zip(meta.iter_mut()).take(count) {
                meta.len = self.sort(buffer, meta, lanes);
            }
        }
        received
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
