"""What can be chosen on the page Teach. The photos themselves are in no link."""

import re

from convlens.choice import Choice
from convlens.networks.choices import a_network
from convlens.pictures.handwriting import is_drawing
from convlens.teaching.ways import LOGISTIC, WAYS

NONE, SWAP, MORE, OLD = QUESTIONS = "none of these", "another background", "augmentation", "forgetting"
CHOICES = {
    "teacher": Choice("benchmark", a_network),  # whose features are learned from
    "taught_by": Choice(LOGISTIC, tuple(WAYS)),
    "question": Choice(NONE, QUESTIONS),  # which of them is answered
    "refused": Choice(10, (0, 5, 10, 20, 50)),  # % of the photos that one accepts to lose
    "draws": Choice(False, (False, True)),  # on a pad
    "draft": Choice("", is_drawing),
    "mixed": Choice("", re.compile(r"([0-5]-[0-5])?").fullmatch),  # the open cell of the confusion matrix
}
