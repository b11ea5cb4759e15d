//! TCP: each connection that is accepted here is opened anew at the service. What is denied, cut or not answered ends in a reset
//! here, never in an end of file.

use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use stack::Cut;
use stack::splice::{self, Ended};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::explainer::Explainer;
use crate::file::Service;
use crate::io::Uplink;

/// How long opening may take: three SYNs, and a connection to the server that is just coming back.
pub const OPENED: Duration = Duration::from_secs(20);

/// After the system gave no connection (no file descriptor is left, say), the next one is asked for later.
const AGAIN: Duration = Duration::from_millis(100);

/// Carries connections for ever.
pub async fn carry(listener: TcpListener, service: Arc<Service>, port: u16, uplink: Arc<Uplink>) {
    let explainer = Explainer::new(Arc::clone(&uplink), Arc::clone(&service), port);
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                let (uplink, service) = (Arc::clone(&uplink), Arc::clone(&service));
                let explainer = Arc::clone(&explainer);
                tokio::spawn(async move {
                    if let Err(what) = one(socket, &service, port, &uplink).await {
                        explainer.explain(what);
                    }
                });
            }
            Err(fault) => {
                tracing::warn!(%fault, "no connection is accepted");
                sleep(AGAIN).await;
            }
        }
    }
}

/// Carries one connection to its end; the error says what became of it, in words.
async fn one(socket: TcpStream, service: &Service, port: u16, uplink: &Uplink) -> Result<(), &'static str> {
    // Whatever ends this but its own end is a reset here, also the end of this program: the kernel says what is set by then. The
    // second handle keeps the socket open until that is decided.
    splice::reset(&socket);
    let _ = socket.set_nodelay(true);
    let handle = SockRef::from(&socket).try_clone().map_err(|_| "no file descriptor is left")?;
    let flow = uplink.connect(service, port).map_err(|_| "as many flows as may be are open")?;
    match timeout(OPENED, flow.opened()).await {
        Ok(Ok(())) => {}
        Ok(Err(cut)) => return Err(words(cut)),
        Err(_) => return Err("nobody answers"),
    }
    // The server's reset may be lost as it closes the connection: then that is the word.
    let ended = tokio::select! {
        ended = splice::splice(flow, socket) => ended,
        () = uplink.turned_away() => Ended::Cut(Cut::Reset),
    };
    match ended {
        Ended::Finished => drop(handle.set_linger(None)),
        Ended::Failed(_) => {}
        Ended::Cut(cut) => return Err(words(cut)),
    }
    Ok(())
}

/// What a cut is, where policy is not why.
pub fn words(cut: Cut) -> &'static str {
    match cut {
        Cut::Refused => "the backend refuses the connection",
        Cut::Reset => "the connection is cut",
        Cut::Silent => "nobody answers any more",
        Cut::Gone => "the connection is gone",
    }
}
