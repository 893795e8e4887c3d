"""What can be chosen on the page Live; the kernel is that of the page Kernels."""

from convlens.choice import Choice
from convlens.networks.choices import a_network

NONE = "none"
FITTING, SIGNED = "as it fits", "signed colours"
VALUES = FITTING, SIGNED, "clipped to a picture"  # it fits to clip where the weights sum to 1: that is a picture again
CHOICES = {
    "live": Choice("benchmark", a_network),
    "live_beside": Choice("dummy", lambda value: value == NONE or a_network(value)),
    "live_values": Choice(FITTING, VALUES),
    "line": Choice(
        50, range(101)
    ),  # % of the frame that is left of it: there is the frame, at its right the kernel's result
    "mirrored": Choice(False, (False, True)),  # for the eye
    "inverted": Choice(False, (False, True)),  # light and dark, for networks that know white ink on black
}
