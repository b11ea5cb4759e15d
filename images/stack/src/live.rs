//! One flow that has buffers: a small smoltcp interface with a single socket.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{self, RecvError, State};
use smoltcp::time::Instant;
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr, IpListenEndpoint};
use tunnel::packet::{FIN, SYN, Segment, Tuple};
use tunnel::time::Monotonic;

use crate::Congestion;
use crate::header::{is_after, segment_of};

/// What a new flow is made with.
#[derive(Clone, Copy, Debug)]
pub struct Make {
    /// As our end sees it.
    pub tuple: Tuple,
    /// The largest packet that its link carries, in bytes.
    pub mtu: usize,
    /// Bytes of each of its buffers.
    pub buffer: usize,
    /// What its first sequence number is made from.
    pub seed: u64,
    pub congestion: Congestion,
}

/// A flow with buffers.
pub struct Live {
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    mtu: usize,
    /// How far its clock is set ahead of ours.
    ahead: Duration,
    /// The sequence number of the peer's first byte, and how many bytes were read.
    first: Option<u32>,
    taken: u32,
    /// The sequence number of the peer's end, where it came.
    end: Option<u32>,
    /// Bytes of each of its buffers.
    pub buffer: usize,
}

/// When a flow wants to be asked for a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    Now,
    At(Monotonic),
    Never,
}

/// A device with room for one packet each way.
struct Slot<'a> {
    input: Option<&'a [u8]>,
    output: Option<Vec<u8>>,
    mtu: usize,
}

struct Input<'a>(&'a [u8]);
struct Output<'a>(&'a mut Option<Vec<u8>>);

impl RxToken for Input<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

impl TxToken for Output<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        write(self.0.insert(vec![0; length]))
    }
}

impl Device for Slot<'_> {
    type RxToken<'b>
        = Input<'b>
    where
        Self: 'b;
    type TxToken<'b>
        = Output<'b>
    where
        Self: 'b;

    fn receive(&mut self, _now: Instant) -> Option<(Input<'_>, Output<'_>)> {
        let input = self.input.take()?;
        Some((Input(input), Output(&mut self.output)))
    }

    fn transmit(&mut self, _now: Instant) -> Option<Output<'_>> {
        self.output.is_none().then_some(Output(&mut self.output))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        // The caller has verified what it hands in.
        capabilities.checksum.ipv4 = Checksum::Tx;
        capabilities.checksum.tcp = Checksum::Tx;
        capabilities
    }
}

fn instant(now: Monotonic) -> Instant {
    Instant::from_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
}

impl Live {
    /// A flow that waits for the SYN of its tuple.
    pub fn listening(make: &Make, now: Monotonic) -> Option<Self> {
        let mut flow = Self::new(make, now);
        let at = IpListenEndpoint { addr: Some(make.tuple.source.into()), port: make.tuple.source_port };
        flow.socket().listen(at).ok()?;
        Some(flow)
    }

    /// A flow that sends a SYN.
    pub fn connecting(make: &Make, now: Monotonic) -> Option<Self> {
        let mut flow = Self::new(make, now);
        let Tuple { source, source_port, destination, destination_port, .. } = make.tuple;
        let (local, remote) =
            (SocketAddrV4::new(source, source_port), SocketAddrV4::new(destination, destination_port));
        let socket = flow.sockets.get_mut::<tcp::Socket<'_>>(flow.handle);
        socket.connect(flow.interface.context(), remote, local).ok()?;
        Some(flow)
    }

    fn new(make: &Make, now: Monotonic) -> Self {
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = make.seed;
        let mut slot = Slot { input: None, output: None, mtu: make.mtu };
        let mut interface = Interface::new(config, &mut slot, instant(now));
        let own: Ipv4Addr = make.tuple.source;
        interface.update_ip_addrs(|addresses| {
            let _ = addresses.push(IpCidr::new(IpAddress::Ipv4(own), 32));
        });
        let mut sockets = SocketSet::new(Vec::with_capacity(1));
        let handle = sockets.add(socket(make));
        Self {
            interface,
            sockets,
            handle,
            mtu: make.mtu,
            ahead: Duration::ZERO,
            first: None,
            taken: 0,
            end: None,
            buffer: make.buffer,
        }
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    fn socket_ref(&self) -> &tcp::Socket<'static> {
        self.sockets.get(self.handle)
    }

    /// Takes one packet of its tuple, whose checksums are right.
    /// Returns what is answered at once.
    pub fn receive(&mut self, packet: &[u8], now: Monotonic) -> Option<Vec<u8>> {
        if self.first.is_none() {
            let syn = segment_of(packet).filter(|segment| segment.flags & SYN != 0);
            self.first = syn.map(|syn| syn.sequence.wrapping_add(1));
        }
        let mut slot = Slot { input: Some(packet), output: None, mtu: self.mtu };
        self.interface.poll_ingress_single(instant(now + self.ahead), &mut slot, &mut self.sockets);
        slot.output
    }

    /// The next packet that it sends.
    pub fn packet(&mut self, now: Monotonic) -> Option<Vec<u8>> {
        let mut slot = Slot { input: None, output: None, mtu: self.mtu };
        self.interface.poll_egress(instant(now + self.ahead), &mut slot, &mut self.sockets);
        slot.output
    }

