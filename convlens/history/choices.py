"""Which network is looked at, and which of its blocks is opened."""

import re

from convlens.choice import Choice
from convlens.history.papers import NAMES

CHOICES = {
    "architecture": Choice("alexnet", NAMES, kept=True),
    "block": Choice("", re.compile(r"[A-Za-z0-9_]{0,40}").fullmatch, kept=True),  # one of another network opens nothing
}
