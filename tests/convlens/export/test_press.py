"""Figures and handouts: read again as SVG, and by the operators of the PDF; lengths by Matplotlib's own measure of text."""

import base64
import io
import re
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from mpl_toolkits.mplot3d.proj3d import proj_transform
from PIL import Image

from convlens.drawing import figures, markup
from convlens.drawing.bubbles import Bubble, Bubbles
from convlens.drawing.cells import Bar, Drawn, Said, Small
from convlens.drawing.encoding import encode_jpeg, encode_png
from convlens.drawing.plots import Axis, Line, Plot
from convlens.drawing.scales import Scale
from convlens.drawing.sheets import map_png, palette_png, sheet
from convlens.drawing.space import Box, Cloud, Space
from convlens.export import press
from convlens.export.explored import SHADE
from convlens.export.paper import Handout, Paper, Source, unmarked
from convlens.panel import Beside, Chart, Markup, Numbers, Picture, Stacked, Words
from convlens.text import plain

SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SOURCE = Source("ConvLens, Layers, Cat", "http://localhost/layers?picture=cat&layer=conv2d_1")
NOISE = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def paper(*content, **more) -> Paper:
    return replace(Paper("Title & <more>", content, "A $5 finding: 3 × 3.", "A note.", None, ""), **more)


def read(of: Paper) -> ElementTree.Element:
    return ElementTree.fromstring(press.figure(of, "svg", SOURCE))


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def images(root: ElementTree.Element) -> list[Image.Image]:
    return [Image.open(io.BytesIO(base64.b64decode(each.get(HREF).partition(",")[2]))) for each in root.iter(f"{SVG}image")]  # fmt: skip


def boxes(root: ElementTree.Element, colour: str) -> list[tuple[float, float]]:
    """(left, right) of all filled boxes of a colour, in points."""
    found = []
    for path in root.iter(f"{SVG}path"):
        if f"fill: {colour}" in path.get("style", ""):
            x = [float(number) for number in re.findall(r"[ML] ([-\d.]+) ", path.get("d"))]
            found.append((min(x), max(x)))
    return found


def test_words_are_words_whatever_stands_in_them():
    root = read(paper(Picture(encode_png(NOISE), "")))
    for said in ("Title & <more>", "A $5 finding: 3 × 3.", "A note.", SOURCE.said, SOURCE.link):
        assert said in texts(root)


def test_every_pixel_is_a_sharp_square():
    (drawn,) = images(read(paper(Picture(encode_png(NOISE), "", width=96))))
    times = drawn.width // 9
    assert times * 9 >= 250  # an inch wide
    assert np.array_equal(np.asarray(drawn.convert("RGB")), np.kron(NOISE, np.ones((times, times, 1), np.uint8)))


def test_a_photo_stays_as_large_as_it_is():
    (drawn,) = images(read(paper(Picture(encode_jpeg(NOISE), ""))))
    assert drawn.size == (9, 6)


@pytest.mark.parametrize("mode", ["P", "RGBA", "L", "LA"])
def test_every_kind_of_png(mode):
    data = io.BytesIO()
    Image.fromarray(NOISE).convert(mode).save(data, "PNG")
    (drawn,) = images(read(paper(Picture(data.getvalue(), "", width=9))))
    expected = Image.open(data).convert("RGBA").resize(drawn.size, Image.Resampling.NEAREST)
    assert np.array_equal(np.asarray(drawn.convert("RGBA")), np.asarray(expected))


def test_a_scale_has_its_ends_in_numbers_and_its_colours():
    root = read(paper(Picture(encode_png(NOISE), ""), scale=Scale(-2.5, 2.5), scope="for all maps"))
    assert {"−2.5", "0", "2.5", "for all maps; hatched below 0"} <= set(texts(root))
    ramp = np.asarray(images(root)[1].convert("RGB")).astype(int)
    assert ramp[0, 379].tolist() == [247, 247, 247]  # white at 0
    assert np.median(ramp[:, 9, 2] - ramp[:, 9, 0]) > 60
    assert np.median(ramp[:, -9, 0] - ramp[:, -9, 2]) > 60
    lines = (ramp == 0xEE).all(axis=2) | (ramp == 0x33).all(axis=2)
    assert 0.05 < lines[:, :370].mean() < 0.4
    assert not lines[:, 380:].any()


