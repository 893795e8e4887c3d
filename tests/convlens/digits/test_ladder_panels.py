"""The panels of Ladder as data, with rungs whose answers are made up."""

import csv
import io

import numpy as np
import pytest
import scipy.stats
from PIL import Image
from sklearn.datasets import load_digits

from convlens.digits import ladder_panels
from convlens.digits.ladder import RUNGS, Climb
from convlens.digits.ladder_panels import Climbed
from convlens.drawing.markup import answers_table, ladder_table
from convlens.panel import Address, Link, Markup
from convlens.text import number

IMAGES, Y = load_digits().images, load_digits().target
TRUTH = Y[1527:]
TITLES = {name: rung.title for name, rung in RUNGS.items()}


def climbed(mistake: int = -1, **wrong: list[int]) -> Climbed:
    """Each rung wrong in these places of the split, where it answers with the next class."""
    climbs = {}
    for i, name in enumerate(RUNGS):
        answers = TRUTH.copy()
        places = wrong.get(name, [])
        answers[places] = (answers[places] + 1) % 10
        climbs[name] = Climb(answers, 100 * (i + 1), 0.001 * (i + 1), (3, 5, 8) if name == "mlp" else ())
    return Climbed(climbs, mistake)


def some() -> dict[str, list[int]]:
    return {
        "pixels": list(range(20)), "kernels": [4, 5], "latent": [4, 5], "hog": [4], "svm": list(range(9)), "mlp": [4, 7],
        "cnn": [4, 20], "code": [4, 6],
    }  # fmt: skip


def test_how_many_ways_there_are():
    assert ladder_panels.introduction() == (
        "Eight ways to read scikit-learn's digits. Each knows the first 1,527 and is asked about the other 270."
    )


def test_the_table_of_all_rungs():
    of = climbed(**some())
    found = ladder_panels.rungs(of)
    assert (found.key, found.title) == ("ladder", "The ladder, the top first")
    p = {name: scipy.stats.binomtest(*pair, 0.5).pvalue for name, pair in
         {"pixels": (1, 20), "kernels": (1, 2), "latent": (1, 2), "hog": (1, 1), "svm": (1, 9), "mlp": (1, 2), "code": (1, 2)}.items()}  # fmt: skip
    assert p["pixels"] < 0.05 / 7 < p["svm"]
    assert found.caption == (
        "The fewest mistakes: HOG with a linear SVM. p is McNemar's exact one: of the digits that just one of two rungs reads rightly, "
        "how often they would be shared out at least as unevenly if each were a throw of a coin. Seven are compared, so at 5 % only p "
        f"below {number(0.05 / 7)} counts (Bonferroni): kNN on pixels. That is of the networks trained once, of which another training "
        "may differ. Times are of one digit alone, on the machine that took them."
    )
    counts = {name: len(places) for name, places in some().items()}
    said = {name: rung.sentence for name, rung in RUNGS.items()}
    said["mlp"] += " From three different first weights: 3 to 8 mistakes; the middle one is shown."
    rows = [
        (TITLES[name], said[name], counts[name], 270, pytest.approx(p[name]) if name in p else None, 100 * (i + 1), 0.001 * (i + 1))
        for i, name in reversed(list(enumerate(RUNGS)))
    ]  # fmt: skip
    assert of.rows == rows
    assert found.content == (Markup(ladder_table(of.rows, "Small CNN")),)
    assert found.downloads[0].name == "convlens-ladder.csv"
    head, *table = list(csv.reader(io.StringIO(found.downloads[0].make().decode("utf-8-sig"))))
    assert head == ["rung", "mistakes", "of", "p", "numbers kept", "seconds"]
    assert table[1][:3] == ["Small CNN", "2", "270"]
    assert table[1][3:] == ["", "700", repr(0.001 * 7)]
    assert table[-1][0] == "kNN on pixels"
    assert float(table[-1][3]) == pytest.approx(p["pixels"])


def test_several_best_and_none_that_is_sure():
    found = ladder_panels.rungs(
        climbed(pixels=[1], kernels=[1, 2], latent=[1, 2], cnn=[2], svm=[3], hog=[4, 5], mlp=[1, 2], code=[6])
    )
    best = "kNN on pixels and Linear support vector machine and Small CNN and kNN on the CNN's vectors"
    assert found.caption.startswith(f"The fewest mistakes: {best}. p is")
    assert "counts (Bonferroni): none. That" in found.caption


def test_the_digits_that_a_rung_got_wrong():
    of = climbed(1527 + 5, **some())
    found = ladder_panels.mistakes(of)
    assert (found.key, found.title) == ("mistakes", "Mistakes: click one to see which rung mends it")
    assert found.caption == "21 of 270 held-out digits are read wrongly by a rung or more, 1 by all eight."
    part = found.content[0]
    assert part.key == "gallery.mistake"
    assert part.sends["chosen"].choices == ("mistake",)
    assert part.data["label"] == "Digits that a rung got wrong"
    assert (part.data["chosen"], part.data["layout"], part.data["pixelated"]) == (1532, "dense", True)
    items, label = part.data["items"], Y[1531]
    assert len(items) == 21
    assert items[0] == {
        "name": 1531, "title": str(label), "caption": "8 of 8", "image": Address("/thumbnails/digit/1531"),
        "help": f"Digit 1531, {'an' if label == 8 else 'a'} {label}, read wrongly by 8 of 8 rungs",
    }  # fmt: skip
    assert [(item["name"], item["caption"]) for item in items[1:4]] == [
        (1532, "4 of 8"), (1533, "3 of 8"), (1534, "3 of 8"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (4, "No rung reads it rightly."),
        (5, "HOG with a linear SVM is the lowest rung that reads it rightly."),
        (12, "kNN on hand-picked kernels is the lowest rung that reads it rightly."),
        (20, "The lowest rung reads it rightly; 1 above it do not."),
    ],
)
def test_which_rung_mends_it(place, said):
    found = ladder_panels.mistake(climbed(1527 + place, **some()))
    label = str(TRUTH[place])
    named = f"{'an' if label == '8' else 'a'} {label}"
    assert (found.key, found.title, found.caption) == ("mistake", f"Digit {1527 + place} is {named}", said)
    beside, link = found.content
    drawn, table = beside.parts
    assert beside.widths == (1, 2)
    assert drawn.alt == f"Digit {1527 + place}, {named}"
    grey = np.rint(IMAGES[1527 + place] / 16 * 255)
    shown = np.array(Image.open(io.BytesIO(drawn.data)))
    np.testing.assert_array_equal(shown, grey.repeat(24, axis=0).repeat(24, axis=1))
    other = str((int(label) + 1) % 10)
    answers = [(TITLES[name], other if place in some()[name] else label) for name in reversed(RUNGS)]
    assert table == Markup(answers_table(answers, label))
    query = {"digit": str(1527 + place), "ask": "digit"}
    assert link == Link("digits", "Ask its neighbours", ":material/draw:", query)


@pytest.mark.parametrize("chosen", [-1, 3, 1527 + 200])
def test_what_no_rung_got_wrong_is_not_looked_at(chosen):
    assert ladder_panels.mistake(climbed(chosen, **some())).title.startswith("Digit 1531 is ")
