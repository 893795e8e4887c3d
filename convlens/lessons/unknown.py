"""What a network's confidence is worth on classes that it has never seen: the measurement that ships, in words.

``scripts/measure_unknown.py`` makes it: the seed network, trained without some of CIFAR-10's classes and asked about them.
"""

import json
from functools import cache
from pathlib import Path

from convlens.text import counted, number, percent

FILE = Path(__file__).resolve().parents[2] / "assets" / "unknown.json"
OF_THE_ANSWER = ("largest probability", "entropy", "energy")
OF_THE_VECTOR = ("Euclidean distance", "cosine distance")


@cache
def measured() -> dict:
    """What the script wrote."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def sentences(card: dict) -> str:
    """The measurement, for a lesson."""
    left_out, known, training = card["left_out"], card["known_classes"], card["training"]
    worst = max(left_out, key=lambda name: card["named"][name]["sure"])
    named = card["named"][worst]
    said = (
        f"What is such a confidence worth? The seed network was trained without {' and '.join(left_out)} ({training['size']:,} pictures, "
        f"{training['epochs']} epochs) and asked about them. {percent(named['sure'])} of the {named['pictures']:,} held-out pictures of the "
        f"class {worst} got an answer with more than {percent(card['sure_above'])}, {percent(named['share'])} {named['most_often']}; of "
        f"pictures of the {counted(len(card['known']))} classes that it knows, {percent(known['sure'])} did. "
    )
    answer, vector = (_span(card, gauges) for gauges in (OF_THE_ANSWER, OF_THE_VECTOR))
    said += (
        f"No gauge tells the strange from the known well: {', '.join(OF_THE_ANSWER[:-1])} and {OF_THE_ANSWER[-1]} have an AUROC of {answer}, "
        f"where 1 is always and 0.5 a coin; distance to the nearest of {training['compared_with']:,} training pictures, in the layer before the classes, {vector}."
    )
    far = card["median_distance"][OF_THE_VECTOR[0]]
    if far["grey noise"] < far["photos of known classes"]:
        said += (
            f" Grey noise even lies nearer to them than photos do ({number(far['grey noise'])} against "
            f"{number(far['photos of known classes'])}, medians)."
        )
    return f"{said} So ConvLens shows no gauge that pretends to know what a network does not know."


def _span(card: dict, gauges: tuple[str, ...]) -> str:
    found = [card["auroc"][name][gauge] for name in card["left_out"] for gauge in gauges]
    return f"{number(min(found))} to {number(max(found))}"
