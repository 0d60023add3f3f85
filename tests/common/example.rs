//! Where cargo has put an example: beside the directory of the tests.

use std::path::PathBuf;

pub fn path_of(example: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its executable");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("tests lie in target/<profile>/deps");
    let name = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    profile.join("examples").join(name)
}
