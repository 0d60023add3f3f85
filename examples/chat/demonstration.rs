//! The demonstration: a short evening.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;

use coros::net::TcpStream;

/// A guest, who shows all that comes.
struct Guest {
    name: &'static str,
    stream: BufReader<TcpStream>,
}

impl Guest {
    fn enter(address: SocketAddr, name: &'static str) -> io::Result<Self> {
        let stream = BufReader::new(TcpStream::connect(address)?);
        let mut guest = Self { name, stream };
        guest.hear()?;
        guest.say(name)?;
        guest.hear()?;
        Ok(guest)
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream
            .get_mut()
            .write_all(format!("{text}\n").as_bytes())
    }

    fn hear(&mut self) -> io::Result<()> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        print!("{} hears {line}", self.name);
        Ok(())
    }
}

/// Two guests come, later a third; then one leaves.
pub fn an_evening(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut ann = Guest::enter(address, "Ann")?;
    let mut bob = Guest::enter(address, "Bob")?;
    ann.hear()?;
    ann.say("good evening")?;
    bob.hear()?;
    let mut anna = Guest::enter(address, "Ann")?;
    anna.name = "Anna";
    anna.say("Anna")?;
    anna.hear()?;
    bob.hear()?;
    bob.say("I have to go")?;
    drop(bob);
    for guest in [&mut ann, &mut anna] {
        for _ in 0..2 {
            guest.hear()?;
        }
    }
    Ok(())
}
