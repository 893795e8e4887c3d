"""Training runs, from cards worked out by hand."""

import tracemalloc

import pytest

from convlens.networks.courses import Course, at_equal_steps, course, lengths, trials
from models.catalog import card_of

CARD = {
    "size": 1000,
    "pictures_per_class": 100,
    "epochs": 3,
    "schedule": 5,
    "recipe": {"seed": 7, "batch": 128, "held_out": 0.1},
    "history_while_choosing": {"val_accuracy": [0.3, 0.5, 0.6, 0.55], "val_loss": [3.0, 2.0, 1.0, 1.5]},
}
SMALL = Course(3, 24, 128, 7, 900, 100, [8, 16, 24, 32], [0.3, 0.5, 0.6, 0.55], 2, 40)
LARGE = Course(9, 180, 128, 7, 1140, 250, [9, 18, 27, 36], [0.4, 0.55, 0.7, 0.8], 3, 100)


def test_a_course_by_hand():
    # 1,000 pictures are 8 batches of 128; of each 100, 90 taught and 10 were held out while the epochs were chosen: 8 batches of 900
    assert course(CARD) == SMALL


def test_classes_of_unequal_size_are_held_out_each_on_its_own():
    assert course(CARD | {"pictures_per_class": (334, 333, 333)}).asked == 1000 - 301 - 300 - 300


def test_the_networks_that_ship():
    benchmark, dummy = (course(card_of(name).training) for name in ("benchmark", "dummy"))
    assert (benchmark.epochs, benchmark.steps) == (33, 33 * 391)  # 50,000 / 128 = 390.6
    assert (dummy.epochs, dummy.steps) == (17, 17 * 79)  # 10,000 / 128 = 78.1


def test_the_networks_of_digits():
    """Of MNIST's classes, each of a size of its own, a tenth was held out."""
    training = card_of("lenet").training
    assert len(set(training["pictures_per_class"])) > 1
    learned = [round(count * (1 - training["recipe"]["held_out"])) for count in training["pictures_per_class"]]
    assert course(training).asked == training["size"] - sum(learned)


def test_a_card_of_a_million_million_classes_takes_no_memory():
    tracemalloc.start()
    assert course(CARD | {"size": 10**12, "pictures_per_class": 1}).asked == 0  # of one picture none is held out
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("gone", CARD)
def test_a_card_that_does_not_tell(gone):
    assert course({name: value for name, value in CARD.items() if name != gone}) is None


def test_sentences():
    pair = ("Large", LARGE), ("Small", SMALL)
    assert lengths(*pair) == (
        "Large learned for 9 epochs, 180 steps of 128 pictures each, Small for 3 epochs, 24 steps."
    )
    assert trials(*pair) == (
        "The curves are of trials with 1,140 and 900 of the pictures, which chose the epochs on those held out. Then Large and Small "
        "were trained anew on all of theirs."
    )
    assert at_equal_steps(*pair) == (
        "In the trials Small was best after 24 steps: right on 60 % of 100 held-out pictures. After 18 steps "
        "Large was right on 55 % of 250, at its own best on 80 %. Small was trained for one epoch more, and its held-out loss "
        "never fell below that. The learning rate of each falls over epochs of its own, so equal steps are not quite equal "
        "training."
    )
    assert at_equal_steps(*reversed(pair)) == at_equal_steps(*pair)


def test_other_sentences():
    other = Course(2, 20, 64, 7, 450, 50, [8, 16, 24], [0.3, 0.5, 0.45], 0, 40)
    assert lengths(("Small", SMALL), ("Other", other)).endswith("Other for 2 epochs, 20 steps of 64.")
    said = at_equal_steps(("Small", SMALL), ("Other", other))  # the same 8 steps of Small count
    assert said == (
        "In the trials Other was best after 8 steps: right on 30 % of 50 held-out pictures. After 8 steps Small was right on 30 % of 100, "
        "at its own best on 60 %. Other was trained for two epochs more, and its held-out loss never fell below that."
    )
    last = Course(2, 20, 128, 7, 450, 50, [4, 20], [0.3, 0.5], 1, 40)
    assert at_equal_steps(("Small", SMALL), ("Last", last)) == (
        "In the trials Last was best after 20 steps: right on 50 % of 50 held-out pictures. After 16 steps Small was right on 50 % of 100, "
        "at its own best on 60 %."
    )


def test_no_epoch_is_as_short():
    assert at_equal_steps(("Large", Course(1, 90, 128, 7, 11_520, 250, [90], [0.4], 0, 90)), ("Small", SMALL)) == ""
