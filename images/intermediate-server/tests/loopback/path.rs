//! A path between a client and one or the other server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::UdpSocket;

/// Forwards one client's packets to one of several servers, and back.
pub struct Path {
    pub address: SocketAddr,
    /// Which server packets go to.
    pub to: Arc<AtomicUsize>,
    /// Packets that the client has sent.
    pub sent: Arc<AtomicUsize>,
}

impl Path {
    /// Towards the client one packet in this time, and as many waiting as a socket holds.
    pub async fn slow(server: SocketAddr, pause: std::time::Duration) -> Self {
        Self::with([server; 2], false, pause).await
    }

    /// `after_first` switches to the second server once the client has sent one packet.
    pub async fn new(servers: [SocketAddr; 2], after_first: bool) -> Self {
        Self::with(servers, after_first, std::time::Duration::ZERO).await
    }

    async fn with(servers: [SocketAddr; 2], after_first: bool, pause: std::time::Duration) -> Self {
        let (inside, outside) =
            (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let address = inside.local_addr().unwrap();
        let (to, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let path = Self { address, to: Arc::clone(&to), sent: Arc::clone(&sent) };
        tokio::spawn(async move {
            let (mut there, mut back) = ([0; 2000], [0; 2000]);
            let mut client = None;
            loop {
                tokio::select! {
                    got = inside.recv_from(&mut there) => {
                        let Ok((length, from)) = got else { continue };
                        client = Some(from);
                        let _ = outside.send_to(&there[..length], servers[to.load(Ordering::SeqCst)]).await;
                        sent.fetch_add(1, Ordering::SeqCst);
                        if after_first {
                            to.store(1, Ordering::SeqCst);
                        }
                    }
                    got = outside.recv_from(&mut back) => {
                        let (Ok((length, _)), Some(client)) = (got, client) else { continue };
                        tokio::time::sleep(pause).await;
                        let _ = inside.send_to(&back[..length], client).await;
                    }
                }
            }
        });
        path
    }
}
