"""What can be chosen of how a page teaches."""

import re

from convlens.choice import Choice

# the page that asks a question, and what was answered to which: "compare", "compare-0123abcd-both"
CHOICES = {"predict": Choice("", re.compile(r"([a-z_]{1,20}(-[0-9a-f]{8}-[a-z0-9_]{1,30})?)?").fullmatch)}
