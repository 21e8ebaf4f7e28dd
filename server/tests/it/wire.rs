//! HTTP as bytes on a connection: what a client library hides.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Far longer than it takes; a busy machine has time.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Wire {
    tcp: TcpStream,
    read: Vec<u8>,
}

pub struct Said {
    pub status: u16,
    /// In small letters.
    pub head: String,
    pub body: String,
}

impl Said {
    /// Whether the connection ends with this answer.
    pub fn closes(&self) -> bool {
        self.head.contains("\r\nconnection: close")
    }
}

impl Wire {
    /// To `http://address`.
    pub async fn to(url: &str) -> Self {
        let tcp = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        Self { tcp, read: Vec::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.tcp.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Whether anything has come that was not read.
    pub fn has_answer(&mut self) -> bool {
        let mut room = [0; 1024];
        if let Ok(read) = self.tcp.try_read(&mut room) {
            self.read.extend_from_slice(&room[..read]);
        }
        !self.read.is_empty()
    }

    /// The next answer; `None` when the connection ends without one.
    pub async fn answer(&mut self) -> Option<Said> {
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break self.read.drain(..end + 4).collect::<Vec<_>>();
            }
            self.more().await?;
        };
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("\r\ncontent-length: ").nth(1).map_or("0", |rest| rest.split("\r\n").next().unwrap());
        let length = length.parse().unwrap();
        while self.read.len() < length {
            self.more().await?;
        }
        let body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        Some(Said { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head, body })
    }

    /// Whether the server closes the connection, whatever it says before.
    pub async fn ends(&mut self) -> bool {
        while self.more().await.is_some() {}
        true
    }

    async fn more(&mut self) -> Option<()> {
        let mut room = vec![0; 16 * 1024];
        let read = timeout(PATIENCE, self.tcp.read(&mut room)).await.expect("an answer, or an end, in time");
        let read = read.ok().filter(|read| *read > 0)?;
        self.read.extend_from_slice(&room[..read]);
        Some(())
    }

    /// A whole request without a body, and its answer.
    pub async fn get(&mut self, path: &str) -> Option<Said> {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        self.answer().await
    }
}
