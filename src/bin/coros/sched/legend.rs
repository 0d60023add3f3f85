//! The legend below the charts.

/// What the signs mean, in lines that are no wider than this.
pub fn legend(cpus: u32, width: usize) -> String {
    let runs = match cpus {
        1 => ["█ runs", "▒ runs for a part of that time"],
        _ => ["0 to 9 runs on that CPU", "+ on another"],
    };
    let waits = ["· waits for a CPU", "~ waits for I/O"];
    let mut legend = String::new();
    let mut used = 0;
    for sign in runs.into_iter().chain(waits) {
        let wide = sign.chars().count();
        let (mark, before) = match used {
            0 => ("", 0),
            _ if used + 2 + wide < width => (", ", used + 2),
            _ => (",\n", 0),
        };
        legend += &format!("{mark}{sign}");
        used = before + wide;
    }
    legend
}
