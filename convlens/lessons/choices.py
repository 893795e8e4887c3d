"""What can be chosen of how a page teaches."""

import re

from convlens.choice import Choice

ASK = "ask"
CHOICES = {
    "predict": Choice("", re.compile(rf"({ASK}|[0-9a-f]{{8}}-[a-z0-9_]{{1,30}})?").fullmatch)
}  # a question, or what was answered to it
