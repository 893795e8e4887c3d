"""What can be chosen on the page Pixels."""

from convlens.choice import Choice

CHOICES = {"bins": Choice(64, (16, 32, 64, 128, 256))}
