//! Counts all who ever arrived: so a round needs no end that a task might miss.

use coros::sync::LockError;

use super::Room;

pub fn meet(room: &Room) -> Result<(), LockError> {
    let mut arrived = room.count.lock()?;
    let round = *arrived / room.parties;
    *arrived += 1;
    if arrived.is_multiple_of(room.parties) {
        room.changed.notify_all();
    }
    let same_round = |arrived: &mut usize| *arrived / room.parties == round;
    drop(room.changed.wait_while(arrived, same_round)?);
    Ok(())
}
