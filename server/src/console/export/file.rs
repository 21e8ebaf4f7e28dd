use std::{fs::File, io};

use latchkey_app::{error::ConsoleError, text::T};
use rust_xlsxwriter::{Workbook, XlsxError};
use tokio::{
    io::{AsyncReadExt, AsyncSeekExt},
    sync::mpsc::{self, Receiver, Sender},
};

use super::rows::{COLUMNS, Rows};
use crate::console::internal;

/// Without it, Excel takes UTF-8 for something else.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();
/// A sheet of a workbook holds no more; the next one goes on.
const MOST_ROWS: u32 = 1_048_576;
const PIECE: usize = 64 * 1024;
/// A nickname is not wider than this.
const WIDTH: f64 = 24.0;

type Line = [String; COLUMNS];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx].into_iter().find(|format| format.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Whether all of it was taken.
    pub(super) async fn write(
        self,
        rows: &mut Rows,
        texts: T,
        to: &Sender<io::Result<Vec<u8>>>,
    ) -> Result<bool, ConsoleError> {
        match self {
            Self::Csv => csv(rows, texts, to).await,
            Self::Xlsx => xlsx(rows, texts, to).await,
        }
    }
}

async fn csv(rows: &mut Rows, texts: T, to: &Sender<io::Result<Vec<u8>>>) -> Result<bool, ConsoleError> {
    let head = [BYTE_ORDER_MARK, &csv_lines(&[Rows::head(texts)])?].concat();
    if to.send(Ok(head)).await.is_err() {
        return Ok(false);
    }
    while let Some(lines) = rows.next(texts).await? {
        if to.send(Ok(csv_lines(&lines)?)).await.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn csv_lines(lines: &[Line]) -> Result<Vec<u8>, ConsoleError> {
    let mut quoted = csv::WriterBuilder::new();
    quoted.quote_style(csv::QuoteStyle::Always);
    let mut writer = quoted.terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(|error| internal(&error))?;
    }
    writer.into_inner().map_err(|error| internal(&error))
}

/// A workbook is a ZIP archive and known only when it is whole: it grows in a file without a name, which is gone with its
/// last reader.
async fn xlsx(rows: &mut Rows, texts: T, to: &Sender<io::Result<Vec<u8>>>) -> Result<bool, ConsoleError> {
    let (lines, taken) = mpsc::channel(1);
    let writing = tokio::task::spawn_blocking(move || workbook(&Rows::head(texts), taken));
    while let Some(piece) = rows.next(texts).await? {
        if to.is_closed() || lines.send(piece).await.is_err() {
            break;
        }
    }
    drop(lines);
    let file = writing.await.map_err(|error| internal(&error))?.map_err(|error| internal(&error))?;
    send(file, to).await.map_err(|error| internal(&error))
}

fn workbook(head: &Line, mut pieces: Receiver<Vec<Line>>) -> Result<File, XlsxError> {
    let mut book = Workbook::new();
    let mut piece = Vec::new().into_iter();
    loop {
        let sheet = book.add_worksheet_with_constant_memory()?;
        for column in 0..COLUMNS {
            sheet.set_column_width(column_number(column), WIDTH)?;
        }
        let mut write = |row: u32, line: &Line| {
            let mut cells = line.iter().enumerate();
            cells.try_for_each(|(column, text)| sheet.write_string(row, column_number(column), text).map(drop))
        };
        write(0, head)?;
        for row in 1..MOST_ROWS {
            let line = match piece.next() {
                Some(line) => Some(line),
                None => next_line(&mut piece, &mut pieces),
            };
            let Some(line) = line else {
                let file = tempfile::tempfile()?;
                book.save_to_writer(&file)?;
                return Ok(file);
            };
            write(row, &line)?;
        }
    }
}

/// A piece may be empty.
fn next_line(piece: &mut std::vec::IntoIter<Line>, pieces: &mut Receiver<Vec<Line>>) -> Option<Line> {
    loop {
        *piece = pieces.blocking_recv()?.into_iter();
        if let Some(line) = piece.next() {
            return Some(line);
        }
    }
}

fn column_number(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

async fn send(file: File, to: &Sender<io::Result<Vec<u8>>>) -> io::Result<bool> {
    let mut file = tokio::fs::File::from_std(file);
    file.rewind().await?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        if (&mut file).take(PIECE as u64).read_to_end(&mut piece).await? == 0 {
            return Ok(true);
        }
        if to.send(Ok(piece)).await.is_err() {
            return Ok(false);
        }
    }
}
