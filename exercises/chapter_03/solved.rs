//! Three steps need nothing, so they begin at once; the others wait for what they need.

use coros::spawn;

use super::kitchen::Kitchen;

pub fn cake(kitchen: &Kitchen) {
    let [heating, mixing, stirring] = [
        Kitchen::heat_the_oven,
        Kitchen::mix_the_dough,
        Kitchen::stir_the_icing,
    ]
    .map(|step| {
        let kitchen = kitchen.clone();
        spawn(move || step(&kitchen))
    });
    heating.join().expect("the oven is hot");
    mixing.join().expect("the dough is mixed");
    kitchen.bake();
    stirring.join().expect("the icing is stirred");
    kitchen.ice();
}
