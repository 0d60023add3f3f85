//! Each chapter has the same parts, in the same order, and no more lines than one reads at a sitting.

use crate::chapter;

const PARTS: &[&str] = &["Predict", "Run", "What you saw", "Break it", "Exercise"];

#[test]
fn there_are_twelve_chapters() {
    let numbers: Vec<_> = chapter::all()
        .iter()
        .filter_map(|page| page.number())
        .collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
}

#[test]
fn a_chapter_asks_shows_breaks_and_sets_a_task() {
    for page in chapter::all() {
        let Some(number) = page.number() else {
            continue;
        };
        let parts: Vec<_> = page
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert_eq!(parts, PARTS, "{}", page.path.display());
        let exercise = page.text.split("## Exercise").nth(1).expect("it has one");
        for word in [
            format!("`exercises/chapter_{number:02}/yours.rs`"),
            format!("cargo test -p exercises chapter_{number:02}"),
        ] {
            assert!(exercise.contains(&word), "{}: {word}", page.path.display());
        }
        let kinds = ["```rust", "```console"];
        for kind in kinds {
            assert!(
                page.text.contains(kind),
                "{} has no {kind}",
                page.path.display()
            );
        }
    }
}

#[test]
fn a_chapter_is_short_and_fits_a_terminal() {
    for page in chapter::all() {
        let lines = page.text.lines().count();
        assert!(lines <= 200, "{} has {lines} lines", page.path.display());
        for line in page.text.lines() {
            assert!(
                line.chars().count() <= 80,
                "{}: {line}",
                page.path.display()
            );
        }
    }
}

/// The names of the chapters in the table of contents, and in front of the links at their ends.
#[test]
fn the_way_through_the_guide_is_that_of_its_chapters() {
    let pages = chapter::all();
    let text = |name: &str| {
        let is_it = |page: &&chapter::Chapter| page.path.ends_with(name);
        &pages.iter().find(is_it).expect("it is there").text
    };
    for page in &pages {
        let Some(number) = page.number() else {
            continue;
        };
        let title = page.title();
        let listed = format!("\n{number}. [{title}][ch{number:02}]:");
        assert!(text("README.md").contains(&listed), "no {listed:?}");

        let before = pages.iter().find(|it| it.number() == Some(number - 1));
        let next = format!("\nNext: [{}][ch{number:02}].\n", title.to_lowercase());
        let leads =
            before.is_none_or(|before| before.text.to_lowercase().contains(&next.to_lowercase()));
        assert!(leads, "no {next:?} at the end of the chapter before");
    }
}

#[test]
fn a_link_to_a_chapter_is_called_by_its_number() {
    for page in chapter::all() {
        for link in page
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("[ch"))
        {
            let (name, target) = link.split_once("]: ").expect("a definition");
            assert!(target.starts_with(name), "{}: {link}", page.path.display());
        }
    }
}

/// The first exercise is graded as soon as the library is built, and `cargo test` grades them all.
#[test]
fn the_exercises_are_a_package_that_needs_the_library_alone() {
    let manifest = |folder: &str| {
        let path = chapter::root().join(folder).join("Cargo.toml");
        std::fs::read_to_string(path).expect("a package has a manifest")
    };
    let exercises = manifest("exercises");
    let needed = exercises.lines().filter(|line| line.contains("= {"));
    let library = r#"coros = { path = "..", version = "0.1.0", default-features = false }"#;
    assert_eq!(needed.collect::<Vec<_>>(), [library]);
    assert!(!exercises.contains("dev-dependencies"), "nothing else");
    let default = r#"default-members = [".", "exercises"]"#;
    assert!(manifest(".").contains(default), "`cargo test` runs them");
}
