"""Which network is looked at, which of its blocks is opened, and at which learning rate what was new is seen."""

import re

from convlens.choice import Choice
from convlens.history.papers import NAMES
from convlens.networks.experiments import RATES

CHOICES = {
    "architecture": Choice("alexnet", NAMES),
    "tried": Choice("best", ("best", *(f"{rate:g}" for rate in RATES))),
    "block": Choice("", re.compile(r"[A-Za-z0-9_]{0,40}").fullmatch),  # one of another network opens nothing
}
