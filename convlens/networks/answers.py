"""What two softmaxes say, in one sentence made of the numbers at hand."""

import numpy as np

from convlens.statistics import entropy
from convlens.text import a, counted, number, percent

LEFT_OUT = "parts, each left out in turn"  # how a card ends that says on what a network was tested, if it learned from that otherwise
HELD_OUT = "that were held out"  # the same of a run, which was looked at on the way
LISTED = 24  # classes; of more the likeliest are shown


def top(labels: tuple[str, ...], probabilities: np.ndarray) -> tuple[str, float]:
    """(label, probability) of the highest bar."""
    i = int(np.argmax(probabilities))
    return labels[i], float(probabilities[i])


def shortlist(*answers: np.ndarray, most: int = 10, all_of: int = LISTED) -> list[int]:
    """Which classes to draw: all of a few, in their order; of many the ``most`` that anyone finds likeliest, those first.

    Args:
        answers: probabilities (classes,) each.
    """
    highest = np.max(answers, axis=0)
    if len(highest) <= all_of:
        return list(range(len(highest)))
    return np.argsort(-highest, kind="stable")[:most].tolist()


def verdict(
    labels: tuple[str, ...], first: tuple[str, np.ndarray], second: tuple[str, np.ndarray], truth: str | None
) -> str:
    """Who is right and who is sure.

    Args:
        labels: in the order of the probabilities.
        first, second: (title, probabilities) of the two networks.
        truth: the true label, which may be none of theirs, or None.
    """
    (name_a, p_a), (name_b, p_b) = first, second
    (label_a, share_a), (label_b, share_b) = top(labels, p_a), top(labels, p_b)
    said = f"{name_a} says {label_a} ({percent(share_a)}), {name_b} says {label_b} ({percent(share_b)})"
    bits_a, bits_b = entropy(p_a), entropy(p_b)
    if abs(bits_a - bits_b) < 0.05:
        sure = f"they are about equally sure ({number(bits_a)} and {number(bits_b)} bits)"
    else:
        (bits, name), (more, _) = sorted([(bits_a, name_a), (bits_b, name_b)])
        sure = f"{name} is surer ({number(bits)} against {number(more)} bits)"
    if truth not in labels:
        agree = "They agree" if label_a == label_b else "They disagree"
        told = f"It is {a(truth)}; none of their classes has that name" if truth else "ConvLens does not know its class"
        return f"{said}. {agree}; {sure}. {told}."
    right = [name for name, label in ((name_a, label_a), (name_b, label_b)) if label == truth]
    who = {0: "neither is right", 1: f"only {right[0]} is right" if right else "", 2: "both are right"}[len(right)]
    return f"{said}. It is {a(truth)}, so {who}; {sure}."


def knows(labels: tuple[str, ...], *titles: str) -> str:
    """What these networks can answer at all; ``labels``: of their classes, few enough to be listed or not."""
    some = f"{counted(len(labels))} {'class' if len(labels) == 1 else 'classes'} only"
    listed = f": {', '.join(labels)}" if len(labels) <= LISTED else ""
    who, whose = ("Both know", "they are") if len(titles) > 1 else (f"{titles[0]} knows", "it is")
    return f"{who} {some}{listed}; whatever {whose} shown gets one of {'these' if listed else 'their' if len(titles) > 1 else 'its'} names."


def of_sum(answer: np.ndarray) -> str:
    """A sentence where an answer (classes,) does not sum to 1, as after surgery on the softmax itself; else ""."""
    total = float(answer.sum(dtype=float))
    return (
        ""
        if abs(total - 1) < 1e-3
        else f"These sum to {percent(total)}: after surgery on the last layer they are no probabilities."
    )


def more_accurate(cards) -> int | None:
    """Which of two networks (``convlens.networks.card.ModelCard``) is right more often on its test pictures, 0 or 1.

    None where that is not known, and where one of them is not at the end of its training.
    """
    first, second = (card.accuracy for card in cards)
    if None in (first, second) or first == second or any(card.is_on_its_way for card in cards):
        return None
    return int(second > first)


def blackness(titles: tuple[str, str], zeros: dict[str, tuple[float, float]], better: int | None = None) -> str:
    """How much of what may be called the last layer is black, that is 0, in two networks, and whether the source is right.

    Args:
        zeros: layer → share of zeros in [0, 1], of each network.
        better: which of the two is right more often, where that is known.
    """
    if not zeros:
        return ""
    if better is None:
        each = (f"{name}: {percent(a)} of {titles[0]}, {percent(b)} of {titles[1]}" for name, (a, b) in zeros.items())
        return f"Zeros at {'; '.join(each)}."
    other = 1 - better

    def listed(names: list[str]) -> str:
        said = (f"{n} ({percent(zeros[n][better])} zeros, {titles[other]} {percent(zeros[n][other])})" for n in names)
        return " and ".join(said)

    holds = [name for name, shares in zeros.items() if shares[better] > max(0.5, shares[other])]
    fails = [name for name in zeros if name not in holds]
    where = [f"holds at {listed(holds)}"] * bool(holds) + [
        f"{'not' if holds else 'does not hold'} at {listed(fails)}"
    ] * bool(fails)
    return f"The article cited below finds most of the better network's last layer black. On this picture that {', '.join(where)}."


def related(kin, seeds: tuple[int | None, int | None], channel: int) -> str:
    """A sentence on a ``compare.comparison.Kinship``; ``seeds``: of the first weights, where the cards tell them."""
    said = (
        f"The weights behind map {channel} of {kin.layer} in the two: cosine {number(kin.cosines[channel])}. "
        f"{int(kin.alike.sum())} of {len(kin.alike)} maps have the most similar weights in the map of the same number, "
        f"mean cosine {number(kin.cosines.mean())}."
    )
    if None not in seeds and seeds[0] == seeds[1]:
        said += f" Both networks began with the same weights (seed {seeds[0]}), so map {channel} of one may look like map {channel} of the other."
    return said


def introduce(card) -> str:
    """A sentence on a network, of what its card (``convlens.networks.card.ModelCard``) tells."""
    parts = [card.learned] if card.learned else []
    if card.accuracy is not None:
        ends = {LEFT_OUT: "photos, each asked when it was left out", HELD_OUT: "held-out pictures"}
        on = card.test.get("data", "")
        asked = next((told for end, told in ends.items() if on.endswith(end)), "test pictures")
        parts.append(f"right on {percent(card.accuracy)} of the {card.test['pictures']:,} {asked}")
    if card.weights:
        parts.append(f"{card.weights:,} weights")
    said = (
        f"{card.title}: {', '.join(parts)}."
        if parts
        else f"{card.title}, a network of one's own. {card.sentence}".strip()
    )
    return said + (
        " It gives logits; ConvLens makes probabilities of them by a softmax." if card.answer == "logits" else ""
    )


def probabilities(answer: str, values: np.ndarray) -> np.ndarray:
    """A network's answer as probabilities: exp(x) / Σ exp(x) for "logits"; "softmax" and "sigmoid" give them already.

    Args:
        values: (…, classes).
    """
    if answer != "logits":
        return values
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
