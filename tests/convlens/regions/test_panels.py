"""What is said of a painted photo: every number against its authority."""

import base64
import re

import numpy as np
import pytest
from scipy.ndimage import label
from scipy.spatial.distance import cdist
from sklearn.preprocessing import StandardScaler

from convlens.drawing import colours
from convlens.pictures import parts
from convlens.pictures.bundled import bundled
from convlens.pictures.reading import Picture
from convlens.regions import jobs, object_panels, panels
from convlens.regions.choices import CHOICES, DESCRIBED
from convlens.regions.painted import Painted, Stroke, at_first
from convlens.regions.rules import RULES
from convlens.regions.scene import SIDE, Scene
from convlens.slices.view import View
from convlens.text import number, percent
from convlens.work import memory
from models.catalog import card_of
from tests import snippet

PLAIN = {name: choice.default for name, choice in CHOICES.items()}


@pytest.fixture(autouse=True)
def here(in_this_process):
    """Jobs run here."""


def scene(name: str = "frog", label: str | None = "frog", **chosen) -> Scene:
    picture = name if isinstance(name, Picture) else bundled()[name].picture
    views = tuple(
        View(picture, card_of(each), title=str(getattr(name, "digest", name)).title())
        for each in ("benchmark", "dummy")
    )
    return Scene(views, PLAIN | chosen, "me", label)


def painted(of: Scene, *strokes: Stroke, names: tuple[str, ...] = ("one", "two"), box=(0, 0, 1000, 1000)) -> str:
    return Painted(of.first.of, names, strokes, box).text


ONE, TWO = Stroke(0, ((5, 5), (20, 8))), Stroke(1, ((30, 40), (40, 50)))


def test_every_sentence_has_the_numbers_of_its_picture():
    for name in ("frog", "cat"):
        of = scene(name)
        found = jobs.by_colour(of.rgb, of.which, of.painted.classes)
        for rule in RULES:
            panel = panels.by_pixel(scene(name, rule=rule))
            assert (
                panel.caption
                == f"Of a stroke that it has not seen {percent(found.judged[rule].share)} of the pixels are called right, on average."
            )
            assert panel.note.startswith(RULES[rule])
        part = np.mean(found.labels["Mahalanobis"] != found.labels["maximum likelihood"])
        logs = [np.log(np.linalg.det(each.covariance)) for each in found.gaussians.values()]
        said = panels.rules(of).caption
        assert f"part on {percent(part)} of the pixels" in said
        assert ", ".join(f"{a} {number(b)}" for a, b in zip(of.names, logs, strict=True)) in said
        assert "(2/255)²" in panels.rules(of).note


def test_how_many_painted_pixels_lie_in_their_ellipsoid():
    of = scene("cat")
    for kind, name in enumerate(of.names):
        pixels = of.rgb[np.isin(of.which, [n for n, each in enumerate(of.painted.classes) if each == kind])] / 255
        sigma = np.cov(pixels.T) + np.eye(3) * (2 / 255) ** 2
        inside = np.mean(cdist(pixels, [pixels.mean(axis=0)], "mahalanobis", VI=np.linalg.inv(sigma)) <= 2.7955)
        assert f"{name} {percent(float(inside))}" in panels.space(of).caption
    assert "reach 2.8 σ" in panels.space(of).note


def test_painted_colours_stand_in_their_ellipsoids_on_axes_that_reach_all():
    of = scene("cat")
    (part,) = panels.space(of).content
    assert [name for _, name in part.data["names"]] == list(of.names)
    assert [axis["title"] for axis in part.data["axes"]] == ["red", "green", "blue"]
    low, high = (np.array([axis[end] for axis in part.data["axes"]]) for end in ("low", "high"))
    reached = []
    for kind, cloud in enumerate(part.data["clouds"]):
        points = np.frombuffer(base64.b64decode(cloud["points"]), "<f4").reshape(-1, 3)
        pixels = of.rgb[np.isin(of.which, [n for n, each in enumerate(of.painted.classes) if each == kind])]
        assert len(points) == min(panels.POINTS, len(pixels))
        assert {*map(tuple, points.astype(int).tolist())} <= {*map(tuple, pixels.tolist())}
        np.testing.assert_allclose(cloud["middle"], pixels.mean(axis=0))
        sigma = np.cov(pixels.T.astype(float)) + np.eye(3) * 2**2
        halves = np.array(cloud["halves"])
        np.testing.assert_allclose(halves @ halves.T, 2.7955**2 * sigma, rtol=1e-4)
        reached += [points, [cloud["middle"] + way * np.sqrt(np.diag(halves @ halves.T)) for way in (-1, 1)]]
    every = np.vstack(reached)
    np.testing.assert_allclose(every.min(axis=0), low)
    np.testing.assert_allclose(every.max(axis=0), high)


