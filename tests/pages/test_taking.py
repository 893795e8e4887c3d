"""A network of one's own, from Training to the pages that look inside: for its visitor, on every page, until the visit ends."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from convlens.errors import InputError
from convlens.networks.runs import Settings
from convlens.pictures import digits, fitting
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from convlens.text import number, percent, plain
from convlens.training import taken
from convlens.ui import networks
from convlens.work import memory
from models.catalog import brought, card_of
from models.training import steps
from tests.pages.test_pages import component, link, texts
from tests.pages.test_training import worker  # noqa: F401

GONE = "my-tiny-4 is a network of another visit, and went with it: {} is shown."
NAME, VISITOR = "my-tiny-4", "test session id"


@pytest.fixture(scope="module")
def own():
    settings = Settings("tiny", seed=5)
    state, report = steps.step(settings, None, 4)
    return brought(NAME, steps.network(settings, state), taken.card(settings, report), VISITOR)


@pytest.fixture
def visit(open_page, own):
    """``visit(page, **link)``: a page of a visitor who has a network of their own."""

    def opener(page: str, **link: str):
        app = open_page("pixels")
        app.session_state["_networks"] = {NAME: own}
        for name, value in link.items():
            app.query_params[name] = value
            app.session_state[name] = value
        return app.switch_page(f"../../pages/{page}.py").run()

    return opener


def frog() -> np.ndarray:
    return fitting.seen_by(bundled()["frog"].picture.pixels, (8, 8, 1))


@pytest.mark.parametrize("page", ["layers", "explorer", "live", "compare", "map", "networks"])
def test_training_leads_to_every_page_that_looks_inside(open_page, worker, own, monkeypatch, page):  # noqa: F811
    """With the digit that the film asks about; beside the network that is most like it."""
    app = open_page("training", learner="tiny", asked="6", update="2")
    looked = []
    monkeypatch.setattr(taken, "own", lambda of, name_for, owner: looked.append((of, name_for("tiny-2"), owner)) or own)
    app.button(f"taking.{page}").click().run()
    assert not app.exception
    ((of, name, owner),) = looked
    assert (of.settings.network, of.report.update, name, owner) == ("tiny", 2, "my-tiny-2", VISITOR)
    choice = {"live": "live", "compare": "a", "map": "vectors", "networks": "a"}.get(page, "network")
    assert app.session_state[choice] == app.query_params[choice] == NAME
    assert app.session_state["picture"] == f"digit-{digits.split().held_out[6]}-8x8"
    assert app.session_state["_networks"] == {NAME: own}
    if page in ("layers", "explorer", "live", "compare"):
        assert "My tiny (seed 5) after 4 updates" in texts(app)


def test_what_cannot_be_taken_is_said_on_the_page(open_page, worker, monkeypatch):  # noqa: F811
    app = open_page("training")
    app.button("taking.layers").click().run()
    assert [error.value for error in app.error] == [
        plain("Nobody has the weights of the recorded run. Press Train: a second later there is a network to take.")
    ]
    assert "_networks" not in app.session_state or not app.session_state["_networks"]


def test_layers_shows_what_it_computes(visit, own):
    app = visit("layers", network=NAME, picture="frog", layer="conv2d_1")
    assert not app.exception
    found = jobs.feature_maps(own, frog())["conv2d_1"]
    assert number(found.max()) in texts(app)
    assert "my-tiny-4" in app.selectbox("network.choose").options


def test_live_gives_the_browser_its_weights_and_says_where_it_is_gone(visit, open_page, own):
    app = visit("live", live=NAME, live_beside="none")
    assert not app.exception
    (told,) = component(app, "live.lens")["networks"]
    assert told["title"] == own.title
    assert told["shape"] == [8, 8, 1]
    gone = open_page("live", live=NAME)
    assert GONE.format("Benchmark") in texts(gone)
    assert [each["title"] for each in component(gone, "live.lens")["networks"]] == ["Benchmark", "Dummy"]


def test_explorer_brings_its_weights_along(visit, own):
    app = visit("explorer", network=NAME, picture="frog")
    assert not app.exception
    data = component(app, "explorer.how")
    np.testing.assert_allclose(component(app, "explorer.network")["answer"], jobs.predict(own, frog()), atol=1e-5)
    assert data["own"] is not None
    assert component(open_another(app), "explorer.how")["own"] is None


def open_another(app):
    app.session_state["network"] = "digits-cnn"
    return app.run()


def test_the_digit_that_the_film_asks_about_is_brought_as_it_is(visit, own):
    """Or the network would answer something else here than it did there."""
    app = visit("layers", network=NAME, picture="digit-1600-8x8")
    assert not app.exception
    seen = app.session_state["_chosen"].seen((8, 8, 1))
    np.testing.assert_allclose(seen[..., 0] * 16, digits.digits().images[1600], atol=0.04)
    assert app.session_state["_chosen"].title == "Digit 1600, 8 × 8"


def test_explorer_leads_back_to_an_update_of_its_weights(open_page, worker, own, monkeypatch):  # noqa: F811
    app = open_page("training", learner="tiny", rate="0.01", seed="4", asked="6", update="2")
    monkeypatch.setattr(taken, "own", lambda of, name_for, owner: own)
    app.button("taking.explorer").click().run()

    def opened(**chosen) -> set:
        for name, value in chosen.items():
            app.session_state[name] = value
        app.switch_page("../../pages/explorer.py").run()
        assert not app.exception
        return {button.key for button in app.button}

    assert "lens.open" not in opened(layer="pool_1", channel=-1)  # it has no weights
    assert "lens.open" not in opened(layer="conv2d_1", network="digits-cnn")  # nobody knows of its run
    assert "lens.open" in opened(layer="conv2d_1", channel=3, network=NAME)
    app.button("lens.open").click().run()
    assert not app.exception
    lens = [app.session_state[name] for name in ("through", "filter", "weight_row", "update", "asked")]
    assert lens == ["conv2d_1", 3, -1, 2, 6]
    assert worker[-1] == Settings("tiny", rate=0.01, seed=4)


def test_an_update_of_any_network_is_shown_where_it_is_wished(open_page):
    app = open_page("explorer", layer="conv2d_2", picture="frog")
    assert not app.toggle("one_update").value
    assert "One update under the lens" not in texts(app)
    app.toggle("one_update").set_value(True).run()
    assert not app.exception
    assert "One update under the lens: what it would teach Benchmark that this is a frog" in texts(app)
    assert component(app, "values.kernel")["channel"] == component(app, "explorer.how")["channel"]
    app.selectbox("once.label").select_index(3).run()
    assert "what it would teach Benchmark that this is a cat" in texts(app)
    assert (link(app)["one_update"], link(app)["taught_as"]) == ("True", "3")
    app.session_state["network"] = "champion"  # a link of another network
    app.session_state["layer"] = "relu_1"
    app.run()
    assert "relu_1 (ReLU) has none of these." in texts(app)
    assert not app.exception


def test_compare_sets_it_beside_those_that_answer_the_same(visit, own):
    app = visit("compare", a=NAME, b="digits-cnn", picture="frog")
    assert not app.exception
    assert list(app.selectbox("b").options) == ["lenet", "digits-cnn", NAME]
    answer = jobs.predict(own, frog())
    assert f"My tiny (seed 5) after 4 updates says {answer.argmax()} ({percent(answer.max())})" in texts(app)
    app.toggle("amounts").set_value(True).run()
    assert not app.exception
    assert "No other network of the catalog differs from the first one by its pictures alone." in texts(app)


def test_map_lays_pictures_out_by_it_for_its_visitor_alone(visit, own, monkeypatch):
    here = memory.Memory()
    monkeypatch.setattr(memory, "get", here.get)
    monkeypatch.setattr(memory, "put", here.put)
    app = visit("map", vectors=NAME, way="PCA")
    assert not app.exception
    assert "the 64 values that My tiny (seed 5) after 4 updates computes its classes from" in texts(app)
    assert [key for key in here.known() if key[0] == "atlas"] == []
    assert [key[:3] for key in here.known(VISITOR) if key[0] == "atlas"] == [("atlas", "digits", NAME)]


def test_networks_shows_its_card_and_forgets_it(visit, own):
    app = visit("networks", a=NAME, b="digits-cnn")
    assert not app.exception
    assert "taken by hand, after 4 updates" in texts(app)
    assert "It is yours alone, and goes with this visit." in texts(app)
    app.button(f"forget.{NAME}").click().run()
    assert not app.exception
    assert app.session_state["_networks"] == {}
    app.session_state["network"] = NAME
    app.switch_page("../../pages/layers.py").run()
    assert "my-tiny-4 was forgotten: Benchmark is shown." in texts(app)
    app.switch_page("../../pages/networks.py").run()
    assert NAME not in app.selectbox("a").options


@pytest.mark.parametrize("page", ["layers", "explorer"])
def test_who_follows_the_link_in_another_visit_is_told(open_page, page):
    app = open_page(page, network=NAME)
    assert not app.exception
    assert GONE.format("Benchmark") in texts(app)
    assert app.selectbox("network.choose").value == "benchmark"


@pytest.mark.parametrize(
    ("page", "choice", "shown"),
    [
        ("compare", "a", "Benchmark"),
        ("compare", "b", "Dummy"),
        ("map", "vectors", "LeNet"),
        ("networks", "a", "Benchmark"),
    ],
)
def test_another_visits_network_is_no_choice_on_the_other_pages_and_that_is_said(open_page, page, choice, shown):
    app = open_page(page, **{choice: NAME, "way": "PCA"})
    assert not app.exception
    assert NAME not in app.selectbox(choice).options
    assert GONE.format(shown) in texts(app)


def test_a_visitor_keeps_so_many_bytes_of_them(own, monkeypatch):
    held: dict = {}
    monkeypatch.setattr(networks, "st", SimpleNamespace(session_state=held))
    monkeypatch.setattr(networks, "MOST", 2 * len(own.content) + 10)
    assert networks.keep(own) is networks.keep(replace(own, name="my-tiny-4-2")) is own  # the same again
    other = replace(own, name="my-tiny-4-2", training=own.training | {"form": "wrong labels"})
    assert networks.keep(other) is other  # the same weights, learned otherwise
    networks.forget(other.name)
    assert networks.name_for("tiny-4") == "my-tiny-4-2"
    assert networks.name_for("LeNet-16") == "my-lenet-16"
    for i in range(3):
        networks.keep(replace(own, name=f"my-{i}", sha256=f"{i}"))
    assert list(networks.own()) == ["my-1", "my-2"]
    assert held["_networks_left"][NAME] == "made room for a newer one, as 0 MB of them are kept"
    assert networks.card_of("my-1").sha256 == "1"
    assert networks.card_of(NAME).name == "benchmark"
    assert networks.card_of("dummy") is card_of("dummy")
    with pytest.raises(InputError, match="There is no network 'nobody'"):
        networks.card_of("nobody")
    networks.forget("my-1")
    networks.forget("my-1")
    assert list(networks.own()) == ["my-2"]