def test_what_is_below_0_can_be_told_in_grey():
    """−1 and 1 are the same grey; in a figure one of them has lines."""
    values = np.array([[-1.0, 1.0, 0.0], [0.5, -0.5, -0.01]])
    (drawn, _) = images(read(paper(Picture(map_png(values, Scale(-1.0, 1.0)), "", width=96), scale=Scale(-1.0, 1.0))))
    shown = np.asarray(drawn.convert("RGB"))
    times = drawn.width // 3
    for (row, column), value in np.ndenumerate(values):
        cell = shown[row * times : (row + 1) * times, column * times : (column + 1) * times]
        colours = len(np.unique(cell.reshape(-1, 3), axis=0))
        assert colours == (2 if value < -0.05 else 1), (row, column)
    grey = [np.asarray(drawn.convert("L"))[:times, i * times : (i + 1) * times] for i in (0, 1)]
    assert abs(np.median(grey[0]) - np.median(grey[1])) < 25  # the ground: nearly one grey
    assert grey[0].std() > 10 * grey[1].std()


def test_a_sheet_of_signed_maps_is_hatched_though_a_place_is_empty():
    maps = np.stack([np.full((3, 3), value) for value in (-1.0, 1.0, -0.6)], axis=2)
    signed = Scale(-1.0, 1.0)
    data = palette_png(sheet(maps, scales=[signed], columns=2, enlarged=4), signed.colours)
    root = read(paper(Picture(data, "", width=96)))
    (drawn,) = images(root)
    assert "Hatched: below 0." in texts(root)  # no colour bar says so
    shown, times = np.asarray(drawn.convert("RGB")), drawn.width // 25
    for (row, column), lines in {(0, 0): True, (0, 1): False, (1, 0): True}.items():
        cell = shown[row * 13 * times : (row * 13 + 12) * times, column * 13 * times : (column * 13 + 12) * times]
        assert (len(np.unique(cell.reshape(-1, 3), axis=0)) == 2) == lines
    assert "Hatched: below 0." not in texts(read(paper(Picture(encode_png(NOISE), ""))))


def test_what_has_no_sign_has_no_lines():
    photo, positive = encode_png(NOISE), map_png(np.linspace(0, 1, 54).reshape(6, 9), Scale(0.0, 1.0))
    white = encode_png(np.full((6, 9, 3), 247, np.uint8))  # the signed scale's 0 is a colour that others have, too
    for data in (photo, positive, white):
        (drawn,) = images(read(paper(Picture(data, "", width=96))))
        times = drawn.width // 9
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        assert np.array_equal(np.asarray(drawn.convert("RGB")), np.kron(pixels, np.ones((times, times, 1), np.uint8)))


def test_bars_are_as_long_as_shares():
    root = read(paper(Markup(markup.softmax_bars(("cat", "dog"), "Net", "#2f6fd0", np.array([0.8, 0.2]), "cat"))))
    square, first, second = boxes(root, "#2f6fd0")
    assert (first[1] - first[0]) / (second[1] - second[0]) == pytest.approx(4, rel=1e-4)
    assert first[0] == second[0] > square[0]
    assert {"◆ cat", "dog", "80 %", "20 %", "Net"} <= set(texts(root))


def test_what_is_not_sure_is_pale():
    root = read(paper(Markup(Drawn("", ((Said("x"), Bar(0.25, "#b2182b", 0.75)),)))))
    sure, pale = boxes(root, "#b2182b")
    assert pale[0] == pytest.approx(sure[1], abs=0.01)
    assert (pale[1] - pale[0]) / (sure[1] - sure[0]) == pytest.approx(2, rel=1e-3)
    assert ElementTree.tostring(root).count(b"opacity: 0.45") == 1


PLOT = Plot(
    (
        Line("one", "#123456", np.array([0.0, 5, 10]), np.array([0.0, 4, 2]), marks=True),
        Line("two", "#654321", np.array([0.0, 10]), np.array([4.0, 4])),
    ),
    Axis(0, 10, ((0, "nil"), (10, "<ten>")), "across"),
    Axis(0, 4, ((0, "0 %"), (4, "100 %")), "up"),
    title="Both",
)


def strokes(root: ElementTree.Element, colour: str) -> list[tuple[np.ndarray, str]]:
    """Points and look of all lines of a colour."""
    found = []
    for path in root.iter(f"{SVG}path"):
        if f"stroke: {colour}" in (look := path.get("style", "")) and "fill: none" in look:
            found.append((np.array([pair.split() for pair in re.split("[ML]", path.get("d"))[1:]], float), look))
    return found


