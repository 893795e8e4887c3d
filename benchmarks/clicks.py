"""What a visitor clicks most on each page, and what must change then: one table, for the browser and for the protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convlens.pictures.bundled import bundled

LAYERS = ("conv2d_1", "conv2d_2", "conv2d_4", "pool_2", "conv2d_6", "dense_2")


@dataclass(frozen=True)
class Click:
    """One page's main click.

    Attributes:
        page: its address, "" for the first.
        what: is clicked, in words.
        act: (a tab of Playwright's, number of the click) → the click; one is never the same as the one before.
        changes: CSS selector of what must change.
        key: of the live part or widget that sends it; ``name``: of the value in it, "" for a widget; ``values``: in turns.
    """

    page: str
    what: str
    act: Callable[[Any, int], Any]
    changes: str
    key: str
    name: str
    values: tuple
    ready: Callable[[Any, int], Any] = lambda tab, i: None  # what comes before the click, and does not count


def one_of(selector: str, count: int = 4, first: int = 0) -> Callable:
    """Clicks on the first ``count`` of these, in turns."""
    return lambda tab, i: tab.locator(selector).nth(first + (i + 1) % count).click()


def _magnified(tab, i: int) -> None:
    tab.locator(".st-key-magnifier-photo .photo").click(position={"x": 30 + 37 * (i % 5), "y": 40 + 11 * (i % 7)})


def _unit(tab, i: int) -> None:
    column = tab.locator(".explorer .column").nth(1 + i % 4).locator("canvas")
    column.click(position={"x": 6, "y": 20 + 30 * (i % 7)})


def _marked(tab, i: int) -> None:
    """The last network of the open list is marked, or the first but one, in turns."""
    chooser = tab.locator(".st-key-a input")
    chooser.click()
    chooser.press("End" if i % 2 else "Home")
    chooser.press("ArrowDown")


def _stroke(tab, i: int) -> None:
    """A short one, at another place each time."""
    x, y = 40 + 31 * (i % 5), 60 + 17 * (i % 4)
    tab.locator(".painter canvas").scroll_into_view_if_needed()
    box = tab.locator(".painter canvas").bounding_box()
    tab.mouse.move(box["x"] + x, box["y"] + y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + x + 40, box["y"] + y + 10)
    tab.mouse.up()


STROKES = tuple(
    f"{bundled()['cat'].picture.digest[:8]};fur,sky;0AAHH.0ZaCC.1{at}hh.1yyzz;0.0.1000.500" for at in ("AZ", "cZ", "aa")
)
PICTURES = ("frog", "cat", "ship", "airplane")
PICTURE = one_of(".st-key-gallery-picture [role=radio]")
MAP = one_of(".st-key-sheet-channel .cells button", 5, 1)
CLICKS = (
    Click("", "another picture", PICTURE, ".st-key-panel-answers", "gallery.picture", "chosen", PICTURES),
    Click("pixels", "a place of the photo", _magnified, ".st-key-magnifier-photo", "magnifier.photo", "held", ("20-30-red", "90-40-red")),
    Click("kernels", "another kernel", one_of(".st-key-gallery-kernel_1 [role=radio]"), ".st-key-panel-signed", "gallery.kernel_1", "chosen", ("sobel_x", "gaussian_3", "sharpen")),
    Click("regions", "another stroke", _stroke, ".st-key-panel-by-pixel", "painter.photo", "painted", STROKES),
    Click("live", "another picture", PICTURE, ".st-key-panel-live", "gallery.picture", "chosen", PICTURES),
    Click("layers", "another map", MAP, ".st-key-panel-map", "sheet.channel", "chosen", (3, 5, 8)),
    Click("explorer", "another map", _unit, ".st-key-panel-how", "explorer.network", "chosen", tuple([layer, 2, -1, -1] for layer in LAYERS)),
    Click("compare", "another picture", PICTURE, ".st-key-panel-softmax-0", "gallery.picture", "chosen", PICTURES),
    Click("networks", "another network", lambda tab, i: tab.locator(".st-key-a input").press("Enter"), "[class*=st-key-panel-strengths-]", "a", "", ("lenet", "cifar10-500"), _marked),
    Click("architectures", "another network", one_of(".st-key-timeline [role=radio]", 6, 1), ".st-key-panel-stack", "timeline", "chosen", ("vgg16", "lenet5", "resnet50")),
    Click("training", "another moment", lambda tab, i: tab.locator(".bar input").press("End" if i % 2 else "Home"), ".st-key-panel-wrong", "film", "update", (16, 512, 64)),
    Click("teach", "another picture", PICTURE, ".st-key-panel-taught-answer", "gallery.picture", "chosen", PICTURES),
    Click("autoencoder", "another digit", one_of(".st-key-gallery-some [role=radio]"), ".st-key-panel-coders", "gallery.some", "chosen", (1541, 1553, 1560)),
    Click("made_up", "another made-up picture", one_of(".st-key-gallery-made [role=radio]"), ".st-key-panel-made", "gallery.made", "chosen", (3, 8, 21)),
    Click("digits", "another digit", one_of(".st-key-gallery-some [role=radio]"), ".st-key-panel-neighbours", "gallery.some", "chosen", (1541, 1553, 1560)),
    Click("ladder", "another mistake", one_of(".st-key-gallery-mistake [role=radio]"), ".st-key-panel-mistake", "gallery.mistake", "chosen", (1553, 1541)),
    Click("map?way=PCA&spot=300", "a neighbour", one_of(".st-key-panel-chosen [role=radio]", 1, 1), ".st-key-panel-chosen", "map", "chosen", (300, 40, 1200)),
)  # fmt: skip
