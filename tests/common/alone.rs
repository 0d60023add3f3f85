//! Tests that need a process of their own, since what they do is the whole process's: the program of the
//! tests is run again, for one of them.

use std::env;
use std::process::Command;

/// Set in a process that was made for one test.
const ALONE: &str = "COROS_TEST_ALONE";

/// Whether this process was made for one test, by [`again`].
pub fn is_alone() -> bool {
    env::var_os(ALONE).is_some()
}

/// This program again, to run one of its tests alone.
pub fn again(test: impl Fn()) -> Command {
    let mut program = Command::new(env::current_exe().expect("a test is a program"));
    program
        .args(["--exact", name_of(test)])
        .args(["--nocapture", "--include-ignored"])
        .env(ALONE, "yes");
    program
}

/// The same, started by a line of shell: there, it is `"$@"`.
pub fn again_by(shell: &str, test: impl Fn()) -> Command {
    let program = again(test);
    let mut by_shell = Command::new("sh");
    by_shell
        .args(["-c", shell, "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .env(ALONE, "yes");
    by_shell
}

/// Runs a scene of this test in a process of its own, which must succeed.
pub fn alone(test: impl Fn(), scene: impl FnOnce()) {
    if is_alone() {
        return scene();
    }
    let output = again(test).output().expect("a program can be run again");
    let [told, errors] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{errors}");
    assert!(told.contains("1 passed"), "{told}");
}

/// The harness knows a test by its path in the crate.
fn name_of<T: Fn()>(_: T) -> &'static str {
    let path = std::any::type_name::<T>();
    path.split_once("::").expect("a test is in a crate").1
}
