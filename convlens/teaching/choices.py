"""What can be chosen on the page Teach. The photos themselves are in no link."""

import re

from convlens.choice import Choice
from convlens.networks.choices import a_network
from convlens.teaching.jobs import LOGISTIC, WAYS

CHOICES = {
    "teacher": Choice("benchmark", a_network),  # whose features are learned from
    "taught_by": Choice(LOGISTIC, tuple(WAYS)),
    "mixed": Choice("", re.compile(r"([0-5]-[0-5])?").fullmatch),  # the open cell of the confusion matrix
}
