//! `agent connect`: standard input and output, carried to a port of a service.

use std::sync::Arc;
use std::time::Duration;

use stack::Cut;
use stack::host::Flow;
use tokio::io::{AsyncReadExt, AsyncWriteExt, stdin, stdout};
use tokio::time::timeout;

use crate::config::{Config, INNER};
use crate::file::{Protocol, Service};
use crate::forward::{OPENED, words};
use crate::io::Uplink;
use crate::probe::{Outcome, Probe};

/// Bytes carried at once.
const PIECE: usize = 64 * 1024;

/// How long the other side's last acknowledgment is waited for after both ended.
const LAST: Duration = Duration::from_secs(2);

/// Carries until the service ends; what a probe would come to where it does not get so far.
pub async fn run(config: &Config, id: &str, port: u16) -> Outcome {
    let (uplink, _) = Uplink::start(config, INNER, vec![id.to_owned()], false);
    let probe = Probe { uplink: &uplink, id, port };
    let outcome = match begin(&probe).await {
        Err(outcome) => outcome,
        Ok(flow) => match carried(flow, &uplink).await {
            Ok(()) => Outcome::Reached,
            Err(End::Cut(cut)) => why(&probe, words(cut)).await,
            Err(End::Local(fault)) => Outcome::CouldNotTry(format!("standard output: {fault}")),
        },
    };
    uplink.close().await;
    outcome
}

/// Carries until either side ends it, or the server turns us away.
async fn carried(flow: Flow, uplink: &Uplink) -> Result<(), End> {
    tokio::select! {
        ended = carry(flow) => ended,
        () = uplink.turned_away() => Err(End::Cut(Cut::Reset)),
    }
}

/// How a connection ends that does not end well.
enum End {
    Cut(Cut),
    Local(std::io::Error),
}

/// Opens the connection.
async fn begin(probe: &Probe<'_>) -> Result<Flow, Outcome> {
    probe.server().await?;
    let Some(service) = probe.uplink.file.service(probe.id).cloned() else {
        // Absent from the configuration: the server's word says more.
        return Err(probe
            .policy()
            .await
            .err()
            .unwrap_or_else(|| Outcome::CouldNotTry("not configured".into())));
    };
    is_tcp(&service)?;
    let flow = probe.uplink.connect(&service, probe.port);
    let flow = flow.map_err(|_| Outcome::CouldNotTry("no flow is free".into()))?;
    match timeout(OPENED, flow.opened()).await {
        Ok(Ok(())) => Ok(flow),
        Ok(Err(cut)) => Err(why(probe, words(cut)).await),
        Err(_) => Err(why(probe, "nobody answers").await),
    }
}

fn is_tcp(service: &Arc<Service>) -> Result<(), Outcome> {
    match service.protocol {
        Protocol::Tcp => Ok(()),
        Protocol::Udp => Err(Outcome::CouldNotTry(format!("{} is UDP: use agent forward", service.id))),
    }
}

/// Policy, where it is why; else that the backend ended it.
async fn why(probe: &Probe<'_>, otherwise: &str) -> Outcome {
    match probe.policy().await {
        Err(outcome) => outcome,
        Ok(_) => Outcome::NoAnswer(format!("{} port {} is allowed, but {otherwise}", probe.id, probe.port)),
    }
}

/// Carries both ways until the service ends what it sends: whoever reads our output learns of an end only by ours.
async fn carry(flow: Flow) -> Result<(), End> {
    tokio::select! {
        ended = out_of(&flow) => ended?,
        Err(end) = into(&flow) => return Err(end),
    }
    flow.finish();
    let _ = timeout(LAST, flow.cut()).await;
    Ok(())
}

async fn out_of(flow: &Flow) -> Result<(), End> {
    let mut output = stdout();
    let take = |bytes: &[u8]| {
        let piece = &bytes[..bytes.len().min(PIECE)];
        (piece.len(), piece.to_vec())
    };
    while let Some(bytes) = flow.read(take).await.map_err(End::Cut)? {
        output.write_all(&bytes).await.map_err(End::Local)?;
        output.flush().await.map_err(End::Local)?;
    }
    Ok(())
}

/// Standard input, to its end; then it waits for ever, since only the other direction ends all.
async fn into(flow: &Flow) -> Result<(), End> {
    let mut input = stdin();
    let mut piece = vec![0; PIECE];
    loop {
        match input.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(length) => flow.write_all(&piece[..length]).await.map_err(End::Cut)?,
        }
    }
    flow.finish();
    std::future::pending().await
}