def test_curves_lie_where_they_lie_on_the_screen():
    root = read(paper(Chart(PLOT, "alt")))
    assert {"Both", "across", "up", "nil", "<ten>", "0 %", "100 %", "one", "two"} <= set(texts(root))
    (line, look), (level, dashed) = strokes(root, "#123456")[-1], strokes(root, "#654321")[-1]
    assert (line[1, 0] - line[0, 0]) == pytest.approx((line[2, 0] - line[0, 0]) / 2)
    assert (line[0, 1] - line[2, 1]) == pytest.approx((line[0, 1] - line[1, 1]) / 2)  # 2 of 4; down is more in SVG
    assert level[:, 1] == pytest.approx(line[1, 1])
    assert "dasharray" in dashed
    assert "dasharray" not in look  # told apart in grey


def test_groups_of_points_have_shapes_of_their_own():
    """As many as there are digits; in grey they would be one cloud."""
    ten = [Line(str(i), "#111111", np.array([0.5]), np.array([0.5]), marks=True, joined=False) for i in range(10)]
    assert len({press._look(i, line)["marker"] for i, line in enumerate(ten)}) == 10
    across = Axis(0.0, 1.0, ())
    root = read(paper(Chart(Plot(tuple(ten), across, across), "ten points")))
    shapes = {path.get("d") for path in root.iter(f"{SVG}path") if path.get("id", "").startswith("m")}
    assert len(shapes) >= 10


def test_bins_are_steps_and_what_lies_beyond_lies_on_the_end():
    steps = Plot((Line("", "#123456", np.array([0.0, 1, 2]), np.array([1.0, 9]), steps=True, filled=True),), Axis(0, 2, ()), Axis(0, 4, ()))  # fmt: skip
    ((line, _),) = strokes(read(paper(Chart(steps, "alt"))), "#123456")
    assert len(line) == 4
    assert line[0, 1] == line[1, 1]
    assert line[1, 0] == line[2, 0]
    assert line[1, 1] - line[2, 1] == pytest.approx(0.75 * 2.0 * 72, rel=0.01)  # from 1 of 4 to its end; 2 inches high


NEAR, FAR = "#2f6fd0", "#8a9099"
EXPLORED = {
    "bars": figures.bars(["cat", "dog & co"], np.array([1.0, 3.0]), "#2f6fd0", "value"),
    "bubbles": Bubbles((Bubble(1e6, 1e5, 5.0, "A<1>", "told"), Bubble(1e8, 1e7, None, "B", "told")), 0, "#2f6fd0", "adds", "weights"),
    "stack": Space(
        ((FAR, "input"), (NEAR, "convolution")),
        (1.0, -1.5, 0.6),
        boxes=(Box((2, 3), (2, 6), (2, 6), NEAR, "conv"), Box((0, 1), (0, 8), (0, 8), FAR, "in")),
    ),
    "clouds": Space(
        (("#3b72d9", "sky"),),
        (1.5, 1.4, 0.8),
        clouds=(Cloud(np.arange(12.0).reshape(4, 3), np.full(3, 5.0), np.diag([2.0, 3.0, 4.0])),),
        axes=tuple(Axis(0, 11, ((0, "0"), (5, "5")), title) for title in ("red", "green", "blue")),
    ),
}  # fmt: skip
SAID = {
    "bars": {"cat", "dog & co", "value"},
    "bubbles": {"A<1>", "B", "adds", "weights"},
    "stack": {"input", "convolution"},
    "clouds": {"sky", "red", "green", "blue"},
}


@pytest.mark.parametrize("kind", EXPLORED)
@pytest.mark.parametrize("file", ["svg", "pdf"])
def test_charts_that_are_explored_stand_still(kind, file):
    of = paper(Chart(EXPLORED[kind], "alt"))
    data = press.figure(of, file, SOURCE)
    if file == "svg":
        assert SAID[kind] <= set(texts(ElementTree.fromstring(data)))
    else:
        assert data.startswith(b"%PDF")


