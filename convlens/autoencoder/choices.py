"""What can be chosen on the page Autoencoder."""

import re

from convlens.autoencoder.jobs import HELD
from convlens.choice import Choice
from convlens.networks.autoencoders import NAMES, OWN
from convlens.networks.plans import Plan, read

MOVED = re.compile(
    r"([0-9a-f]{8}(_-?[0-9]{1,3}(\.[0-9]{1,4})?){2,64})?"
)  # of which code it was, and the numbers now; "" for as it is
CODE = Choice("", lambda text: bool(MOVED.fullmatch(text)))

NOISE = Choice(30, range(0, 65, 5))  # standard deviation, in hundredths of the values' range

CHOICES = {
    "coder": Choice("plain-8", (*NAMES, OWN)),
    "own_code": CODE,
    "plan": Choice(Plan("plain", 2).text, lambda text: read(text) is not None),  # of one's own
    "held": Choice(-1, range(-1, HELD)),  # which held-out picture one's own is asked about; -1 for the visitor's
    "noise": NOISE,
    "own_noise": NOISE,
    "draw": Choice(1, range(1, 1000)),  # seed of the digits that are made up
    "code": CODE,
}
