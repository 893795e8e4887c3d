"""What can be chosen on the page Regions."""

import re

from convlens.choice import Choice
from convlens.regions.jobs import SUPERPIXELS
from convlens.regions.painted import MOST, read
from convlens.regions.rules import RULES

DESCRIBED = ("colour, spread, edges", "first layer's maps")

CHOICES = {
    "painted": Choice("", lambda text: text == "" or read(text) is not None),  # "" for what the picture opens with
    "rule": Choice("maximum likelihood", tuple(RULES)),
    "superpixels": Choice("SLIC", SUPERPIXELS),
    "pieces": Choice(200, range(50, 650, 50)),  # superpixels, about
    "described": Choice(DESCRIBED[0], DESCRIBED),  # by which features superpixels are compared
    "piece": Choice("", re.compile(r"([0-9]{1,3}\.[0-9]{1,3})?").fullmatch),  # row and column, in thousandths
    "thing": Choice(0, range(MOST)),  # the class that the box is about
}
