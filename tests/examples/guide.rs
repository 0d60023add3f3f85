//! What the examples of the guide print where the guide does not show it, or where it matters most.

use super::prints;

/// Written by hand, so that the guide's own tool cannot write wrong figures here.
#[test]
fn the_time_tables_hold_the_right_figures() {
    prints(
        "time_tables",
        "\
three functions, gathered        note   here
f1 starts, and blocks             0 s    0 s
f1 awaits                         3 s    3 s
f2 starts, and awaits             3 s    3 s
f3 starts, and awaits             3 s    3 s
f1 resumes, and is done           5 s    4 s *
f3 resumes, and is done           4 s    4 s
f2 resumes, and is done           5 s    5 s
all are done                      5 s    5 s

main waits                       note   here     ends  f1      f2      f3
sync                             11 s   11 s      11 s  0-6     6-8     8-11
async, blocking                   6 s    6 s       6 s  0-6     3-6     3-6
  while the loop is held for      3 s    5 s *
async, all awaits                 2 s    6 s *     6 s  0-6     0-2     0-3
  what blocked left out             -    2 s       2 s  0-2     0-2     0-2
threads, joined                   6 s    6 s       6 s  0-6     0-2     0-3
threads, not joined               0 s    0 s       6 s  0-6     0-2     0-3
daemons, not joined               0 s    0 s       0 s  killed  killed  killed

three threads, joined         one lock   none
that sleep                         6 s    6 s
that compute                      11 s    6 s
",
    );
}
