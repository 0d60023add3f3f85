//! What a task goes by: three numbers in two words.

/// Bits of the number, of the scheduler and of the slot: 128 in all.
///
/// A scheduler that makes thirty million tasks a second uses up their numbers in four years, and so does a
/// program that makes two million schedulers a second.
const NUMBER: u32 = 52;
const SCHEDULER: u32 = 48;
const SLOT: u32 = 28;

/// How many bits of the scheduler's number lie in the first word, below the task's number.
const ABOVE: u32 = 64 - NUMBER;

const _: () = assert!(NUMBER + SCHEDULER + SLOT == 128);

/// A task's number, its scheduler's, and its slot in that one's table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskName(u64, u64);

impl TaskName {
    /// The last of each, which no task has.
    pub(crate) const NONE: Self = Self(u64::MAX >> NUMBER, u64::MAX);

    /// How many schedulers can be told apart.
    pub(crate) const SCHEDULERS: u64 = 1 << SCHEDULER;

    /// How many tasks a scheduler can make in its life, and how many there can be at once.
    #[cfg(any(feature = "record", test))]
    pub(crate) const NUMBERS: u64 = 1 << NUMBER;
    pub(crate) const SLOTS: u32 = 1 << SLOT;

    #[inline(always)]
    pub(crate) const fn new(number: u64, scheduler: u64, slot: u32) -> Self {
        let low = SCHEDULER - ABOVE;
        Self(
            number << ABOVE | scheduler >> low,
            scheduler << SLOT | slot as u64,
        )
    }

    #[inline(always)]
    pub(crate) const fn number(self) -> u64 {
        self.0 >> ABOVE
    }

    #[inline(always)]
    pub(crate) const fn scheduler(self) -> u64 {
        let low = SCHEDULER - ABOVE;
        (self.0 & ((1 << ABOVE) - 1)) << low | self.1 >> SLOT
    }

    #[inline(always)]
    pub(crate) const fn slot(self) -> u32 {
        (self.1 & ((1 << SLOT) - 1)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_comes_out_as_it_went_in() {
        let (numbers, slots) = (TaskName::NUMBERS - 1, TaskName::SLOTS - 1);
        for number in [0, 1, 0x5555_5555_5555, numbers] {
            for scheduler in [0, 1, 0xaaaa_aaaa_aaaa, TaskName::SCHEDULERS - 1] {
                for slot in [0, 1, slots] {
                    let name = TaskName::new(number, scheduler, slot);
                    let parts = (name.number(), name.scheduler(), name.slot());
                    assert_eq!(parts, (number, scheduler, slot));
                }
            }
        }
        assert_eq!(TaskName::NONE.number(), 0);
    }
}
