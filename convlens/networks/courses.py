"""How long two networks were trained, and how good they were on the way: what their cards (``convlens.networks.card.ModelCard``) tell."""

import math
from collections import Counter
from dataclasses import dataclass

from convlens.text import counted, percent


@dataclass(frozen=True)
class Course:
    """One training run.

    Attributes:
        epochs, steps: of the network that is used; a step is one batch.
        batch: pictures a step.
        seed: of its first weights and of the order of the pictures.
        taught, asked: with how many pictures the number of epochs was chosen, and on how many others.
        at: steps after each epoch of that run.
        held_out: its accuracy on those pictures, after each.
        best: the epoch with the lowest loss on them, counted from 0.
        decay: steps over which the learning rate falls to 0.
    """

    epochs: int
    steps: int
    batch: int
    seed: int
    taught: int
    asked: int
    at: list[int]
    held_out: list[float]
    best: int
    decay: int


def course(training: dict) -> Course | None:
    """What a card's "training" tells; None where it lacks something, as the card of somebody else's network may."""
    try:
        recipe, tried = training["recipe"], training["history_while_choosing"]
        size, each, batch = training["size"], training["pictures_per_class"], recipe["batch"]
        shares = {each: size // each} if isinstance(each, int) else Counter(each)  # pictures of a class → such classes
        learned = sum(round(count * (1 - recipe["held_out"])) * classes for count, classes in shares.items())
        accuracies, losses = tried["val_accuracy"], tried["val_loss"]
        return Course(
            epochs=training["epochs"],
            steps=steps(training),
            batch=batch,
            seed=recipe["seed"],
            taught=learned,
            asked=size - learned,
            at=[math.ceil(learned / batch) * (i + 1) for i in range(len(accuracies))],
            held_out=accuracies,
            best=losses.index(min(losses)),
            decay=training["schedule"] * math.ceil(size / batch),
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def steps(training: dict) -> int:
    """How many batches a network has learned from; 0 where the "training" of its card does not tell."""
    batch = training.get("recipe", {}).get("batch")
    return training.get("epochs", 0) * math.ceil(training.get("size", 0) / batch) if batch else 0


def lengths(first: tuple[str, Course], second: tuple[str, Course]) -> str:
    """How long each was trained; (title, course) of each."""
    (name, one), (other, two) = first, second
    batch = "" if one.batch == two.batch else f" of {two.batch}"
    return (
        f"{name} learned for {one.epochs} epochs, {one.steps:,} steps of {one.batch} pictures each, {other} for {two.epochs} epochs, "
        f"{two.steps:,} steps{batch}."
    )


def trials(first: tuple[str, Course], second: tuple[str, Course]) -> str:
    """What the curves are of."""
    (name, one), (other, two) = first, second
    return (
        f"The curves are of trials with {one.taught:,} and {two.taught:,} of the pictures, which chose the epochs on those held out. "
        f"Then {name} and {other} were trained anew on all of theirs."
    )


def at_equal_steps(first: tuple[str, Course], second: tuple[str, Course]) -> str:
    """How good the one was after as many steps as the other's best epoch had, as far as epochs allow."""
    (short, few), (long, many) = sorted((first, second), key=lambda each: each[1].at[each[1].best])
    steps = few.at[few.best]
    done = [i for i, at in enumerate(many.at) if at <= steps]
    if not done:
        return ""
    said = (
        f"In the trials {short} was best after {steps:,} steps: right on {percent(few.held_out[few.best])} of "
        f"{few.asked:,} held-out pictures. After {many.at[done[-1]]:,} steps {long} was right on "
        f"{percent(many.held_out[done[-1]])} of {many.asked:,}, at its own best on {percent(many.held_out[many.best])}."
    )
    if few.best < len(few.at) - 1:
        more = len(few.at) - 1 - few.best
        said += f" {short} was trained for {counted(more)} {'epoch' if more == 1 else 'epochs'} more, and its held-out loss never fell below that."
    if few.decay != many.decay:
        said += " The learning rate of each falls over epochs of its own, so equal steps are not quite equal training."
    return said
