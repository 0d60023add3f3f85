//! Lists of numbers on the command line: one for each job, or as many as there are.

use std::ops::RangeInclusive;

use crate::numbers::whole;

/// Numbers with commas between them, not checked against anything yet.
#[derive(Clone, Debug)]
pub struct List(pub Vec<i128>);

impl List {
    /// The numbers, if there is one for each job.
    pub fn for_jobs<T: TryFrom<i128>>(&self, option: &str, jobs: usize) -> Result<Vec<T>, String> {
        let many = self.0.len();
        if many != jobs {
            let values = counted(many, "value");
            let jobs = counted(jobs, "job");
            return Err(format!("{option}: {values} for {jobs}; give one for each"));
        }
        Ok(self.all())
    }

    /// All the numbers; those that do not fit were refused when they were read.
    pub fn all<T: TryFrom<i128>>(&self) -> Vec<T> {
        let numbers = self.0.iter();
        numbers
            .filter_map(|number| T::try_from(*number).ok())
            .collect()
    }
}

/// So many things, in words.
pub fn counted(many: usize, thing: &str) -> String {
    match many {
        1 => format!("1 {thing}"),
        _ => format!("{many} {thing}s"),
    }
}

/// A parser of lists of whole numbers in this range.
pub fn list_of(
    range: RangeInclusive<i128>,
) -> impl Fn(&str) -> Result<List, String> + Clone + Send + Sync + 'static {
    move |text| {
        if text.trim().is_empty() {
            return Err("the list is empty".into());
        }
        let parts = text.split(',').map(str::trim).enumerate();
        let numbers = parts.map(|(at, part)| one(at, part, &range));
        numbers.collect::<Result<_, _>>().map(List)
    }
}

fn one(at: usize, text: &str, range: &RangeInclusive<i128>) -> Result<i128, String> {
    let read = whole(range.clone());
    read(text).map_err(|error| format!("value {at}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::list_of;

    #[test]
    fn a_list_of_another_length_is_refused_with_both_numbers() {
        let list = list_of(1..=9)("1,2").unwrap();
        assert_eq!(list.for_jobs::<u32>("--weights", 2), Ok(vec![1, 2]));
        let error = list.for_jobs::<u32>("--weights", 1).unwrap_err();
        assert_eq!(error, "--weights: 2 values for 1 job; give one for each");
    }

    #[test]
    fn what_is_wrong_in_a_list_is_named_by_its_place() {
        let error = list_of(1..=9)("1,10,2").unwrap_err();
        assert_eq!(error, "value 1: '10' is no whole number from 1 to 9");
        assert!(list_of(1..=9)("1,").unwrap_err().starts_with("value 1: ''"));
        assert_eq!(list_of(1..=9)(" ").unwrap_err(), "the list is empty");
    }
}