def test_bars_that_are_explored_are_as_high_as_their_values():
    root = read(paper(Chart(EXPLORED["bars"], "alt")))
    high = []
    for path in root.iter(f"{SVG}path"):
        if "fill: #2f6fd0" in path.get("style", ""):
            y = [float(pair.split()[1]) for pair in re.split("[MLz]", path.get("d")) if pair.strip()]
            high.append(max(y) - min(y))
    assert high[1] / high[0] == pytest.approx(3, rel=1e-3)


def filled(root: ElementTree.Element) -> list[tuple[str, np.ndarray]]:
    """(colour, corners (n, 2) in points) of each filled shape, as they are drawn one over the other."""
    found = []
    for path in root.iter(f"{SVG}path"):
        fill = re.search("fill: (#[0-9a-f]{6})", path.get("style", ""))
        if fill:
            corners = [pair.split()[:2] for pair in re.split("[MLz]", path.get("d")) if pair.strip()]
            found.append((fill[1], np.array(corners, float)))
    return found


def uses(root: ElementTree.Element) -> list[tuple[str, tuple[np.ndarray, float]]]:
    """(colour, (middle, diameter)) of each mark, which SVG draws once and places."""
    shapes = {each.get("id"): each.get("d") for each in root.iter(f"{SVG}path") if each.get("id")}
    found = []
    for each in root.iter(f"{SVG}use"):
        fill = re.search("fill: (#[0-9a-f]{6})", each.get("style", ""))
        x = [float(number) for number in re.findall(r"(-?[\d.]+) -?[\d.]+", shapes[each.get(HREF)[1:]])]
        found.append((fill and fill[1], (np.array([float(each.get("x")), float(each.get("y"))]), max(x) - min(x))))
    return found


def shaded(colour: str, bright: float) -> str:
    return "#" + "".join(f"{round(int(colour[at : at + 2], 16) * bright):02x}" for at in (1, 3, 5))


def test_a_stack_on_paper_has_its_near_box_over_its_far_one_in_its_first_view():
    drawn = filled(read(paper(Chart(EXPLORED["stack"], "alt"))))
    order = [(colour, bright) for colour in (FAR, NEAR) for bright in SHADE.values()]
    at = [next(n for n, (fill, _) in enumerate(drawn) if fill == shaded(*each)) for each in order]
    assert at == sorted(at)  # given the other way round
    sides = [np.unique(drawn[n][1].round(3), axis=0) for n in at]
    assert [len(corners) for corners in sides] == [4] * 6
    # Matplotlib's own projection of the same corners, up to where it is put and how large
    axes = Figure().add_subplot(projection="3d", proj_type="ortho")
    axes.view_init(np.degrees(np.arctan2(0.6, np.hypot(1, 1.5))), np.degrees(np.arctan2(-1.5, 1)))
    axes.set(xlim=(0, 8), ylim=(0, 8), zlim=(0, 8), box_aspect=(1, 1, 1))
    axes.set_box_aspect((1, 1, 1))
    theirs = [proj_transform(*box.corners.T, axes.get_proj())[:2] for box in EXPLORED["stack"].boxes]
    theirs = np.concatenate([np.ptp(each, axis=1) for each in theirs])
    ours = np.concatenate([np.ptp(np.vstack(sides[of]), axis=0) for of in (slice(3, 6), slice(3))])
    np.testing.assert_allclose(ours / ours[0], theirs / theirs[0], rtol=1e-3)


def test_circles_on_paper_stand_at_their_powers_of_ten_and_have_their_areas():
    of = Bubbles((Bubble(10**5.5, 1e6, 16.0, "A", ""), Bubble(1e6, 1e7, 4.0, "B", ""), Bubble(1e8, 1e5, 4.0, "C", "")), 1, NEAR, "x", "y")  # fmt: skip
    circles = [corners for colour, corners in uses(read(paper(Chart(of, "alt")))) if colour == NEAR]
    (first, wide), (second, half), (third, _) = circles
    assert wide / half == pytest.approx(2, rel=0.01)
    assert (second[0] - first[0]) / (third[0] - first[0]) == pytest.approx(0.5 / 2.5, rel=0.01)
    assert (first[1] - second[1]) / (third[1] - second[1]) == pytest.approx(0.5, rel=0.01)


def test_a_kind_that_nobody_draws_is_said():
    strange = figures.Figure({"data": [{"type": "sankey"}], "layout": {"height": 100}})
    with pytest.raises(ValueError, match="Charts of \\['sankey'\\]"):
        press.figure(paper(Chart(strange, "alt")), "svg", SOURCE)
    with pytest.raises(TypeError, match="int cannot be drawn"):
        press.figure(paper(3), "svg", SOURCE)


