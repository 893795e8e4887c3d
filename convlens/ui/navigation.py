"""The pages, as data: the menu, the smoke tests and the README check read this table."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class PageEntry:
    """One screen.

    Attributes:
        name: of its file in pages/, without the ending.
        title, icon: in the menu; a Material icon.
        section: of the menu; "" for none.
        purpose: one line on what it is for.
    """

    name: str
    title: str
    icon: str
    section: str
    purpose: str

    @property
    def file(self) -> Path:
        return ROOT / "pages" / f"{self.name}.py"


PAGES = (
    PageEntry("home", "Home", ":material/route:", "", "One picture through the whole chain, on one screen."),
    PageEntry("pixels", "Pixels", ":material/grid_on:", "Picture", "The picture as the numbers it is."),
    PageEntry("kernels", "Kernels", ":material/filter_3:", "Picture", "Slide hand-picked weights over the picture."),
    PageEntry(
        "regions",
        "Regions",
        ":material/format_paint:",
        "Picture",
        "Paint classes on a photo: each pixel by its colour, or region by region?",
    ),
    PageEntry(
        "live",
        "Live",
        ":material/videocam:",
        "Picture",
        "The camera through a kernel and every layer, in your browser.",
    ),
    PageEntry("layers", "Layers", ":material/layers:", "Network", "Slice a trained network: the maps of every layer."),
    PageEntry(
        "explorer", "Explorer", ":material/hub:", "Network", "A whole network, and how each of its numbers is made."
    ),
    PageEntry(
        "compare", "Compare", ":material/compare:", "Network", "Two networks, one picture: who is right, who is sure?"
    ),
    PageEntry(
        "networks", "Networks", ":material/badge:", "Network", "What each network has learned, and where it fails."
    ),
    PageEntry(
        "architectures",
        "Architectures",
        ":material/view_timeline:",
        "Network",
        "From LeNet to DenseNet: what was new, what it has, what it scored.",
    ),
    PageEntry(
        "training", "Training", ":material/model_training:", "Learning", "Watch a network learn, update by update."
    ),
    PageEntry(
        "teach",
        "Teach",
        ":material/school:",
        "Learning",
        "Classes of your own, from a few photos, on a network's features.",
    ),
    PageEntry("autoencoder", "Autoencoder", ":material/compress:", "Learning", "A picture as a few numbers, and back."),
    PageEntry(
        "made_up", "Made up", ":material/shapes:", "Learning", "Pictures from a program, and what they cannot teach."
    ),
    PageEntry("digits", "Digits", ":material/draw:", "Neighbours", "Draw a digit and ask its nearest neighbours."),
    PageEntry(
        "ladder", "Ladder", ":material/stairs:", "Neighbours", "Ways to read a digit, from pixels to learned features."
    ),
    PageEntry(
        "map", "Map", ":material/scatter_plot:", "Neighbours", "Many pictures as points: near means alike to a network."
    ),
)


def page(name: str) -> PageEntry:
    """The page of this name."""
    return next(entry for entry in PAGES if entry.name == name)


def sections(here: str) -> dict[str, list[PageEntry]]:
    """The menu: section → its pages. The section of the page that is open, by its name, says so: "Network: Explorer"."""
    found: dict[str, list[PageEntry]] = {}
    for entry in PAGES:
        found.setdefault(entry.section, []).append(entry)
    opened = next((entry for entry in PAGES if entry.name == here and entry.section), None)
    return {
        f"{name}: {opened.title}" if opened and opened.section == name else name: pages for name, pages in found.items()
    }
