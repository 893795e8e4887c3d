"""What can be chosen on the page Explorer, besides what all pages on networks share."""

from convlens.choice import Choice

CHOICES = {"shown": Choice("after surgery", ("after surgery", "intact", "change"))}
