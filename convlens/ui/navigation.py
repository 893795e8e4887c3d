"""The pages, as data: the menu, the smoke tests and the README check read this table."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class PageEntry:
    """One screen: its file in pages/ (without the ending), its title, a Material icon, one line on what it is for."""

    name: str
    title: str
    icon: str
    purpose: str

    @property
    def file(self) -> Path:
        return ROOT / "pages" / f"{self.name}.py"


PAGES = (
    PageEntry("home", "Home", ":material/route:", "One picture through the whole chain, on one screen."),
    PageEntry("pixels", "Pixels", ":material/grid_on:", "The picture as the numbers it is."),
    PageEntry("kernels", "Kernels", ":material/filter_3:", "Slide hand-picked weights over the picture."),
    PageEntry("layers", "Layers", ":material/layers:", "Slice a trained network: the maps of every layer."),
    PageEntry("explorer", "Explorer", ":material/hub:", "A whole network, and how each of its numbers is made."),
    PageEntry("compare", "Compare", ":material/compare:", "Two networks, one picture: who is right, who is sure?"),
    PageEntry("digits", "Digits", ":material/draw:", "Draw a digit and ask its nearest neighbours."),
    PageEntry("ladder", "Ladder", ":material/stairs:", "Ways to read a digit, from pixels to learned features."),
    PageEntry("map", "Map", ":material/scatter_plot:", "Many pictures as points: near means alike to a network."),
)


def page(name: str) -> PageEntry:
    """The page of this name."""
    return next(entry for entry in PAGES if entry.name == name)
