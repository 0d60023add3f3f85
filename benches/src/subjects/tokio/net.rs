//! tokio's sockets, each served by a task on a current-thread runtime.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

use crate::subjects::{ANY_PORT, READ_ROOM};
use crate::wire::control::tell_address;

/// Sends everything back, on all connections, for ever.
pub fn echo() -> io::Result<()> {
    serve(async |stream| {
        tokio::spawn(echo_all(stream));
    })
}

/// Accepts connections for ever.
pub(super) fn serve(take: impl AsyncFn(TcpStream)) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(ANY_PORT).await?;
        tell_address(listener.local_addr());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            take(stream).await;
        }
    })
}

async fn echo_all(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; READ_ROOM];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count]).await?,
        }
    }
}
