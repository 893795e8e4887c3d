"""What of a Panel goes on paper: its data without what only a screen can do."""

import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from convlens.components.confusion import confusion
from convlens.components.gallery import gallery
from convlens.components.part import png_url
from convlens.components.scatter import scatter
from convlens.drawing.cells import Said, Small
from convlens.drawing.encoding import encode_png
from convlens.drawing.figures import bars
from convlens.drawing.scales import Scale
from convlens.export import paper
from convlens.panel import (
    Beside,
    Chart,
    Download,
    Keeps,
    Link,
    Markup,
    Panel,
    Part,
    Picture,
    Sends,
    Stacked,
    Words,
    thumbnail,
)

DOT = encode_png(np.zeros((2, 2, 3), np.uint8))
PICTURE = Picture(DOT, "a dot")
HERE = Words("What moves here is on the screen only.", small=True)


def panel(*content, **more) -> Panel:
    return Panel("key", "Title", content, "Caption.", **more)


def test_what_a_panel_says_is_kept_and_its_files_stay_behind():
    of = panel(PICTURE, note="Note.", scale=Scale(0, 2), scope="for all", downloads=(Download("CSV", "x.csv", print),), code="x = 1")  # fmt: skip
    assert paper.paper(of) == paper.Paper("Title", (PICTURE,), "Caption.", "Note.", Scale(0, 2), "for all")


def test_a_small_one_is_called_by_its_link():
    small = replace(panel(PICTURE), title="", opens=Link("pixels", "1 Photo", "i"))
    assert paper.paper(small).title == paper.title(small) == "1 Photo"
    assert paper.title(panel(PICTURE)) == "Title"


@pytest.mark.parametrize(
    "content",
    [(), (Words("only words"),), (Link("layers", "Its layers", "i"),), (Part("film", "film", {}, {}),), (Stacked((Words("a"),)),)],
)  # fmt: skip
def test_where_there_is_nothing_to_draw_there_is_no_paper(content):
    assert paper.paper(panel(*content)) is None


def test_a_way_to_another_page_is_words_or_nothing():
    said = Link("compare", "Compare", "i", text="Both say cat.")
    alone = Link("layers", "Its layers", "i")
    inside = Stacked((Link("layers", "Map 3 answers most", "i"),))
    assert paper.paper(panel(PICTURE, said, alone, inside)).content == (
        PICTURE,
        Words("Both say cat."),
        Stacked((Words("Map 3 answers most"),)),
    )


def test_a_live_part_is_its_panels_picture_once():
    part = Part("values", "values", {}, {})
    of = panel(part, part, downloads=(Download("CSV", "x.csv", bytes), Download("PNG", "x.png", partial(bytes, DOT))))
    found = paper.paper(of)
    assert paper.settled(found).content == (Picture(DOT, ""), HERE)


def test_a_live_part_that_holds_one_picture_is_that():
    of = panel(Part("sheet", "sheet", {"image": png_url(np.zeros((2, 2, 3), np.uint8))}, {}))
    assert paper.settled(paper.paper(of)).content == (Picture(DOT, ""),)


def test_what_stands_beside_keeps_its_width():
    of = panel(Beside((PICTURE, Part("film", "film", {}, {}), Markup("x")), (1, 2, 3)))
    assert paper.paper(of).content == (Beside((PICTURE, HERE, Markup("x")), (1, 2, 3)),)


def test_what_has_to_be_made_is_found_at_any_depth():
    part = Part("p", "p", {}, {}, partial(Stacked, (PICTURE,)))
    of = panel(Beside((Stacked((part,)),)))
    assert paper.settled(paper.paper(of)).content == (Beside((Stacked((Stacked((PICTURE,)),)),)),)


def test_a_settled_paper_can_be_sent_to_a_worker():
    chart = Chart(bars(["a", "b"], np.array([1.0, 2.0]), "#123456", "y"), "bars")
    sent = pickle.loads(pickle.dumps(paper.settled(paper.paper(panel(chart, PICTURE)))))
    assert sent.content[0].figure.to_dict() == chart.figure.to_dict()
    assert sent.content[1] == PICTURE


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**Three** things", "Three things"),
        ("`a\\_b` \\*is\\* 5\\%", "a_b *is* 5%"),
        ("see :small[this \\] one] and :material/add: [that](https://x.y/z)", "see this ] one and  that"),
        ("\\[no\\](link)", "[no](link)"),
    ],
)
def test_our_markdown_is_read_as_words(markdown, plain):
    assert paper.unmarked(markdown) == plain


def test_a_confusion_matrix_in_grey():
    (made,) = paper.settled(paper.paper(panel(confusion("cell", "alt", np.array([[3, 1], [0, 2000]]), ("cat", "dog"), "")))).content  # fmt: skip
    head, first, second = made.html.rows
    assert [cell.text for cell in head] == ["is ↓ called →", "cat", "dog"]
    assert [(cell.text, cell.bold) for cell in first] == [("cat", True), ("3", True), ("1", False)]
    assert [cell.fill for cell in first[1:]] == ["#696969", "#cdcdcd"]  # 255 − 200 × 3/4 and 1/4
    assert second[2] == Said("2,000", bold=True, fill="#373737")


def test_a_gallery_of_pictures_of_its_own():
    image = png_url(np.zeros((1, 1, 3), np.uint8))
    items = [{"name": i, "title": f"map {i}", "caption": "0.5", "image": image} for i in range(7)]
    (made,) = paper.settled(paper.paper(panel(gallery("channel", "Maps", items, chosen=0)))).content
    assert [len(row) for row in made.html.rows] == [6, 1]
    assert made.html.rows[1] == (Small(image, "map 6\n0.5"),)
    shared = [{"name": 1, "title": "cat", "image": thumbnail("picture", "cat")}]
    assert paper.paper(panel(gallery("picture", "Pictures", shared, chosen=1))) is None


def test_a_plane_of_thumbnails_is_dots_in_their_colours():
    points = np.array([[0, 0], [10, 0], [0, 5], [10, 5]], "f4")
    part = scatter(
        "map", Sends(("spot",), (range(4),)), points=points, titles=list("abcd"), sprites=DOT, digest="d", cell=(2, 2), columns=2,
        groups=np.array([1, 0, 1, -1]), colours=("#111111", "#222222"), names=["ant", "bee"], chosen=-1, alt="four",
        marks=[{"x": 20.0, "y": 1.0, "image": "", "title": "Your photo"}], height=100, grow=4, lasso=Keeps("l", "d", 4),
    )  # fmt: skip
    (made,) = paper.settled(paper.paper(panel(part))).content
    noise, ant, bee, own = made.figure.lines
    assert [line.title for line in made.figure.lines] == ["noise", "ant", "bee", "Your photo"]
    assert (ant.colour, bee.colour) == ("#111111", "#222222")
    assert (bee.x.tolist(), bee.y.tolist()) == ([0, 0], [0, 5])
    assert (own.x.tolist(), own.y.tolist(), noise.x.tolist()) == ([20], [1], [10])
    assert not any(line.joined for line in made.figure.lines)
    assert paper.paper(panel(scatter(
        "map", Sends(("spot",), (range(4),)), points=points, titles=list("abcd"), sprites=DOT, digest="d", cell=(2, 2), columns=2,
        groups=np.zeros(4, int), colours=("#111111",), chosen=-1, alt="four", height=100, grow=4, background=(DOT, ((0, 1), (0, 1))),
    ))) is None  # dots alone would say less than its title  # fmt: skip
    assert (made.figure.x.low, made.figure.x.high) == pytest.approx((-0.6, 20.6))  # 3 % of the longer side around
