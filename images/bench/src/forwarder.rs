//! The peer: the least that forwarding can cost, one system call in and one out.

use std::net::{SocketAddr, UdpSocket};

/// Forwards every datagram; prints its address first.
pub fn run(to: SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    println!("{}", socket.local_addr().unwrap());
    let mut buffer = [0; 2048];
    loop {
        let Ok((length, _)) = socket.recv_from(&mut buffer) else { continue };
        let _ = socket.send_to(&buffer[..length], to);
    }
}