    /// When it wants to be asked for a packet.
    pub fn due(&mut self, now: Monotonic) -> Due {
        let own = now + self.ahead;
        let Some(at) = self.interface.poll_at(instant(own), &self.sockets) else { return Due::Never };
        let at = Duration::from_micros(u64::try_from(at.total_micros()).unwrap_or(0));
        match Monotonic::since_origin(at).since(own) {
            Duration::ZERO => Due::Now,
            left => Due::At(now + left),
        }
    }

    /// Sets its clock to when it would send something by itself: what was sent is lost.
    pub fn hurry(&mut self, now: Monotonic) {
        if let Due::At(at) = self.due(now) {
            self.ahead += at.since(now);
        }
    }

    pub fn state(&self) -> State {
        self.socket_ref().state()
    }

    /// Whether it is over: nothing more is sent or taken.
    pub fn is_over(&self) -> bool {
        // A reset during the handshake puts smoltcp back to listening; nobody may come in there again.
        let socket = self.socket_ref();
        matches!(socket.state(), State::Closed | State::Listen) && socket.remote_endpoint().is_none()
    }

    /// Whether the peer has all that was written, and the end of it where that was said.
    pub fn is_settled(&self) -> bool {
        let socket = self.socket_ref();
        socket.send_queue() == 0
            && matches!(
                socket.state(),
                State::Established | State::CloseWait | State::FinWait2 | State::TimeWait
            )
    }

    /// Whether the peer has all but our end.
    pub fn owes_end(&self) -> bool {
        let socket = self.socket_ref();
        socket.send_queue() == 0
            && matches!(socket.state(), State::FinWait1 | State::Closing | State::LastAck)
    }

    /// Whether the end of what is written can be said to smoltcp. Where the peer said its own already, smoltcp 0.14 hears no
    /// acknowledgment after that but one of something new: none that repeats, and no wider window. A flow whose peer has a
    /// full buffer, or a hole in it, would hang for ever, so the peer must have all before it.
    pub fn can_finish(&self) -> bool {
        let socket = self.socket_ref();
        socket.state() != State::CloseWait || socket.send_queue() == 0
    }

    /// Hands what is there to `take`, which returns how much of it it took.
    pub fn read<T>(&mut self, take: impl FnOnce(&[u8]) -> (usize, T)) -> Result<T, RecvError> {
        let mut taken = 0;
        let read = self.socket().recv(|bytes| {
            let (count, read) = take(bytes);
            taken = count as u32;
            (count, read)
        });
        self.taken = self.taken.wrapping_add(taken);
        read
    }

    /// The sequence number that is expected next; none before the peer's SYN.
    pub fn expected(&self) -> Option<u32> {
        let socket = self.socket_ref();
        let has_ended =
            matches!(socket.state(), State::CloseWait | State::LastAck | State::Closing | State::TimeWait);
        let received = self.taken.wrapping_add(socket.recv_queue() as u32);
        Some(self.first?.wrapping_add(received).wrapping_add(u32::from(has_ended)))
    }

    /// Writes down the end that a segment states.
    pub fn note_end(&mut self, segment: &Segment) {
        if segment.flags & FIN != 0 {
            self.end = Some(segment.end().wrapping_sub(1));
        }
    }

    /// Whether all before the peer's end has come, and smoltcp does not know of the end.
    pub fn is_at_end(&self) -> bool {
        self.end.is_some() && self.end == self.expected()
    }

    /// Whether smoltcp looks at what a segment acknowledges: where any part of its data is within our window, or where it has none
    /// and its number is, as it is corrected, what is expected.
    pub fn is_within(&self, segment: &Segment) -> bool {
        let Some(expected) = self.expected() else { return true };
        let socket = self.socket_ref();
        let end = expected.wrapping_add((socket.recv_capacity() - socket.recv_queue()) as u32);
        match segment.data {
            0 => !is_after(expected, segment.sequence),
            _ => is_after(segment.end(), expected) && is_after(end, segment.sequence),
        }
    }

    pub fn can_read(&self) -> bool {
        self.socket_ref().can_recv()
    }

    /// Whether the peer's end came, and all before it was read.
    pub fn is_read(&mut self) -> bool {
        matches!(self.socket().peek(0), Err(RecvError::Finished))
    }

    /// Room for what can be written; none where nothing can, now or ever.
    pub fn room(&self) -> usize {
        let socket = self.socket_ref();
        if socket.may_send() { socket.send_capacity() - socket.send_queue() } else { 0 }
    }

    /// Has `give` write into the room that is there in one piece; it returns how much it wrote.
    pub fn write<T>(&mut self, give: impl FnOnce(&mut [u8]) -> (usize, T)) -> Option<T> {
        self.socket().send(give).ok()
    }

    /// The end of what is written. Only once the handshake is over, and where [`Live::can_finish`].
    pub fn finish(&mut self) {
        self.socket().close();
    }

    /// From now on it only sends a reset.
    pub fn abort(&mut self) {
        self.socket().abort();
    }
}

fn socket(make: &Make) -> tcp::Socket<'static> {
    let buffer = || tcp::SocketBuffer::new(vec![0; make.buffer]);
    let mut socket = tcp::Socket::new(buffer(), buffer());
    // What is written is whole messages of a sender that waits already: nothing is held back.
    socket.set_nagle_enabled(false);
    socket.set_ack_delay(None);
    socket.set_congestion_control(match make.congestion {
        // What is measured is held back by the window that it is told.
        Congestion::Measured | Congestion::None => tcp::CongestionControl::None,
        Congestion::Reno => tcp::CongestionControl::Reno,
        Congestion::Cubic => tcp::CongestionControl::Cubic,
    });
    socket
}
