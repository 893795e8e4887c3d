"""What can be chosen on the pages Digits and Ladder."""

import re

from convlens.choice import Choice
from convlens.digits import neighbours
from convlens.digits.trials import TRIALS
from convlens.pictures import handwriting
from convlens.pictures.choices import DIGITS
from convlens.pictures.digits import ORDERS

CHOICES = {
    "ask": Choice("digit", ("digit", "drawing", "photo")),
    # its nearest neighbour is another digit, its five nearest outvote that one
    "digit": Choice(1632, range(DIGITS)),
    "drawing": Choice("", handwriting.is_drawing),
    "upright": Choice(True, (True, False)),
    "k": Choice(5, range(1, neighbours.MOST + 1)),
    "distance": Choice("Euclidean", tuple(neighbours.DISTANCES)),
    "p": Choice(3, range(1, 11)),
    "share": Choice(85, range(5, 100, 5)),
    "order": Choice("as stored", ORDERS),
    "projection": Choice("PCA", ("PCA", "LDA")),
    "answered": Choice("", re.compile(r"([0-9]-[0-9])?").fullmatch),
    "trial": Choice("scale", TRIALS),
    "mistake": Choice(1727, range(DIGITS)),
}