def test_what_is_confused_is_counted_and_drawn():
    of = scene("cat")
    counts = of.by_colour.judged["maximum likelihood"].counts
    wrong = counts * (1 - np.eye(3, dtype=int))
    a, b = np.unravel_index(wrong.argmax(), (3, 3))
    panel = panels.confused(of)
    assert (
        panel.caption
        == f"Most often {of.names[a]} is called {of.names[b]}: {wrong[a, b]:,} of {counts[a].sum():,} pixels."
    )
    assert f"{counts[0].sum():,}" in panel.content[1].html


def test_the_ways_are_told_by_their_shares():
    of = scene("cat")
    panel = panels.scores(of)
    shares = {rule: of.by_colour.judged[rule].share for rule in RULES} | {
        each: of.by_pieces_of(each).judged.share for each in DESCRIBED
    }
    best = max(shares, key=shares.get)
    assert (
        panel.caption
        == f"{best[0].upper()}{best[1:]} calls most pixels of strokes it has not seen right: {percent(shares[best])} of a stroke on average, the least {percent(min(shares.values()))}."
    )
    for share in shares.values():
        assert percent(share) in panel.content[0].html
    assert "the mean over 7 strokes" in panel.note


def test_one_region_against_the_means():
    of = scene("frog", piece="780.500")
    rows, columns = of.rgb.shape[:2]
    assert of.spot == (rows * 780 // 1000, columns // 2)
    assert of.piece == of.pieces[of.spot]
    scaled = StandardScaler().fit_transform(jobs.features(of.rgb, of.pieces).astype(float))
    means = np.stack([of.by_pieces.means[kind] for kind in range(3)])
    away = cdist(scaled[[of.piece]], means)[0]
    best = int(away.argmin())
    assert object_panels.against(of).caption.startswith(f"Nearest is {of.names[best]}, {number(away[best])} away;")
    assert f"{(of.pieces == of.piece).sum():,} pixels" in object_panels.borders(of).caption
    first = scene("frog")
    assert first.by_pieces.labels[first.piece] == first.thing


def test_the_regions_box_is_around_their_largest_piece():
    of = scene("frog")
    mask, count = label(of.by_pieces.labels[of.pieces] == of.thing)
    largest = 1 + np.argmax(np.bincount(mask.ravel())[1:])
    rows, columns = np.nonzero(mask == largest)
    truth = rows.min() / 384, columns.min() / 384, (rows.max() + 1) / 384, (columns.max() + 1) / 384
    assert of.found_box == pytest.approx([1000 * each for each in truth], abs=0.51)
    assert count == len(np.unique(mask)) - 1
    panel = object_panels.boxes(of)
    assert f"Intersection over union: {number(parts.overlap(of.painted.box, of.found_box))}." in panel.caption
    assert panel.title == "A box around the frog"
    assert object_panels.boxes(scene("frog", thing=1)).title == "A box around the belly"
    assert object_panels.boxes(scene("frog", thing=5)).title == f"A box around the {of.names[-1]}"


def test_what_a_crop_does_to_the_answers():
    of = scene("frog")
    panel = object_panels.asked(of)
    for box in (None, of.painted.box, of.found_box):
        for i, name in enumerate(("benchmark", "dummy")):
            picture = of.view.picture if box is None else parts.cut(of.view.picture, box)
            answer = View(picture, card_of(name)).answer()
            assert percent(float(answer[6])) in panel.content[1].html  # the frog's
            assert of.view.card.labels[6] == "frog"
            assert (
                f"{of.view.card.labels[int(answer.argmax())]}, {percent(float(answer.max()))}" in panel.content[2].text
            )
            assert of.of_part(box, i).owner == (None if box is None else of.owner)
    assert [link.query["part"] for beside in panel.content[3:] for link in beside.parts] == [
        parts.written(box) for box in (of.painted.box, of.painted.box, of.found_box, of.found_box)
    ]
    unknown = object_panels.asked(scene("astronaut", None))
    best = int(View(bundled()["astronaut"].picture, card_of("benchmark")).answer().argmax())
    assert f"Benchmark: {of.view.card.labels[best]}" in unknown.content[1].html


def test_what_somebody_painted_is_theirs_and_what_ships_is_everybodys():
    of = scene()
    assert of.owner is None
    mine = scene(painted=painted(of, ONE, TWO))
    assert mine.owner == "me"
    before = len(memory.MEMORY.known("me"))
    assert mine.by_colour.gaussians.keys() == {0, 1}
    assert len(memory.MEMORY.known("me")) > before
    memory.forget("me")
    assert scene(painted=of.first.text).owner is None
    assert scene("cat", painted=painted(of, ONE, TWO)).painted == at_first(bundled()["cat"].picture.digest)


@pytest.mark.parametrize(
    ("strokes", "told"),
    [
        ((), "Nothing is painted"),
        ((ONE,), "Only one has a stroke"),
        ((Stroke(1, ((5, 5),)), Stroke(0, ((5, 5),))), "has a stroke to be seen"),
    ],
)
def test_too_little_is_said(strokes, told):
    of = scene(painted=painted(scene(), *strokes))
    for make in (panels.by_pixel, object_panels.by_region):
        assert told in make(of).content[0].text
    for make in (
        panels.rules,
        panels.scores,
        panels.space,
        panels.confused,
        object_panels.against,
        object_panels.boxes,
        object_panels.asked,
    ):
        assert make(of) is None
    assert object_panels.borders(of).caption
    assert panels.brush(of).caption


def test_what_a_stroke_takes_from_another_class_is_said():
    assert panels.brush(scene("frog")).note == ""
    crossing = ONE, Stroke(1, ((5, 5), (5, 40)))
    of = scene(painted=painted(scene(), *crossing))
    alone = [scene(painted=painted(scene(), each)).which >= 0 for each in crossing]
    both = int((alone[0] & alone[1]).sum())
    assert panels.brush(of).note == f"Under strokes of several classes: {both:,} pixels. They belong to the last one."


def test_one_stroke_each_cannot_be_judged():
    of = scene(painted=painted(scene(), ONE, TWO))
    assert "paint a second" in panels.by_pixel(of).caption
    assert "paint a second" in object_panels.by_region(of).caption
    assert "Paint a second" in panels.scores(of).content[0].text
    assert "nothing can be left out" in panels.confused(of).content[0].text


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (2, 3), (32, 32), (1024, 20)])
def test_any_picture_can_be_painted_on(shape):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    of = scene(Picture(pixels, f"{shape[0]:08x}{shape[1]:08x}"), None)
    assert max(of.rgb.shape[:2]) <= SIDE
    for make in (
        panels.brush,
        panels.by_pixel,
        panels.rules,
        panels.scores,
        panels.space,
        panels.confused,
        object_panels.by_region,
        object_panels.borders,
        object_panels.against,
        object_panels.boxes,
        object_panels.asked,
    ):
        panel = make(of)
        for download in panel.downloads if panel else ():
            assert download.make()
    for way in ("SLIC", "Felzenszwalb"):
        assert object_panels.borders(
            scene(Picture(pixels, f"{shape[0]:08x}{shape[1]:08x}"), None, superpixels=way, pieces=600)
        )


def test_the_class_map_has_the_classes_colours():
    of = scene("ship")
    drawn = panels.coloured(of, of.by_colour.labels["minimum distance"])
    assert {tuple(each) for each in drawn.reshape(-1, 3).tolist()} == {colours.rgb(each) for each in of.colours}


def test_the_code_gives_the_numbers_on_screen(student_folder, capsys):
    of = scene("frog")
    with open("picture.png", "wb") as file:
        file.write(bundled()["frog"].path.read_bytes())
    for rule in RULES:
        names = snippet.run(panels.by_pixel(scene("frog", rule=rule)).code)
        assert np.mean(names["labels"] == of.by_colour.labels[rule]) > 0.999
    for described in DESCRIBED:
        names = snippet.run(object_panels.by_region(scene("frog", described=described)).code)
        np.testing.assert_array_equal(names["found"].labels, of.by_pieces_of(described).labels)
    snippet.run(object_panels.boxes(of).code)
    printed = float(re.split("\n", capsys.readouterr().out.strip())[-1])
    assert printed == pytest.approx(parts.overlap(of.painted.box, of.found_box))
