"""The slider under the tray without a browser: it opens, it moves four pages, and they say when it is."""

import shutil

import pytest

from convlens.networks.card import WEIGHTS
from tests.pages.test_pages import component, link, texts

PAGES = ("home", "layers", "explorer", "compare")


def opened(app) -> bool:
    return not any(button.key == "lapse.open" for button in app.button)


def part(app) -> dict:
    """What the slider was given; it stands in the sidebar."""
    return component(type("Side", (), {"main": app.sidebar}), "lapse")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_as_it_was_then(open_page, page):
    app = open_page(page)
    assert not opened(app)
    assert "after 391 updates" not in texts(app)
    app.button("lapse.open").click().run()
    assert part(app)["at"] == -1
    app.session_state["after"] = 400
    app.run()
    assert not app.exception
    assert "Benchmark after 391 updates" in texts(app)
    assert ("Dummy after 395 updates" in texts(app)) == (page in ("home", "compare"))
    assert part(app)["at"] == (395 if page in ("home", "compare") else 391)
    assert [network["title"] for network in part(app)["networks"]] == ["Benchmark", "Dummy"][
        : 1 + (page in ("home", "compare"))
    ]
    assert link(app)["after"] == "400"
    app.button("lapse.close").click().run()
    assert not opened(app)
    assert "after 391 updates" not in texts(app)
    assert "after" not in link(app)


def test_a_link_opens_it(open_page):
    app = open_page("layers", after="0", layer="conv2d_6")
    assert opened(app)
    assert "Benchmark after 0 updates: untrained, to learn from 50,000 pictures, right on 9.8" in texts(app)
    assert part(app)["networks"][0]["alt"] == "The maps of conv2d_6 in Benchmark"
    app = open_page("layers", after="12903")  # its end
    assert "Benchmark: trained on 50,000 pictures" in texts(app)
    assert part(app)["at"] == -1
    app = open_page("layers", after="4692", network="dummy")  # beyond its end
    assert "Dummy: trained on 10,000 pictures" in texts(app)
    assert part(app)["at"] == -1


@pytest.mark.parametrize(("page", "query"), [("pixels", {}), ("layers", {"network": "champion"}), ("digits", {})])
def test_where_nothing_was_kept_there_is_no_slider(open_page, page, query):
    app = open_page(page, after="391", **query)
    assert not app.exception
    assert not [button for button in app.button if (button.key or "").startswith("lapse")]


def test_the_present_layer_is_shown(open_page):
    app = open_page("layers", after="79", network="dummy")
    app.session_state["layer"] = "pool_1"
    app.run()
    assert part(app)["networks"][0]["alt"] == "The maps of pool_1 in Dummy"
    assert part(app)["moments"][12:15] == [64, 79, 158]
    assert part(app)["moments"][-2:] == [1027, -1]


def test_a_digit_on_its_way_through_lenet(open_page):
    app = open_page("layers", network="lenet", after="128", picture="digit-1600")
    assert not app.exception
    assert "LeNet after 128 updates: learning from 50,000 pictures, right on 95" in texts(app)
    (network,) = part(app)["networks"]
    assert network["updates"][:9] == [0, 1, 2, 3, 4, 6, 8, 11, 16]
    assert network["told"][-1] == "3,910 updates (10 epochs): right on 99 % of 10,000 test pictures"


def test_a_page_that_fails_at_a_moment_can_be_left(open_page, tmp_path, monkeypatch, in_this_process):
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("CONVLENS_MODELS", str(own))
    shutil.copy(WEIGHTS / "dummy.keras", own / "mine.keras")
    shutil.copy(WEIGHTS / "dummy.json", own / "mine.json")  # and no frames
    app = open_page("layers", network="mine", after="79")
    assert "mine.timelapse.npz cannot be read" in " ".join(error.value for error in app.error)
    app.button("lapse.close").click().run()
    assert not app.error
    assert "Dummy: trained on 10,000 pictures" in texts(app)
