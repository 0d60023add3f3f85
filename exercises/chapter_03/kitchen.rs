//! The kitchen: what it takes to make a cake, and how long each step lasts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coros::{compute, sleep};

/// How many minutes each step lasts.
#[derive(Clone, Copy, Debug)]
pub struct Minutes {
    pub heat: u64,
    pub mix: u64,
    pub bake: u64,
    pub stir: u64,
    pub ice: u64,
}

/// A kitchen for one cake. A clone is the same kitchen.
#[derive(Clone)]
pub struct Kitchen(Rc<State>);

struct State {
    minutes: Minutes,
    is_hot: Cell<bool>,
    is_mixed: Cell<bool>,
    is_baked: Cell<bool>,
    is_stirred: Cell<bool>,
    is_iced: Cell<bool>,
    complaint: RefCell<Option<&'static str>>,
}

impl Kitchen {
    /// Heats the oven, which takes time, but no cook.
    pub fn heat_the_oven(&self) {
        wait(self.0.minutes.heat);
        self.0.is_hot.set(true);
    }

    /// Mixes the dough, which takes a cook.
    pub fn mix_the_dough(&self) {
        work(self.0.minutes.mix);
        self.0.is_mixed.set(true);
    }

    /// Bakes the dough in the hot oven, which takes time, but no cook.
    pub fn bake(&self) {
        self.want(&self.0.is_hot, "the dough goes into a cold oven");
        self.want(&self.0.is_mixed, "there is no dough to bake yet");
        wait(self.0.minutes.bake);
        self.0.is_baked.set(true);
    }

    /// Stirs the icing, which takes a cook.
    pub fn stir_the_icing(&self) {
        work(self.0.minutes.stir);
        self.0.is_stirred.set(true);
    }

    /// Puts the icing on the baked cake, which takes a cook.
    pub fn ice(&self) {
        self.want(&self.0.is_baked, "icing is put on what is not baked");
        self.want(&self.0.is_stirred, "there is no icing to put on yet");
        work(self.0.minutes.ice);
        self.0.is_iced.set(true);
    }

    fn want(&self, done: &Cell<bool>, or_else: &'static str) {
        if !done.get() {
            self.0.complaint.borrow_mut().get_or_insert(or_else);
        }
    }

    pub(super) fn new(minutes: Minutes) -> Self {
        Self(Rc::new(State {
            minutes,
            is_hot: Cell::default(),
            is_mixed: Cell::default(),
            is_baked: Cell::default(),
            is_stirred: Cell::default(),
            is_iced: Cell::default(),
            complaint: RefCell::default(),
        }))
    }

    /// What has gone wrong first, if anything has.
    pub(super) fn complaint(&self) -> Option<&'static str> {
        self.want(&self.0.is_iced, "the cake is not iced");
        *self.0.complaint.borrow()
    }
}

fn wait(minutes: u64) {
    sleep(Duration::from_secs(60 * minutes)).expect("no cook opens the oven");
}

fn work(minutes: u64) {
    compute(Duration::from_secs(60 * minutes)).expect("nothing interrupts a cook");
}
