//! A site: the files of a folder, and no others.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use coros::offload;

use crate::request::{Method, Request};
use crate::response::{Response, Status};

pub struct Site {
    folder: PathBuf,
}

/// What a path leads to.
enum Found {
    File(File, u64),
    Folder,
}

impl Site {
    pub fn of(folder: &str) -> io::Result<Self> {
        let folder = fs::canonicalize(folder)?;
        Ok(Self { folder })
    }

    pub fn answer(&self, request: &Request) -> Response {
        match request.method {
            Method::Get => self.page(&request.path),
            Method::Head => self.page(&request.path).without_body(),
            Method::Other => Response::page(Status::NOT_ALLOWED).with("Allow", "GET, HEAD"),
        }
    }

    fn page(&self, path: &str) -> Response {
        self.find(path).unwrap_or_else(Response::page)
    }

    fn find(&self, path: &str) -> Result<Response, Status> {
        let mut steps = PathBuf::new();
        for step in path.split('/') {
            steps.push(plain(decode(step)?)?);
        }
        if path.ends_with('/') {
            steps.push("index.html");
        }
        let kind = kind_of(&steps);
        let (folder, wanted) = (self.folder.clone(), self.folder.join(steps));
        // Files may lie on a slow disk, so other threads look for them.
        let found = offload(move || look(&folder, &wanted)).map_err(|_| Status::BROKEN)?;
        match found.map_err(status_of)? {
            Found::File(file, length) => Ok(Response::file(file, length, kind)),
            Found::Folder => {
                // So that what the page names relative to itself is found in the folder. One slash at
                // the beginning: after two a browser would look for the name of another host.
                let place = format!("/{}/", path.trim_matches('/'));
                Ok(Response::page(Status::MOVED).with("Location", place))
            }
        }
    }
}

/// Opens what is in the folder, also after all links have been followed.
fn look(folder: &Path, wanted: &Path) -> io::Result<Found> {
    let real = fs::canonicalize(wanted)?;
    let data = fs::metadata(&real)?;
    match real.starts_with(folder) {
        true if data.is_file() => Ok(Found::File(File::open(&real)?, data.len())),
        true if data.is_dir() => Ok(Found::Folder),
        // A device or a pipe: to open it could take for ever.
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn status_of(error: io::Error) -> Status {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    match error.kind() {
        NotFound | PermissionDenied | NotADirectory | InvalidFilename => Status::NOT_FOUND,
        _ => Status::BROKEN,
    }
}

/// A step of a path, if it leads neither up nor to what is hidden. It is decoded: what looks like a
/// slash now is none.
fn plain(step: Vec<u8>) -> Result<OsString, Status> {
    match step.starts_with(b".") || step.contains(&b'/') || step.contains(&0) {
        true => Err(Status::NOT_FOUND),
        false => Ok(OsString::from_vec(step)),
    }
}

/// Replaces each `%20` and the like by the byte that it stands for.
fn decode(text: &str) -> Result<Vec<u8>, Status> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).ok_or(Status::BAD_REQUEST)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        bytes.push(byte.ok_or(Status::BAD_REQUEST)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Ok(bytes)
}

/// What a browser should take a file for, going by the end of its name.
fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|end| end.to_str()) {
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("txt" | "md" | "rs" | "toml") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