def test_words_numbers_and_groups():
    root = read(paper(Words("some words"), Numbers("1 2\n3 4"), Beside((Words("left"), Stacked((Words("over"), Words("under")))), (1, 3))))  # fmt: skip
    assert {"some words", "1 2", "3 4", "left", "over", "under"} <= set(texts(root))
    place = {}
    for each in root.iter(f"{SVG}text"):
        place["".join(each.itertext())] = float(each.get("x")), float(each.get("y"))
    assert place["left"][0] < place["over"][0] == place["under"][0]
    assert place["left"][1] == place["over"][1] < place["under"][1]


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "said", ["Benchmark: trained on 50,000 pictures", "iiiiiiii", "WWWW", "⌊(683 − 3) / 2⌋ + 1 = 341"]
)
def test_words_are_measured_as_matplotlib_does(said, bold):
    font = FontProperties(family="DejaVu Sans", size=9.5, weight="bold" if bold else "normal")
    expected = text_to_path.get_text_width_height_descent(said, font, ismath=False)[0] / 72
    assert press.measured(said, 9.5, bold) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("width", [0.3, 1.0, 4.0])
def test_no_line_is_wider_than_there_is_room_and_no_letter_is_lost(width):
    said = "a first sentence with a " + "very" * 30 + "long word, and 3 × 3 more"
    lines = press.wrapped(said, width, 9)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
    assert all(press.measured(line, 9) <= width for line in lines)


def test_a_word_as_long_as_a_link_takes_no_time():
    """Hours, where every piece of it was measured anew."""
    lines = press.wrapped("a" * 50_000, 6, 7)
    assert "".join(lines) == "a" * 50_000
    assert max(map(len, lines)) - min(map(len, lines[:-1])) <= 1


def test_letters_that_the_font_lacks_have_a_place(recwarn):
    for said in ("猫犬", "हिन्दी", "𝒳", "👨‍👩‍👧"):
        assert press.measured(said, 10) == pytest.approx(len(said) * 10 / 72, rel=0.6)
    assert not recwarn


def test_a_fact_without_end_is_cut():
    about = replace(ABOUT, facts=(("link", "12, " * 3_000),), sources=("A. Uthor 1998", "B. Ook 2001"))
    pages = press.paged(about, many(1), 6)
    assert all(sum(each.height for each in page) <= press.ROOM for page in pages)
    assert len(pages) <= 2


def test_what_no_file_may_hold_is_replaced():
    of = paper(Picture(encode_png(NOISE), ""), title="a\x00b\ud800c", caption="x\x1by")
    assert {"a\ufffdb\ufffdc", "x\ufffdy"} <= set(texts(read(of)))


def test_spaces_are_spaces_and_joiners_are_nothing():
    assert press.clean(unmarked(plain("sure at 40 % of a@b"))) == "sure at 40 % of a@b"
    assert press.clean("3.14\u202fPM soft\u00adhyphen\u2060 x\u200dy\tz") == "3.14 PM softhyphen xy\ufffdz"


def test_numbers_stand_under_one_another():
    root = read(paper(Numbers("  1  2\n 10 20")))
    lines = [each for each in root.iter(f"{SVG}text") if "Mono" in each.get("style", "")]
    assert ["".join(each.itertext()) for each in lines] == ["  1  2", " 10 20"]
    assert press.measured("  1  2", 8, family=press.MONO) == pytest.approx(
        press.measured(" 10 20", 8, family=press.MONO)
    )


def test_what_is_higher_than_a_page_stands_one_under_the_other():
    rows = Markup(Drawn("", tuple((Said(f"row {i}"), Said("x")) for i in range(120))))
    pages = press.paged(ABOUT, (paper(Beside((rows, Words("beside")))),), 6)
    assert len(pages) > 2
    assert all(sum(each.height for each in page) <= press.ROOM for page in pages)


@pytest.mark.parametrize(
    ("fill", "white"), [("#ffffff", False), ("#202020", True), ("#7fd0a0", False), ("#b2182b", True), ("#0000ff", True)]
)
def test_words_can_be_read_on_their_ground(fill, white):
    root = read(paper(Markup(Drawn("", ((Said("word", fill=fill),),)))))
    (word,) = [each for each in root.iter(f"{SVG}text") if "".join(each.itertext()) == "word"]
    assert ("fill: #ffffff" in word.get("style")) == white


