"""What can be chosen on the page Training."""

import re
from dataclasses import fields

from convlens.choice import Choice
from convlens.networks import runs, stacks
from convlens.networks.card import MOST_CLASSES, MOST_UPDATES
from convlens.networks.runs import Settings
from convlens.pictures import shapes
from convlens.pictures.datasets import DATA
from convlens.training.place import SIDE

MOST_HELD = max(each.held for each in DATA.values())

CHOICES = {
    "data": Choice("digits", tuple(DATA)),
    "learner": Choice("digits-cnn", tuple(dict.fromkeys(name for names in runs.NETWORKS.values() for name in names))),
    "stack": Choice(stacks.DEFAULT, lambda text: stacks.read(text) is not None),  # where the learner is "stacked"
    "start": Choice("Glorot", runs.STARTS),
    "optimiser": Choice("Adam", runs.OPTIMISERS),
    "rate": Choice("0.002", tuple(f"{rate:g}" for rate in runs.RATES)),
    "batch": Choice("32", tuple(map(str, runs.BATCHES))),
    "decay": Choice("0", tuple(f"{decay:g}" for decay in runs.DECAYS)),
    "taught": Choice("1257", tuple(dict.fromkeys(str(count) for each in DATA.values() for count in each.counts))),
    "wrong": Choice("0", tuple(map(str, runs.WRONG))),
    "augment": Choice("none", runs.AUGMENTATIONS),
    "seed": Choice(1, range(1, 100)),
    "update": Choice(-1, range(-1, runs.LONGEST + 1)),  # −1: the film plays
    "asked": Choice(0, range(-1, MOST_HELD)),  # of those held out; −1: the tray's picture
    "confused": Choice("", re.compile(r"([0-9]-[0-9])?").fullmatch),
    "through": Choice("", re.compile(r"[a-z0-9_]{0,20}").fullmatch),  # a layer; one that is not there is the first
    "filter": Choice(-1, range(-1, 128)),  # −1: the one whose weights are largest
    "weight_row": Choice(1, range(-1, SIDE)),  # as it is drawn; −1: the largest weight
    "weight_column": Choice(1, range(-1, SIDE)),
    # what is seen besides the film
    "behind": Choice("One update", ("One update", "Every layer", "And back", "First filters", "The test")),
    "one_update": Choice(False, (False, True)),  # whether the Explorer shows one, of the unit that is open
    "taught_as": Choice(-1, range(-1, MOST_CLASSES)),  # a class; −1: the true one, or the answer
    "taught_row": Choice(-1, range(-1, SIDE)),  # of a weight, as it is drawn; −1: with which the loss changes most
    "taught_column": Choice(-1, range(-1, SIDE)),
    "after": Choice(-1, range(-1, MOST_UPDATES + 1)),  # of a time-lapse; −1: its end
    "changes": Choice("", lambda text: runs.changes_of(text) is not None),
    "run_beside": Choice("", lambda text: not text or run_of(text) is not None),  # whose curves stand beside these
}
CALLED = {"network": "learner", "pictures": "taught"}  # field of ``Settings`` → its choice, where that has another name
DEFAULT = "default"  # what a run is written as of which nothing differs from the default


def written(run: Settings) -> str:
    """A whole run for a link: what of it differs from the default, "optimiser:SGD;rate:3"."""
    told = {each.name: getattr(run, each.name) for each in fields(Settings) if getattr(run, each.name) != each.default}
    told |= {"changes": runs.written(run.changes)} if run.changes else {}
    said = [f"{name}:{value:g}" if isinstance(value, float) else f"{name}:{value}" for name, value in told.items()]
    return ";".join(said) or DEFAULT


def run_of(text: str) -> Settings | None:
    """What ``written`` has made a text of; None where it is no such text, or no network can learn so."""
    found = {}
    for part in text.split(";") if text != DEFAULT else ():
        name, _, value = part.partition(":")
        if name == "recipe":
            drawn_by = shapes.read(value)
            read = value if drawn_by and shapes.written(drawn_by) == value else None  # one run has one name
        elif name == "changes":
            read = runs.changes_of(value)
        else:
            choice = CHOICES.get(CALLED.get(name, name))
            read = choice.read(value) if choice and name in Settings.__dataclass_fields__ else None
        if read is None or name in found:
            return None
        found[name] = read if name == "changes" else type(getattr(Settings(), name))(read)
    run = Settings(**found)
    if run.network not in runs.NETWORKS[run.data] or run.pictures not in run.of.counts:
        return None
    if bool(run.stack) != (run.network == "stacked") or (run.recipe and run.data != "shapes"):
        return None
    layers = stacks.read(run.stack) if run.stack else ()
    return None if layers and stacks.fault(layers, run.of.shape, len(run.of.labels)) else run
