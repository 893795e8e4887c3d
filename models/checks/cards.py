"""What a network's card may say: one table, by which every card is read. Never imports Keras."""

from pathlib import Path

from convlens.errors import InputError
from convlens.networks.card import MOST_CLASSES, MOST_UPDATES
from models.checks.opening import MIB, open_regular, parse, shown
from models.checks.schema import either, flag, form, many, number, one_of, record, text, whole

MOST_BYTES = 4 * MIB  # of a card; a confusion matrix of a thousand classes has 2
MANY = 10**12  # pictures, weights, steps
LARGEST = 1e6  # of a value that a network takes: 16 bits end at 65,535
EPOCHS = 100_000
MOMENTS = 200  # of a time-lapse

SENTENCE = text(2000)
COUNT = whole(0, MANY)
SHARE = number(0, 1)
LOSS = number(0, 1e9)
VALUE = number(-LARGEST, LARGEST)
HASH = form("[0-9a-f]{64}", "a SHA-256: 64 of the characters 0 to 9, a to f")
CURVE = many(LOSS, EPOCHS)
SHARES = many(SHARE, EPOCHS)
HISTORY = record(accuracy=SHARES, loss=CURVE, val_accuracy=SHARES, val_loss=CURVE)

CARD = record(
    {
        "preprocessing": record(
            {"range": many(VALUE, 2, 2)}, colour=one_of("rgb", "bgr", "grey"), minus=many(VALUE, 3, 3)
        ),
        "sha256": HASH,
    },
    title=text(200),
    sentence=SENTENCE,
    labels=many(text(200), MOST_CLASSES),
    weights=COUNT,
    training=record(
        data=SENTENCE,
        form=SENTENCE,
        size=COUNT,
        pictures_per_class=either(many(COUNT, MOST_CLASSES), COUNT),
        epochs=whole(0, EPOCHS),
        schedule=whole(0, EPOCHS),
        updates=COUNT,
        recipe=record(
            seed=whole(0, 2**64),
            batch=whole(1, MANY),
            learning_rate=number(0, 1e6),
            warm_up=SHARE,
            momentum=SHARE,
            weight_decay=SHARE,
            min_epochs=whole(0, EPOCHS),
            min_steps=COUNT,
            held_out=SHARE,
            patience=SHARE,
            flips=flag,
            shift=whole(0, EPOCHS),
            optimizer=SENTENCE,
            loss=SENTENCE,
            epochs_chosen_by=SENTENCE,
        ),
        history=HISTORY,
        history_while_choosing=HISTORY,
    ),
    test=record(
        data=SENTENCE,
        form=SENTENCE,
        pictures=COUNT,
        loss=LOSS,
        accuracy=SHARE,
        accuracy_per_class=many(SHARE, MOST_CLASSES),
        confusion=many(many(COUNT, MOST_CLASSES), MOST_CLASSES),
    ),
    time_lapse=record(
        {"updates": many(whole(0, MOST_UPDATES), MOMENTS, 2), "accuracy": many(SHARE, MOMENTS, 2), "sha256": HASH}
    ),
)


def read_card(file: Path, classes: int | None) -> dict:
    """The fields of ``CARD`` that a card has; lists are tuples.

    Args:
        classes: that the network's config tells of, or None.

    Raises:
        InputError: the card cannot be read, a field holds what it may not, or fields contradict one another.
    """
    name = shown(file)
    with open_regular(file, MOST_BYTES) as opened:
        document = parse(f"The card {name}", opened.read(MOST_BYTES), "Write it anew, as a JSON object.")
    try:
        card = CARD(document, "")
        _check_together(card, classes)
    except InputError as error:
        raise InputError(f"The card {name} cannot be taken: {error}") from error
    return card


def _check_together(card: dict, classes: int | None) -> None:
    low, high = card["preprocessing"]["range"]
    if low >= high:
        raise InputError(f"preprocessing.range is {low:g} to {high:g}. Expected the smaller number first.")
    labels = card.get("labels", ())
    if labels and classes not in (None, len(labels)):
        raise InputError(f"labels has {len(labels):,} names. Expected {classes:,}, one for each class of the network.")
    test = card.get("test", {})
    if "accuracy" in test and not test.get("pictures"):
        raise InputError("test.pictures is missing. Expected how many pictures test.accuracy was measured on.")
    for field in ("history", "history_while_choosing"):
        lengths = {name: len(curve) for name, curve in card.get("training", {}).get(field, {}).items()}
        if len(set(lengths.values())) > 1 or 0 in lengths.values():
            told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
            raise InputError(
                f"training.{field} has curves of these lengths: {told}. Expected one value an epoch in each."
            )
    if lapse := card.get("time_lapse"):
        _check_lapse(lapse, test)
    confusion = test.get("confusion", ())
    if any(len(row) != len(confusion) for row in confusion):
        raise InputError("test.confusion is no square. Expected as many numbers in each row as there are rows.")


def _check_lapse(lapse: dict, test: dict) -> None:
    updates, accuracy = lapse["updates"], lapse["accuracy"]
    if updates[0] != 0 or list(updates) != sorted(set(updates)):
        raise InputError("time_lapse.updates do not rise from 0. Expected each larger than the one before it.")
    if len(updates) != len(accuracy):
        raise InputError(
            f"time_lapse has {len(updates)} updates and {len(accuracy)} accuracies. Expected one accuracy for each."
        )
    if not test.get("pictures"):
        raise InputError("test.pictures is missing. Expected how many pictures time_lapse.accuracy was measured on.")
