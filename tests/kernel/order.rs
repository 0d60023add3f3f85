//! The order in which tasks have their turns.

use coros::syscall::{KillTask, NewTask, Park, Sleep, WakeAll, WakeOne, Yield};
use coros::{Scheduler, WaitList, call, spawn, yield_now};

use crate::common::{Log, run, scheduler, seconds};

#[test]
fn ready_tasks_have_their_turns_first_in_first_out() {
    let (mut sched, log) = (scheduler(), Log::new());
    for name in ["a", "b", "c"] {
        let log = log.clone();
        sched.spawn(move || {
            for turn in 0..2 {
                log.say(format!("{name}{turn}"));
                yield_now();
            }
        });
    }
    sched.run().unwrap();
    assert_eq!(log.take(), ["a0", "b0", "c0", "a1", "b1", "c1"]);
}

#[test]
fn a_call_that_need_not_wait_ends_the_turn_all_the_same() {
    let (mut sched, log) = (scheduler(), Log::new());
    let first = log.clone();
    sched.spawn(move || {
        first.say("a asks");
        call(coros::syscall::GetTid);
        first.say("a goes on");
    });
    let second = log.clone();
    sched.spawn(move || second.say("b"));
    sched.run().unwrap();
    assert_eq!(log.take(), ["a asks", "b", "a goes on"]);
}

#[test]
fn the_child_of_a_call_runs_before_its_parent_goes_on_and_a_spawned_one_after() {
    let log = Log::new();
    let said = log.clone();
    run(move || {
        let child = said.clone();
        call(NewTask::new(move || child.say("new task")));
        said.say("parent");
        let child = said.clone();
        spawn(move || child.say("spawned"));
        said.say("parent again");
    });
    assert_eq!(
        log.take(),
        ["new task", "parent", "parent again", "spawned"]
    );
}

#[test]
fn a_child_queues_behind_those_who_are_ready_already() {
    let (mut sched, log) = (scheduler(), Log::new());
    let parent = log.clone();
    sched.spawn(move || {
        let child = parent.clone();
        call(NewTask::new(move || child.say("child")));
        parent.say("parent");
    });
    let other = log.clone();
    sched.spawn(move || other.say("other"));
    sched.run().unwrap();
    assert_eq!(log.take(), ["other", "child", "parent"]);
}

/// Tasks `1`, `2` and `3` that park, each on its list, and say when they go on.
fn three_parked(sched: &mut Scheduler, log: &Log) -> [WaitList; 3] {
    ["1", "2", "3"].map(|name| {
        let (list, log) = (WaitList::new(), log.clone());
        let parked = list.clone();
        sched.spawn(move || {
            call(Park(&parked)).unwrap();
            log.say(name);
        });
        list
    })
}

#[test]
fn tasks_woken_by_posts_in_one_turn_are_queued_in_the_order_of_their_wakes() {
    let (mut sched, log) = (scheduler(), Log::new());
    let lists = three_parked(&mut sched, &log);
    sched.spawn(move || {
        for at in [2, 0, 1] {
            lists[at].wake_one();
        }
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["3", "1", "2"]);
}

#[test]
fn tasks_woken_by_calls_go_before_the_caller() {
    let (mut sched, log) = (scheduler(), Log::new());
    let lists = three_parked(&mut sched, &log);
    let said = log.clone();
    sched.spawn(move || {
        for at in [2, 0, 1] {
            assert!(call(WakeOne(&lists[at])).is_some());
            said.say("woke");
        }
    });
    sched.run().unwrap();
    assert_eq!(log.take(), ["3", "woke", "1", "woke", "2", "woke"]);
}

#[test]
fn wake_all_wakes_in_the_order_of_parking() {
    let (mut sched, log, list) = (scheduler(), Log::new(), WaitList::new());
    for name in ["a", "b", "c"] {
        let (list, log) = (list.clone(), log.clone());
        sched.spawn(move || {
            call(Park(&list)).unwrap();
            log.say(name);
        });
    }
    sched.spawn(move || assert_eq!(call(WakeAll(&list)), 3));
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "c"]);
}

