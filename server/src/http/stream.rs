use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{connection::Progress, connections::Patience};

/// Bytes that the kernel holds before it has sent them. With the usual megabytes, a slow client that reads all the time
/// would look as if it did not.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 64 * 1024;

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The bytes of a connection. An error ends it when nothing could be written for too long.
pub(super) struct Stream<S> {
    inner: S,
    progress: Arc<Progress>,
    patience: Patience,
    stopping: CancellationToken,
    /// While a write is pending: when to give up.
    blocked: Option<Wait>,
    /// Once this side has been closed: when to stop waiting for the other.
    lingering: Option<Wait>,
}

impl Stream<TcpStream> {
    pub(super) fn new(
        tcp: TcpStream,
        progress: Arc<Progress>,
        patience: Patience,
        stopping: CancellationToken,
    ) -> Self {
        // Small answers leave at once; failing to set these costs nothing but time.
        let _ = tcp.set_nodelay(true);
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&tcp).set_tcp_notsent_lowat(UNSENT);
        Self::over(tcp, progress, patience, stopping)
    }
}

impl<S> Stream<S> {
    fn over(inner: S, progress: Arc<Progress>, patience: Patience, stopping: CancellationToken) -> Self {
        Self { inner, progress, patience, stopping, blocked: None, lingering: None }
    }

    /// Passes the result of a write on, unless writes have been pending for too long.
    fn in_time<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let is_blocked = written.is_pending();
        self.progress.blocked.store(is_blocked, Ordering::Release);
        if !is_blocked {
            self.blocked = None;
            return written;
        }
        let (patience, stopping) = (self.patience, &self.stopping);
        let wait = self.blocked.get_or_insert_with(|| Box::pin(unwritten(patience, stopping.clone())));
        ready!(wait.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

/// Done when nothing could be written for too long.
async fn unwritten(patience: Patience, stopping: CancellationToken) {
    let stopped = async {
        stopping.cancelled().await;
        sleep(patience.write_at_stop).await;
    };
    tokio::select! {
        () = sleep(patience.write) => {}
        () = stopped => {}
    }
}

/// Done when the client has had its time to close, and as soon as the program is told to stop.
async fn unclosed(patience: Patience, stopping: CancellationToken) {
    tokio::select! {
        () = sleep(patience.close) => {}
        () = stopping.cancelled() => {}
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.in_time(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.in_time(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    /// Closes this side, then throws away what the client still sends until it has closed, too: unread bytes would make
    /// the kernel reset the connection, and the client would lose the answer with it.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.inner).poll_shutdown(context))?;
            self.lingering = Some(Box::pin(unclosed(self.patience, self.stopping.clone())));
        }
        let mut room = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut room);
            match Pin::new(&mut self.inner).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
        }
        if let Some(lingering) = &mut self.lingering {
            ready!(lingering.as_mut().poll(context));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_mins(10);
    const PATIENT: Patience = Patience { first_head: LONG, write: LONG, write_at_stop: LONG, close: LONG };

    fn pair(patience: Patience, stopping: &CancellationToken) -> (Stream<DuplexStream>, DuplexStream) {
        let (here, there) = duplex(1024);
        (Stream::over(here, Arc::default(), patience, stopping.clone()), there)
    }

    #[tokio::test]
    async fn who_reads_nothing_is_cut_off() {
        let hasty = Patience { write: SHORT, ..PATIENT };
        let (mut stream, _client) = pair(hasty, &CancellationToken::new());
        let error = stream.write_all(&[0; 4096]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(stream.progress.blocked.load(Ordering::Acquire));
    }

    #[tokio::test]
    async fn every_byte_that_is_read_gives_new_time() {
        let (mut stream, mut client) = pair(PATIENT, &CancellationToken::new());
        let mut context = Context::from_waker(futures::task::noop_waker_ref());
        for _ in 0..3 {
            while Pin::new(&mut stream).poll_write(&mut context, &[0; 512]).is_ready() {}
            assert!(stream.blocked.is_some());
            client.read_exact(&mut [0; 512]).await.unwrap();
            assert!(Pin::new(&mut stream).poll_write(&mut context, &[0; 512]).is_ready());
            assert!(stream.blocked.is_none() && !stream.progress.blocked.load(Ordering::Acquire));
        }
    }

    #[tokio::test]
    async fn who_reads_nothing_does_not_hold_up_the_end() {
        let (stopping, hasty) = (CancellationToken::new(), Patience { write_at_stop: SHORT, ..PATIENT });
        let (mut stream, _client) = pair(hasty, &stopping);
        stopping.cancel();
        assert!(stream.write_all(&[0; 4096]).await.is_err());
    }

    #[tokio::test]
    async fn a_closing_stream_takes_what_still_comes() {
        let (mut stream, mut client) = pair(PATIENT, &CancellationToken::new());
        let sending = tokio::spawn(async move {
            // Twice what fits between the two.
            client.write_all(&[0; 2048]).await.unwrap();
            client.read(&mut [0; 1]).await.unwrap()
        });
        stream.shutdown().await.unwrap();
        assert_eq!(sending.await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_client_that_does_not_close_is_not_waited_for_long() {
        let stopping = CancellationToken::new();
        let (mut stream, _client) = pair(Patience { close: SHORT, ..PATIENT }, &stopping);
        stream.shutdown().await.unwrap();
        let (mut stream, _client) = pair(PATIENT, &stopping);
        stopping.cancel();
        stream.shutdown().await.unwrap();
    }
}
