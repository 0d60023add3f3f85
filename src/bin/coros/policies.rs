//! The policies that are asked for, by their names.

use std::time::Duration;

use coros::kernel::Policy;
use coros::policy::{NAMES, Settings, by_name};

use crate::numbers::short;

/// Names of policies that exist.
#[derive(Clone, Debug)]
pub struct Names(pub Vec<String>);

impl Names {
    /// Reads names with commas between them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = text.split(',').map(str::trim);
        names.map(name).collect::<Result<_, _>>().map(Self)
    }
}

/// The name of a policy, if there is one of this name.
pub fn name(text: &str) -> Result<String, String> {
    if NAMES.contains(&text) {
        return Ok(text.to_owned());
    }
    let wrong = match text {
        "" => "a name is missing".to_owned(),
        _ => format!("there is no policy '{}'", short(text)),
    };
    Err(format!("{wrong}; the policies are: {}", NAMES.join(", ")))
}

/// Makes the policy of a name that was checked; a quantum that was not set is this long, where it must be.
pub fn made(name: &str, settings: &Settings, unit: Duration) -> Result<Box<dyn Policy>, String> {
    let mut settings = settings.clone();
    if matches!(name, "rr" | "lottery" | "stride" | "eevdf") {
        settings.quantum.get_or_insert(unit);
    }
    by_name(name, &settings).map_err(|error| error.to_string())
}
