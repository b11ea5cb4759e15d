//! How much the stack gets to the kernel on a path that keeps the order, takes its time and loses.

use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;

use stack::host::Host;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;
use tun_rs::AsyncDevice;

use crate::random::Random;
use crate::{KERNEL, MTU, STACK};

/// How long a packet takes.
const HALF_TRIP: Duration = Duration::from_millis(15);

/// Bytes that are sent: enough for some twenty losses of one in a hundred.
const BYTES: usize = 2_000_000;

/// Begins a path that loses so many packets in a thousand.
pub fn start(device: AsyncDevice, host: &Arc<Host>, loss: u64) {
    let device = Arc::new(device);
    let ((down, to_kernel), (up, to_stack)) = (unbounded_channel(), unbounded_channel());
    let [runs, sends, hears] = [(); 3].map(|()| Arc::clone(host));
    let takes = Arc::clone(&device);
    tokio::spawn(async move { runs.run().await });
    tokio::spawn(async move {
        let mut random = Random(7);
        loop {
            let packets = sends.packets(0, 16 * 1024).await;
            for packet in packets.into_iter().filter(|_| !random.happens(loss)) {
                down.send((Instant::now() + HALF_TRIP, packet)).unwrap();
            }
        }
    });
    tokio::spawn(async move {
        let (mut random, mut buffer) = (Random(8), [0; 2000]);
        while let Ok(length) = device.recv(&mut buffer).await {
            // The kernel also looks for routers.
            if buffer[0] == 0x45 && buffer[16..20] == STACK.octets() && !random.happens(loss) {
                up.send((Instant::now() + HALF_TRIP, buffer[..length].to_vec())).unwrap();
            }
        }
    });
    tokio::spawn(carry(to_kernel, move |packet| drop(takes.try_send(packet))));
    tokio::spawn(carry(to_stack, move |packet| {
        hears.receive(0, [packet], |reason| panic!("the kernel sent {reason}"));
    }));
}

/// Delivers packets in order, each when it is due.
async fn carry(mut line: UnboundedReceiver<(Instant, Vec<u8>)>, deliver: impl Fn(&[u8])) {
    while let Some((at, packet)) = line.recv().await {
        tokio::time::sleep_until(at).await;
        deliver(&packet);
    }
}

/// Bits a second of what one flow of the stack sends to a peer that said its own end first.
pub async fn goodput(host: &Arc<Host>, port: u16) -> u64 {
    let at = SocketAddrV4::new(KERNEL, port);
    let listener = TcpListener::bind(at).await.unwrap();
    let flow = host.connect(0, STACK, at, usize::from(MTU)).unwrap();
    let (opened, accepted) = tokio::join!(flow.opened(), listener.accept());
    opened.unwrap();
    let (mut socket, begin) = (accepted.unwrap().0, Instant::now());
    socket.shutdown().await.unwrap();
    let sending = async {
        assert_eq!(flow.read(|_| (0, ())).await.unwrap(), None);
        flow.write_all(&vec![7; BYTES]).await.unwrap();
        flow.finish();
    };
    let mut all = Vec::new();
    let ((), read) = tokio::join!(sending, socket.read_to_end(&mut all));
    assert_eq!((read.unwrap(), all.len()), (BYTES, BYTES));
    BYTES as u64 * 8_000_000 / u64::try_from(begin.elapsed().as_micros()).unwrap()
}
