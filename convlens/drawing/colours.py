"""Colours that mean the same on every page: the picture's channels, the two networks, digits and clusters."""

CHANNELS = ("red", "green", "blue")
COLOURS = {"benchmark": "#2f6fd0", "dummy": "#e07b12", "champion": "#a8327f"}
# told apart by the colour-blind, from one another and from noise: ten differ by 13 (CIEDE2000) and more, sixteen by 8
DIGIT_COLOURS = (
    "#5a87ff",
    "#96870f",
    "#3c8769",
    "#a51e0f",
    "#783c87",
    "#006048",
    "#f0a596",
    "#0f2dff",
    "#96d20f",
    "#00d2ff",
)
MAP_COLOURS = (*DIGIT_COLOURS, "#a86090", "#60a860", "#f048c0", "#783030", "#d81860", "#9048c0")  # of clusters, in turn
NOISE = "#9a9fa6"  # of what is in no cluster
# of a visitor's own classes: each of another lightness, and told apart by the colour-blind, too
CLASS_COLOURS = ("#c186f8", "#279988", "#cd4100", "#aae2ac", "#4248cc", "#ffa516")
ACCENT = "#0e7c6b"  # of what belongs to no network
AFTER = "#b2182b"  # of a network after surgery
OTHERS = ("#0e8a72", "#8a4fbf")  # of two that are neither, the first and the second


def network_colour(name: str, position: int = 0) -> str:
    """Blue for the benchmark, orange for the dummy, purple-red for the champion, on every page; others by their place (0 or 1)."""
    return COLOURS.get(name, OTHERS[position % 2])


def grey(value: int) -> str:
    """ "#rrggbb" of 0, black, to 255, white."""
    return "#" + f"{value:02x}" * 3


def rgb(colour: str) -> tuple[int, int, int]:
    """Of "#rrggbb": red, green and blue, 0 to 255."""
    return tuple(bytes.fromhex(colour[1:]))
