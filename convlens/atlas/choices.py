"""Which pictures lie on the map, and how they are laid out."""

import re

from convlens.atlas.atlas import SHOWN
from convlens.atlas.projection import SAVED, WAYS
from convlens.choice import Choice
from convlens.networks.choices import a_network

PHOTOS = "photos"  # the map that ships
PICTURES = ("digits", PHOTOS, "CIFAR-10", "your pictures", "folder", "file")
VALUES = "pixel values"


CHOICES = {
    "pictures": Choice("digits", PICTURES),
    "vectors": Choice("lenet", lambda value: value == VALUES or a_network(value)),
    "file": Choice("", re.compile(r"([\w][\w .-]{0,80})?").fullmatch),
    "way": Choice("UMAP", (*WAYS, SAVED)),
    "near": Choice(15, range(2, 101)),
    "apart": Choice(10, range(0, 100, 5)),
    "smallest": Choice(25, range(5, 201, 5)),
    "by": Choice("clusters", ("clusters", "labels")),
    "drop": Choice(False, (True, False)),
    "spot": Choice(-1, range(-1, SHOWN)),
}
