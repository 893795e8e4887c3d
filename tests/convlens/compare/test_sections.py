"""The panels of *Look at sections*, against the job; the picture that is painted; its code."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from convlens.compare import sections
from convlens.compare.jobs import Seen
from convlens.compare.sections import Sections
from convlens.drawing.colours import MAP_COLOURS
from convlens.networks.answers import top
from convlens.pictures.bundled import bundled
from convlens.pictures.reading import read_picture
from convlens.slices.view import View
from convlens.text import percent
from models.catalog import card_of
from tests.snippet import run


def looks(zoom: int = 2) -> tuple[Sections, Sections]:
    picture = bundled()["cat"].picture
    return tuple(Sections(View(picture, card_of(name)), zoom) for name in ("benchmark", "dummy"))


@pytest.mark.parametrize("zoom", [2, 3])
def test_the_shorter_side_is_so_many_times_the_networks(zoom):
    here = looks(zoom)[0]
    rows, columns = here.view.picture.pixels.shape[:2]
    assert min(here.pixels.shape[:2]) == 32 * zoom
    assert here.pixels.shape[1] / here.pixels.shape[0] == pytest.approx(columns / rows, abs=0.02)
    grey = Sections(View(here.view.picture, card_of("lenet")), zoom)
    assert grey.pixels.shape[2] == 1


def test_what_the_sections_are_called(engine):
    of = looks()
    for i, here in enumerate(of):
        found, passed, apart = here.seen.windows, here.seen.passed, here.seen.apart
        rows, columns = here.pixels.shape[:2]
        assert apart == 4
        assert found.shape == ((rows - 32) // 4 + 1, (columns - 32) // 4 + 1, 10)
        panel = sections.answers(of, i)
        labels = np.array(here.view.card.labels)
        names, counts = np.unique(labels[found.argmax(axis=2)], return_counts=True)
        most = names[counts == counts.max()]
        assert any(panel.caption.startswith(f"Of {found[..., 0].size} sections {name} {percent(counts.max() / counts.sum())}") for name in most)  # fmt: skip
        assert panel.caption.endswith(f"is called {top(here.view.card.labels, here.view.answer())[0]}.")
        legend = panel.content[-1].html
        for name, count in zip(names, counts, strict=True):
            share = np.mean(labels[passed.argmax(axis=2)] == name)
            assert f"{name} {percent(float(count / counts.sum()))}, {percent(float(share))}" in legend
        same = np.mean(passed.argmax(axis=2)[: found.shape[0], : found.shape[1]] == found.argmax(axis=2))
        assert f"the same answer at {percent(float(same))} of the places" in panel.note
        with np.load(io.BytesIO(panel.downloads[0].make())) as file:
            np.testing.assert_array_equal(file["sections"], found)


def test_each_sections_middle_has_the_colour_of_its_answer(engine):
    here = looks()[0]
    found, apart = here.seen.windows, here.seen.apart
    answers = np.zeros_like(found)
    answers[..., 3] = 0.0  # nobody is sure of anything
    answers[1, 2, 3] = 1.0
    drawn = cv2.imdecode(np.frombuffer(sections._painted(here, answers), np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(
        int
    )
    times = drawn.shape[0] // here.pixels.shape[0]
    top_, left = 14 * times + apart * times, 14 * times + 2 * apart * times
    coloured = np.ptp(drawn, axis=2) > 30
    place = np.zeros(coloured.shape, bool)
    place[top_ : top_ + apart * times, left : left + apart * times] = True
    assert coloured[place].all()
    assert not coloured[~place].any()


def test_a_network_that_is_too_large_is_not_asked(engine, monkeypatch):
    monkeypatch.setattr(sections, "WEIGHTS", 10)
    panel = sections.answers(looks(), 0)
    assert "choose a smaller network" in panel.content[0].text
    assert "54,106" in panel.content[0].text


@pytest.mark.parametrize(("name", "side"), [("benchmark", 0), ("lenet", 0), ("benchmark@391", 0), ("benchmark", 32)])
def test_the_code_counts_the_same(engine, student_folder, name, side):
    """Of a photo that becomes smaller, and of a small picture that is enlarged."""
    picture = bundled()["cat"].picture
    if side:
        data = io.BytesIO()
        Image.fromarray(picture.rgb[:side, :side]).save(data, "PNG")
        picture = read_picture(data.getvalue())
    here = Sections(View(picture, card_of(name)), 2)
    Image.fromarray(picture.rgb).save("picture.png")
    namespace = run(sections.answers((here, here), 0).code)
    np.testing.assert_allclose(namespace["answers"], here.seen.windows, atol=2e-3)


def test_a_long_picture_has_no_more_sections_than_are_bounded(engine):
    data = io.BytesIO()
    Image.fromarray(np.tile(bundled()["cat"].picture.rgb[:40], (1, 3, 1))).save(data, "PNG")
    here = Sections(View(read_picture(data.getvalue()), card_of("benchmark")), 5)
    assert here.seen.windows[..., 0].size <= sections.MOST
    assert "pixels at" in sections.answers((here, here), 0).note


def test_classes_beyond_the_colours_are_others():
    answers = np.zeros((5, 8, 40), np.float32)
    for i in range(40):
        answers[i // 8, i % 8, i] = 1
    colours = sections._colours(Seen(answers, None, 4, False))
    assert len(colours) == 40
    assert len(set(colours.values())) == len(MAP_COLOURS) + 1
    assert sections._colours(Seen(answers[:1, :, :10], None, 4, False)) == {i: MAP_COLOURS[i] for i in range(8)}


def test_of_a_network_without_padding_nothing_is_said_of_zeros():
    answers = np.zeros((2, 2, 3), np.float32)
    assert "zeros" in sections._alike(Seen(answers, answers, 4, True))
    assert sections._alike(Seen(answers, answers, 4, False)).endswith("the same answer at 100 % of the places.")
    assert sections._alike(Seen(answers, None, 4, True)) == ""
