"""What can be chosen on the page Training."""

import re

from convlens.choice import Choice
from convlens.networks import runs
from convlens.networks.card import MOST_UPDATES

CHOICES = {
    "learner": Choice("digits-cnn", runs.NETWORKS),
    "start": Choice("Glorot", runs.STARTS),
    "optimiser": Choice("Adam", runs.OPTIMISERS),
    "rate": Choice("0.002", tuple(f"{rate:g}" for rate in runs.RATES)),
    "batch": Choice("32", tuple(map(str, runs.BATCHES))),
    "taught": Choice("1527", tuple(map(str, runs.COUNTS))),
    "wrong": Choice("0", tuple(map(str, runs.WRONG))),
    "seed": Choice(1, range(1, 100)),
    "update": Choice(-1, range(-1, runs.LONGEST + 1), kept=True),  # −1: the film plays
    "confused": Choice("", re.compile(r"([0-9]-[0-9])?").fullmatch, kept=True),
    "filter": Choice(-1, range(-1, 16), kept=True),  # −1: the one whose weights are largest
    "weight_row": Choice(1, range(3), kept=True),
    "weight_column": Choice(1, range(3), kept=True),
    "after": Choice(-1, range(-1, MOST_UPDATES + 1), kept=True),  # of a time-lapse; −1: its end
    "changes": Choice("", lambda text: runs.changes_of(text) is not None, kept=True),
}
