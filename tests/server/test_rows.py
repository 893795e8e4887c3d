"""Which rows of a page a click runs: those that read what it changes, asked over the protocol of a real server."""

import json

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.serving import serving
from tests.visitor import Visitor, play

TRAY = "gallery.picture"  # stands on every page, outside of all rows
CLICKS = {  # page, what is sent to which part → parts that are drawn anew, and parts that are not
    "a map of a layer": ("layers", "sheet.channel", {"chosen": 3}, {"sheet.channel", "values", "weights.PNG"}, {"gallery.layer"}),
    "a map that stands out": ("layers", "gallery.particular", {"chosen": 0}, {"gallery.particular", "values"}, {"gallery.layer"}),
    "a layer": ("layers", "gallery.layer", {"chosen": "conv2d_3"}, {"gallery.layer", "sheet.channel", "spread.CSV"}, set()),
    "a cell of a map": ("layers", "values", {"cell": [3, 4]}, {"values"}, {"gallery.layer"}),
    "the magnifier": ("pixels", "magnifier.seen", {"held": "3-4-red"}, {"magnifier.seen"}, {"magnifier.photo", "histogram.CSV"}),
    "an example of the stepper": ("kernels", "stepper.grid", {"place": ["photo", "1-2"]}, {"stepper.grid"}, {"gallery.kernel_1"}),
    "a unit of a network": ("explorer", "explorer.network", {"chosen": ["conv2d_3", 2, -1, -1]}, {"explorer.how"}, {"network.choose"}),
    "a mistake": ("ladder", "gallery.mistake", {"chosen": 1553}, {"gallery.mistake"}, set()),
    "a picture of a map": ("map", "map", {"chosen": 300}, {"map", "gallery.spots.grid"}, {"vectors"}),
    "what the lasso caught": ("map", "map", {"lassoed": [1, 2, 3]}, {"map"}, {"vectors"}),
    "a digit": ("digits", "gallery.some", {"chosen": 1541}, {"gallery.some", "border"}, {"k", "confusion.answered", "error.CSV"}),
    "a cell of the confusion matrix": ("digits", "confusion.answered", {"chosen": "8-1"}, {"confusion.answered"}, {"border", "gallery.some"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("rows")) as server:
        yield server
        assert "Traceback" not in server.log.read_text()


async def opened(served, page: str) -> Visitor:
    visitor, chosen = (
        Visitor(served.address),
        "way=PCA&layer=conv2d_1",
    )  # the first click chooses a layer, too, if none is
    await visitor.enter(chosen)
    await visitor.go(page, chosen)
    return visitor


def keys(visitor: Visitor) -> set[str]:
    """Of what was drawn last."""
    return {each.split("-", 2)[2] for each in visitor.drawn}


@pytest.mark.parametrize("name", CLICKS)
def test_a_click_runs_the_rows_that_read_it(served, name):
    page, key, sent, anew, old = CLICKS[name]

    async def visit() -> set[str]:
        visitor = await opened(served, page)
        assert {TRAY, key, *old} <= keys(visitor)
        await visitor.tell(key, **sent)
        assert not visitor.failed
        await visitor.leave()
        return keys(visitor)

    drawn = play(visit())
    assert anew | {"address"} <= drawn
    assert not drawn & {TRAY, *old}


def test_the_digit_at_hand_is_asked_about_instead_of_a_drawing(served):
    """The number of the digit stays as it was, and what is asked about changes."""

    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("ask=drawing&digit=1541", page="digits")
        await visitor.go("digits", "ask=drawing&digit=1541")
        assert not visitor.said("Its 5 nearest of")
        await visitor.tell("border", chosen=1541)
        assert visitor.said("Its 5 nearest of")
        await visitor.leave()

    play(visit())


def test_wrong_channels_are_explained_at_once(served):
    async def visit() -> None:
        visitor = await opened(served, "explorer")
        await visitor.change("surgery.channels", string_value="99")
        await visitor.change("surgery.silence", trigger_value=True)
        assert visitor.said("There are no channels 99. This layer has 0 to 15.")
        assert "explorer.how" in keys(visitor)
        assert TRAY not in keys(visitor)
        await visitor.leave()

    play(visit())


def test_what_is_read_outside_of_rows_draws_everything(served):
    async def visit() -> tuple[set[str], set[str]]:
        visitor = await opened(served, "layers")
        whole = keys(visitor)
        await visitor.tell(TRAY, chosen="ship")
        await visitor.leave()
        return whole, keys(visitor)

    whole, drawn = play(visit())
    assert TRAY in drawn
    assert whole - drawn <= {"at", "upload.0"}  # the ship is square: nothing is cropped; the uploader is a fresh one


def test_what_changes_nothing_draws_the_address_alone(served):
    async def visit() -> set[str]:
        visitor = await opened(served, "ladder")
        await visitor.tell("gallery.mistake", chosen=1727)  # the one that it opens with
        await visitor.leave()
        return keys(visitor)

    assert play(visit()) == {"address"}


def test_a_click_while_the_page_is_drawn_draws_it_whole(served):
    """A part of it may be missing yet: rows alone would leave it so."""

    async def visit() -> set[str]:
        visitor = await opened(served, "layers")
        early = BackMsg()
        early.rerun_script.page_script_hash = visitor._page
        early.rerun_script.query_string = "scale=unit"
        await visitor.send(early.SerializeToString())
        await visitor.tell("sheet.channel", chosen=5)
        while TRAY not in keys(visitor):  # the first run may have come to its end
            await visitor.tell("sheet.channel", chosen=5)
        await visitor.leave()
        assert not visitor.failed
        assert visitor.said("Map 5 of")
        return keys(visitor)

    assert {TRAY, "gallery.layer", "sheet.channel", "values"} <= play(visit())


def test_a_click_right_after_a_change_of_page(served):
    async def visit() -> None:
        visitor = await opened(served, "layers")
        stale = dict(visitor.widgets)
        await visitor.go("pixels")
        visitor.widgets |= {"sheet.channel": stale["sheet.channel"]}
        await visitor.tell("sheet.channel", chosen=2)  # of the page that was left
        assert not visitor.failed
        assert not visitor.said("Something went wrong on our side")
        await visitor.tell("magnifier.seen", held="1-1-red")
        assert "magnifier.seen" in keys(visitor)
        await visitor.leave()

    play(visit())


def test_the_last_stroke_may_come_with_the_click_that_takes_the_drawing(served):
    """A busy server hears both at once, and Streamlit calls the button first."""
    line, square = "gIgw", "IIIwwwwIII"

    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("draws=true", page="teach")
        await visitor.go("teach", "draws=true")

        async def draw(at: float, drawing: str, button: str = "") -> None:
            said = json.dumps({"drawing": {"value": drawing, "at": at}})
            if not button:
                await visitor.change("pad.draft", json_value=said)
                return
            visitor._states["pad.draft"] = WidgetState(id=visitor.widgets["pad.draft"], json_value=said)
            await visitor.change(button, trigger_value=True)

        await draw(1.5, line)
        await draw(2.5, square, "class.0.draft")
        assert visitor.said("7 photos")
        await visitor.change("class.0.draft", trigger_value=True)
        assert not visitor.said("8 photos")  # the pad is empty
        await draw(2.7, line)
        await draw(2.9, "", "class.0.draft")  # it was cleared just before
        await visitor.change("class.0.draft", trigger_value=True)
        assert not visitor.said("8 photos")
        await draw(3.5, line)
        await draw(4.5, square, "class.ask")
        assert visitor.said("a cosine of 1;")  # the square was learned, and the square is asked about
        assert not visitor.failed
        await visitor.leave()

    play(visit())
