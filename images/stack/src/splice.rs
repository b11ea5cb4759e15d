//! A flow of the stack and a socket of the kernel, joined: both ways, with half-close, each side slowed by the other.

use std::io::{Error, ErrorKind};
use std::net::Shutdown;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::TcpStream;

use crate::Cut;
use crate::host::Flow;

/// Bytes carried at once: others get their turn after them.
const PIECE: usize = 64 * 1024;

/// How a splice ended.
#[derive(Debug)]
pub enum Ended {
    /// Both sides ended, and all of both arrived.
    Finished,
    /// The flow was cut, and the socket was reset.
    Cut(Cut),
    /// The socket failed, and the flow is reset.
    Failed(Error),
}

/// Carries everything between both until they end, or until this is dropped. Afterwards both are gone: a flow that was cut leaves a reset at the
/// socket, a socket that failed leaves one at the flow, and neither is ever an end of file.
pub async fn splice(flow: Flow, socket: TcpStream) -> Ended {
    // Whatever ends this, the socket must not look as if its peer had ended: that it does is said at the very end.
    reset(&socket);
    let ended = tokio::select! {
        cut = flow.cut() => Ended::Cut(cut),
        ended = async { tokio::try_join!(out_of(&flow, &socket), into(&flow, &socket)) } => match ended {
            Ok(_) => Ended::Finished,
            Err(ended) => ended,
        },
    };
    if matches!(ended, Ended::Finished) {
        let _ = SockRef::from(&socket).set_linger(None);
    }
    ended
}

/// Makes the kernel say a reset instead of an end when the socket is closed.
pub fn reset(socket: &TcpStream) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}

/// What the peer of the flow sends, into the socket.
async fn out_of(flow: &Flow, socket: &TcpStream) -> Result<(), Ended> {
    loop {
        let written = flow.read(|bytes| {
            let piece = &bytes[..bytes.len().min(PIECE)];
            let written = socket.try_write(piece);
            (*written.as_ref().unwrap_or(&0), written)
        });
        match written.await.map_err(Ended::Cut)? {
            None => return SockRef::from(socket).shutdown(Shutdown::Write).map_err(Ended::Failed),
            Some(Ok(_)) => {}
            Some(Err(error)) => wait(error, socket.writable()).await?,
        }
    }
}

/// What the socket has, into the flow.
async fn into(flow: &Flow, socket: &TcpStream) -> Result<(), Ended> {
    loop {
        // Waited for before room is: a socket that has nothing holds nothing.
        socket.readable().await.map_err(Ended::Failed)?;
        let read = flow.write(|room| {
            let most = room.len().min(PIECE);
            let read = socket.try_read(&mut room[..most]);
            (*read.as_ref().unwrap_or(&0), read)
        });
        match read.await.map_err(Ended::Cut)? {
            Ok(0) => {
                flow.finish();
                return Ok(());
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(Ended::Failed(error)),
        }
    }
}

/// Waits where an operation would block; any other error ends it.
async fn wait(error: Error, ready: impl Future<Output = Result<(), Error>>) -> Result<(), Ended> {
    match error.kind() {
        ErrorKind::WouldBlock => ready.await.map_err(Ended::Failed),
        _ => Err(Ended::Failed(error)),
    }
}