def test_the_same_figure_is_the_same_file():
    of = paper(Picture(encode_png(NOISE), ""), Chart(PLOT, ""))
    for kind in ("svg", "pdf"):
        assert press.figure(of, kind, SOURCE) == press.figure(of, kind, SOURCE)


# ---- pages


def many(count: int) -> tuple[Paper, ...]:
    tall = Picture(encode_png(np.zeros((20, 10, 3), np.uint8)), "")
    return tuple(paper(tall, title=f"Panel {i}") for i in range(count))


ABOUT = Handout("Layers", (("picture", "Cat"), ("layer", "conv2d_1")), ("The film", "The stepper"))


def test_panels_follow_one_another_on_pages_and_none_is_torn():
    pages = press.paged(ABOUT, many(5), 6)
    assert len(pages) == 3  # two such panels fit a page, but not under the head
    assert [sum(each.follows for each in page) > 0 for page in pages] == [True] * 3
    room = press.PAGE[1] - 2 * press.EDGE
    assert all(sum(each.height for each in page) <= room for page in pages)
    assert not any(page[-1].follows for page in pages)


def test_a_table_that_is_longer_than_a_page_goes_on():
    rows = tuple((Said(f"row {i}"), Said("x")) for i in range(200))
    pages = press.paged(ABOUT, (paper(Markup(Drawn("", rows))),), 6)
    assert len(pages) > 3
    room = press.PAGE[1] - 2 * press.EDGE
    assert all(0 < sum(each.height for each in page) <= room for page in pages)


def streams(pdf: bytes) -> bytes:
    """What is drawn, unpacked."""
    return b"".join(zlib.decompress(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S) if part[:1] == b"x")  # fmt: skip


def test_a_handout_has_its_pages_its_title_and_a_line_under_each():
    pdf = press.handout(ABOUT, many(3), SOURCE)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 2
    assert b"/Title (ConvLens: Layers)" in pdf
    assert b"CreationDate" not in pdf
    assert b"/FontFile2" in pdf  # words are words, with their font inside
    assert streams(pdf).count(b" Do") == 3  # a picture each


def test_the_smallest_pictures_keep_their_lines():
    url = markup.pictures_in_rows((), [("", [("data:image/png;base64," + base64.b64encode(encode_png(NOISE)).decode(), "alt", "a line")] * 3)])  # fmt: skip
    root = read(paper(Markup(url)))
    assert texts(root).count("a line") == 3
    assert len(images(root)) == 3
    assert isinstance(url.rows[0][0], Small)


def test_every_drawing_in_html_knows_the_words_it_says():
    """The same words on paper as on the screen, for each kind."""
    drawn = {
        "legend": markup.legend(["bee", "cow"], ("#111111", "#222222")),
        "shares": markup.share_bars([("Group", "#111111", [("what", 0.1, 0.5)])]),
        "table": markup.table(("head", "two"), [("a", "1 %")]),
        "answers": markup.answers_table([("Net", "cat")], "cat"),
        "numbers": markup.numbers_in_cells(np.array([[3, 16]]), 16),
        "ladder": markup.ladder_table([("kNN", "A sentence.", 3, 100, None, 64, 0.001)], "kNN"),
        "bar": markup.colour_bar(Scale(0, 2), "scope"),
    }
    for name, html in drawn.items():
        said = set(texts(read(paper(Markup(html), caption="", note=""))))
        on_screen = {each.strip() for each in re.split(r"<[^>]+>", str(html)) if each.strip()}
        left_out = {"A sentence.", "64 numbers kept, 1 ms."} if name == "ladder" else set()
        assert on_screen - left_out <= said, name


def test_a_line_without_a_name_goes_on_with_the_look_of_the_one_before():
    at = np.array([0.0, 10])
    lines = (Line("20", "#123456", at, at / 10), Line("", "#123456", at, at / 5), Line("56", "#654321", at, at / 20))
    root = read(paper(Chart(replace(PLOT, lines=lines), "alt")))
    assert not any("dasharray" in look for _, look in strokes(root, "#123456"))
    assert all("dasharray" in look for _, look in strokes(root, "#654321"))
    assert {"20", "56"} <= set(texts(root))
