"""The panels of Networks: all of them in a table, and of one its card, how good it is at each class, what it confuses."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from convlens import panel
from convlens.cards import snippets
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars, table
from convlens.networks.card import WEIGHTS, ModelCard
from convlens.networks.courses import steps
from convlens.panel import Download, Link, Markup, Panel
from convlens.text import counted, number, percent, size
from models.imagenet import imagenet_folder

Z = 1.96  # standard deviations, of 95 %
MOST_CONFUSED = 5  # pairs of classes that are shown
FEW = 24  # classes, of which each has a bar


def error(card: ModelCard) -> float | None:
    """How far the accuracy may be off, in [0, 1], 95 %: 1.96 √(p (1 − p) / n), the normal approximation to a binomial share."""
    if card.accuracy is None:
        return None
    return Z * math.sqrt(card.accuracy * (1 - card.accuracy) / card.test["pictures"])


def origin(card: ModelCard) -> str:
    """Where a network came from."""
    if card.owner:
        return "Trained by you, on the page Training. It is yours alone, and goes with this visit."
    if card.file.parent == WEIGHTS:
        return "Trained by ConvLens' own script, scripts/train_weights.py, and shipped with it."
    if card.file.parent == imagenet_folder():
        return "Fetched from keras.applications by this server, trained by others on ImageNet."
    return "Put into this server's folder of networks."


def confused(card: ModelCard) -> list[tuple[int, int, int]]:
    """(how often, true class, answer), the most frequent mistakes first; of equals the first classes."""
    counts = np.array(card.test.get("confusion", ()), int)
    if not counts.size:
        return []
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(i), len(counts)) for i in order]
    return [(int(counts[pair]), *pair) for pair in pairs if counts[pair]]


def everything(cards: Sequence[ModelCard]) -> Panel:
    """All networks of the catalog."""
    rows = [
        (
            card.title,
            f"{card.training_size:,}" if card.training_size else "not said",
            _accuracy(card) or "not said",
            f"{card.weights:,}" if card.weights else "not said",
            size(card.input_shape),
            f"{len(card.labels) or card.classes or 'not said'}",
        )
        for card in cards
    ]
    head = ("network", "learned from", "right", "weights", "sees", "classes")
    told = [card for card in cards if card.accuracy is not None]
    return Panel(
        "networks",
        f"{counted(len(cards)).capitalize()} networks",
        (Markup(table(head, rows, wide=(3, 4))),),
        f"Right: the share of test pictures that were held out from training, with its 95 % interval; {counted(len(told))} of the cards tell it. "
        "Shares on different pictures do not compare: digits are easier than photos.",
        downloads=(panel.table("convlens-networks", _table, tuple(cards)),),
    )


def known(card: ModelCard) -> Panel:
    """The card of one network."""
    training, recipe = card.training, card.training.get("recipe", {})
    labels = ", ".join(card.labels) if 0 < len(card.labels) <= FEW else ""
    rows = [
        ("knows", f"{len(card.labels) or card.classes or 'no named'} classes" + (f": {labels}" if labels else "")),
        ("sees", f"{size(card.input_shape)} numbers{_range(card)}"),
        ("has", f"{card.weights:,} weights" if card.weights else ""),
        ("learned from", _learned(training)),
        ("for", _length(training, recipe)),
        ("epochs", recipe.get("epochs_chosen_by", "")),
        ("by", recipe.get("optimizer", "")),
        ("augmented", _augmented(recipe)),
        ("seed", f"{recipe['seed']}" if "seed" in recipe else ""),
        ("is right on", f"{_accuracy(card)} of {card.test['pictures']:,} test pictures" if _accuracy(card) else ""),
        ("came from", origin(card)),
        ("SHA-256", card.sha256 or ""),
    ]
    told = [row for row in rows if row[1]]
    query = {"network": card.name}
    return Panel(
        f"card-{card.name}",
        card.title,
        (
            Markup(table((), told)),
            Link("layers", "Its layers", ":material/layers:", query),
            Link("explorer", "How it computes", ":material/hub:", query),
        ),
        card.sentence,
        downloads=_files(card),
        code=snippets.card(card.place) if card.test.get("confusion") else None,
    )


def _files(card: ModelCard) -> tuple[Download, ...]:
    """A visitor's own network, which lies in no folder, and its card: what *the code* of every page opens."""
    if card.content is None:
        return ()
    return (
        Download("KERAS", card.file.name, partial(bytes, card.content)),
        Download("CARD", f"{card.name}.json", card.document),
    )


def strengths(card: ModelCard) -> Panel | None:
    """How good it is at each class of the test pictures, and what it takes for what; None where its card does not say."""
    shares, labels = card.test.get("accuracy_per_class", ()), card.labels
    if not labels or len(shares) != len(labels) or len(labels) > FEW:
        return None
    best, worst = int(np.argmax(shares)), int(np.argmin(shares))
    bars = softmax_bars(
        labels, "Share of each class that is answered rightly", network_colour(card.name), np.array(shares), None
    )
    mistakes = confused(card)
    rows = [(labels[true], labels[answer], f"{count:,}") for count, true, answer in mistakes]
    content = (Markup(bars), *([Markup(table(("is a", "but was called", "times"), rows))] if rows else []))
    said = f"Best at {labels[best]} ({percent(shares[best])}), weakest at {labels[worst]} ({percent(shares[worst])})."
    if mistakes:
        count, true, answer = mistakes[0]
        said += f" Most often {labels[true]} was called {labels[answer]}, {count:,} times."
    return Panel(
        f"strengths-{card.name}",
        f"{card.title}: what it is good at",
        content,
        f"{said} Of anything else it names one of its {counted(len(labels))} classes, too.",
        downloads=(panel.table(f"convlens-{card.name}-confusion", _confusion, card),),
    )


def _accuracy(card: ModelCard) -> str:
    return f"{100 * card.accuracy:.1f} % ± {100 * error(card):.1f}" if card.accuracy is not None else ""


def _learned(training: dict) -> str:
    parts = [f"{training['size']:,} pictures"] if training.get("size") else []
    return ", ".join([*parts, *(training[name] for name in ("data", "form") if training.get(name))])


def _length(training: dict, recipe: dict) -> str:
    if not training.get("epochs"):
        return ""
    done = steps(training)
    return f"{training['epochs']} epochs" + (f", {done:,} steps of {recipe['batch']} pictures" if done else "")


def _augmented(recipe: dict) -> str:
    """How its training pictures were changed, each epoch anew."""
    shift = recipe.get("shift")
    ways = ["horizontal flips"] * bool(recipe.get("flips"))
    ways += [f"shifts of at most {shift} {'pixel' if shift == 1 else 'pixels'} along each axis"] * bool(shift)
    return f"random {' and '.join(ways)}, anew each epoch" if ways else ""


def _range(card: ModelCard) -> str:
    if card.value_range is None:
        return ""
    low, high = card.value_range
    return f" from {number(low)} to {number(high)}" + (", less the mean of ImageNet's colours" if card.minus else "")


# ---- what the downloads hold


def _table(cards: tuple[ModelCard, ...]) -> tuple:
    header = ["network", "pictures learned from", "accuracy", "95 %", "test pictures", "weights", "sha256"]
    rows = [
        (
            card.name,
            card.training_size,
            card.accuracy,
            error(card),
            card.test.get("pictures"),
            card.weights,
            card.sha256,
        )
        for card in cards
    ]
    return header, *zip(*rows, strict=True)


def _confusion(card: ModelCard) -> tuple:
    counts = card.test.get("confusion", ())
    return ["true", *card.labels], card.labels, *zip(*counts, strict=True)
