//! The places of calls, each written out once and called by a number from then on.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::kernel::Place;

/// For keys that no program chooses in order to let them collide.
pub(super) type Quick = BuildHasherDefault<Mixed>;

/// Mixes small numbers (the multiplication is that of `FxHasher`, by the makers of Firefox).
#[derive(Default)]
pub(super) struct Mixed(u64);

/// The numbers of places, in the order in which they first came up.
#[derive(Default)]
pub(super) struct Places {
    /// By line and by the length of the file's name, which tell nearly all of them apart.
    numbers: HashMap<(u32, usize), Vec<Numbered>, Quick>,
    next: u32,
}

type Numbered = (Cow<'static, str>, u32);

impl Places {
    /// The number of a place that has one.
    #[inline]
    pub(super) fn find(&self, place: &Place) -> Option<u32> {
        let alike = self.numbers.get(&(place.line, place.file.len()))?;
        let same = alike.iter().find(|(file, _)| *file == place.file);
        same.map(|(_, number)| *number)
    }

    /// Gives a place the next number.
    #[cold]
    pub(super) fn add(&mut self, place: &Place) -> u32 {
        let number = self.next;
        self.next += 1;
        let alike = self.numbers.entry((place.line, place.file.len()));
        alike.or_default().push((place.file.clone(), number));
        number
    }
}

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    /// The product's upper bits depend on all of the key, and the table looks at the lower ones first.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