#[test]
fn joiners_of_one_task_go_on_in_the_order_in_which_they_came() {
    let (mut sched, log) = (scheduler(), Log::new());
    let target = sched.spawn(|| call(Sleep(seconds(1))).unwrap()).tid();
    for name in ["a", "b", "c"] {
        let log = log.clone();
        sched.spawn(move || {
            call(coros::syscall::WaitTask(target)).unwrap();
            log.say(name);
        });
    }
    sched.run().unwrap();
    assert_eq!(log.take(), ["a", "b", "c"]);
}

#[test]
fn a_killed_ready_task_leaves_the_others_in_their_order() {
    let (mut sched, log) = (scheduler(), Log::new());
    let tids: Vec<_> = (0..100)
        .map(|number| {
            let log = log.clone();
            sched.spawn(move || log.say(number)).tid()
        })
        .collect();
    for tid in tids.iter().step_by(3) {
        sched.kill(*tid).unwrap();
    }
    sched.run().unwrap();
    let left: Vec<_> = (0..100).filter(|number| number % 3 != 0).collect();
    assert_eq!(
        log.take(),
        left.iter().map(i32::to_string).collect::<Vec<_>>()
    );
}

#[test]
fn births_and_kills_in_any_order_leave_the_queue_as_it_should_be() {
    let mut sched = scheduler();
    let mut model = std::collections::VecDeque::new();
    let mut dice = 1_u64;
    for _ in 0..5_000 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = (dice >> 33) as usize;
        match number % 5 {
            0 | 1 if model.len() < 400 => model.push_back(sched.spawn(loop_for_ever).tid()),
            2 if !model.is_empty() => {
                let victim = model.remove(number / 5 % model.len()).unwrap();
                sched.kill(victim).unwrap();
            }
            _ if !model.is_empty() => {
                assert_eq!(sched.step().unwrap().unwrap().tid, model[0]);
                model.rotate_left(1);
            }
            _ => {}
        }
        assert!(sched.ready().eq(model.iter().copied()));
    }
}

fn loop_for_ever() {
    loop {
        yield_now();
    }
}

#[test]
fn the_ready_queue_shows_who_is_next() {
    let mut sched = scheduler();
    let tids: Vec<_> = (0..3).map(|_| sched.spawn(yield_now).tid()).collect();
    sched.step().unwrap();
    let ready: Vec<_> = sched.ready().collect();
    assert_eq!(ready, [tids[1], tids[2], tids[0]]);
}

/// A program with a bit of everything; its steps in words.
fn told() -> Vec<String> {
    let mut sched = scheduler();
    let list = WaitList::new().named("bell");
    let bell = list.clone();
    sched.spawn(move || {
        let child = call(NewTask::new(|| call(Sleep(seconds(9))).unwrap()));
        call(Sleep(seconds(1))).unwrap();
        call(KillTask(child)).unwrap();
        call(WakeAll(&bell));
        panic!("enough");
    });
    sched.spawn(move || call(Park(&list)).unwrap());
    sched.spawn(|| call(Yield));
    std::iter::from_fn(|| sched.step().unwrap())
        .map(|step| step.to_string())
        .collect()
}

#[test]
fn two_runs_of_one_program_in_virtual_time_are_the_same() {
    let first = told();
    assert_eq!(
        first,
        [
            "turn 1 at 0ns: task 1 asked NewTask -> 4; 4 ready",
            "turn 2 at 0ns: task 2 waits in Park(bell); 3 ready",
            "turn 3 at 0ns: task 3 asked Yield; 3 ready",
            "turn 4 at 0ns: task 4 waits in Sleep(9s); 2 ready",
            "turn 5 at 0ns: task 1 waits in Sleep(1s); 1 ready",
            "turn 6 at 0ns: task 3 returned; 0 ready",
            "turn 7 at 1s: task 1 asked KillTask(4) -> killed; task 4 was killed; woken by timer: 1; 1 ready",
            "turn 8 at 1s: task 1 asked WakeAll(bell) -> 1 woken; woke 2; 2 ready",
            "turn 9 at 1s: task 2 returned; 1 ready",
            "turn 10 at 1s: task 1 panicked: enough; 0 ready",
        ]
    );
    assert_eq!(told(), first);
}
