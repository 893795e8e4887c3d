"""Networks of one's own on the pages, the shared selection, and the explorer, without a browser."""

import json
import re
import shutil

import keras
import numpy as np
import pytest

from convlens.explorer.jobs import dependence
from convlens.explorer.overview import sheets
from convlens.explorer.receptive import receptive_field
from convlens.networks.layers import with_values_of_their_own
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from convlens.statistics import share_of_zeros
from convlens.text import number, percent
from convlens.work import engine
from convlens.work.engine import BusyError
from models.catalog import card_of
from tests import networks
from tests.pages.test_pages import a_photo, component, link, texts, upload

L = keras.layers


def seen_by(name: str, picture: str = "cat") -> np.ndarray:
    shape = card_of(name).input_shape
    fitted = fitting.fit(bundled()[picture].picture.pixels, shape[:2])
    return fitting.to_grey(fitted)[:, :, None] if shape[2] == 1 else fitted


@pytest.fixture
def sent(in_this_process, monkeypatch):
    """What jobs send of a network's layers when all of them would be too many: (network, layers) each."""
    asked = []

    def watched(job, *args):
        if job is jobs.feature_maps:
            asked.append((args[0], args[4]))
        return whole(job, *args)

    whole = engine.run
    monkeypatch.setattr(engine, "run", watched)
    monkeypatch.setattr("convlens.networks.layers.MOST_SENT", 1)
    return asked


@pytest.mark.parametrize(("scale", "picture"), [("layer", "truck"), ("unit", "ship"), ("network", "cat")])
def test_of_a_large_network_layers_sends_one(open_page, sent, scale, picture):
    app = open_page("layers", network="cifar10-500", layer="conv2d_3", scale=scale, picture=picture)
    assert not app.exception
    assert [layers for network, layers in sent if network == "cifar10-500"] == [("conv2d_3", "dense_2")]
    found = jobs.feature_maps("cifar10-500", seen_by("cifar10-500", picture))
    assert number(found["conv2d_3"].max()) in texts(app)
    if scale == "network":
        assert number(max(float(values.max()) for values in found.values())) in texts(app)


def test_of_a_large_network_the_explorer_sends_a_layer_and_what_it_reads(open_page, sent):
    app = open_page(
        "explorer", network="cifar10-500", layer="conv2d_3", picture="rocket", surgery="conv2d_2:silence:0-7", shown="change"
    )  # fmt: skip
    assert not app.exception
    assert {layers for network, layers in sent if network == "cifar10-500"} == {("pool_1", "conv2d_3", "dense_2")}
    seen, gains = seen_by("cifar10-500", "rocket"), {"conv2d_2": np.array([0] * 8 + [1] * 8, np.float32)}
    before, after = (jobs.feature_maps("cifar10-500", seen, None, each) for each in ({}, gains))
    data = component(app, "explorer.network")
    np.testing.assert_allclose(data["answer"], after["dense_2"], atol=1e-5)
    for layer in data["layers"]:  # all of them are drawn
        change = float(np.abs(after[layer["name"]] - before[layer["name"]]).max()) or 1.0
        assert layer["sheet"]["high"] == pytest.approx(change, rel=1e-4)


def test_of_large_networks_compare_sends_one_layer_of_each(open_page, sent):
    app = open_page("compare", a="cifar10-500", b="cifar10-1000", layer="conv2d_4", picture="coffee")
    assert not app.exception
    assert [layers for network, layers in sent if network.startswith("cifar10")] == [("conv2d_4", "dense_2")] * 2
    first, second = (jobs.feature_maps(name, seen_by(name, "coffee")) for name in ("cifar10-500", "cifar10-1000"))
    own = [
        name for name in first if name not in ("input", "dropout_1", "flatten_1")
    ]  # these repeat what others have computed
    more = sum(share_of_zeros(first[name]) > share_of_zeros(second[name]) for name in own)
    assert f"in {more} of the {len(own)} layers that compute values of their own, on this picture." in texts(app)


@pytest.mark.parametrize("name", networks.SHAPES)
def test_every_shape_of_network_opens_on_every_layer(open_page, own_networks, name):
    """On Layers; on the Explorer each is opened in Chromium, down to the numbers."""
    app = open_page("layers", network=name)
    assert not app.exception
    assert not app.error
    for layer in jobs.layers(name):
        app.session_state["layer"] = layer.name
        app.run()
        assert not app.exception, layer
        assert not app.error, layer
        assert layer.name in texts(app)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("plain", "residual"),
        ("inception", "benchmark"),
        *[(name, name) for name in networks.SHAPES if name not in ("plain", "inception")],
    ],
)
def test_networks_of_the_same_labels_are_compared(open_page, own_networks, a, b):
    app = open_page("compare", a=a, b=b)
    assert not app.exception
    assert not app.error
    for name in (a, b):
        p = jobs.predict(name, seen_by(name))
        label = card_of(name).labels_for(p.size)[int(p.argmax())]
        assert f"{label}, {percent(float(p.max()))}" in texts(app)


def test_without_a_common_layer_only_the_answers_are_compared(open_page, own_networks):
    app = open_page("compare", a="plain", b="benchmark")
    assert "have no layer of the same name and shape, so only their answers are compared" in app.info[0].value
    assert "says" in texts(app)


def test_only_networks_with_the_same_labels_are_offered(open_page, own_networks):
    app = open_page("compare", a="grey")
    assert app.selectbox(key="b").options == ["grey"]
    app = open_page("compare", a="benchmark")
    assert {"plain", "residual", "inception", "dummy"} <= set(app.selectbox(key="b").options)
    assert not {"grey", "mobile", "sequential"} & set(app.selectbox(key="b").options)


def test_a_partner_that_answers_with_other_classes_is_replaced_with_a_word(open_page):
    app = open_page("compare", a="lenet", b="dummy")
    assert app.selectbox(key="b").value == "digits-cnn"
    told = f"Dummy answers with other classes than LeNet, so {card_of('digits-cnn').title} is shown."
    assert told in texts(app)
    app = open_page("compare", a="benchmark")
    assert "answers with other classes" not in texts(app)
    assert told in texts(app.selectbox(key="a").set_value("lenet").run())
    assert "answers with other classes" not in texts(open_page("compare", a="lenet", b="digits-cnn"))


def test_layers_that_compute_values_of_their_own(own_networks):
    """Those whose output is no rearrangement of their input: by the values."""
    for name in ("benchmark", "residual", "sequential"):
        found = jobs.layers(name)
        maps = jobs.feature_maps(name, seen_by(name))
        computed = [
            layer.name
            for layer in found
            if layer.inputs
            and not np.isin(maps[layer.name], np.concatenate([maps[i].ravel() for i in layer.inputs])).all()
        ]
        own = with_values_of_their_own(found)
        assert set(computed) <= set(own)
        assert not {each.name for each in found if each.kind in ("Flatten", "Dropout", "InputLayer")} & set(own)


def test_surgery_is_said_to_be_done_in_the_explorer_only(open_page):
    cut = "conv2d_1:silence:3"
    for page in ("home", "layers", "compare"):
        assert "Intact: the surgery of the Explorer" in texts(open_page(page, surgery=cut))
    for page, surgery in (("explorer", cut), ("layers", "")):
        assert "Intact: the surgery" not in texts(open_page(page, surgery=surgery))


def test_probabilities_that_surgery_has_spoilt_are_said_to_be_none(open_page):
    p = jobs.predict("benchmark", seen_by("benchmark"))
    app = open_page("explorer", layer="dense_2", surgery="dense_2:silence:3")
    assert f"These sum to {percent(float(1 - p[3]))}: after surgery on the last layer" in texts(app)


@pytest.mark.parametrize(("network", "side"), [("benchmark", "32 × 32"), ("lenet", "28 × 28"), ("digits-cnn", "8 × 8")])
def test_the_tray_shows_what_the_chosen_network_sees(open_page, network, side):
    for page in ("layers", "explorer"):
        assert seen_in_the_tray(open_page(page, network=network)) == f"Seen at {side}"
    assert seen_in_the_tray(open_page("pixels", network=network)) == "Seen at 32 × 32"


def seen_in_the_tray(app) -> str:
    return app.sidebar.get("image")[1].proto.imgs[0].caption


def test_the_range_is_asked_for_with_what_the_network_gets(open_page, own_networks):
    app = open_page("explorer", network="sequential")
    seen = seen_by("sequential")
    assert "Automatic: it begins with Rescaling, so 0 to 255 is likely" in texts(app)
    assert f"24 × 20 × 3 numbers from {number(seen.min() * 255)} to {number(seen.max() * 255)}" in texts(app)
    app.get_by_key("range.choose").set_value("-1 to 1").run()
    assert link(app)["range"] == "-1 to 1"
    p = jobs.predict("sequential", seen, (-1.0, 1.0))
    assert f"Answer: class {p.argmax()}, {percent(float(p.max()))}" in texts(app)


def test_a_network_with_a_card_is_not_asked_about(open_page, own_networks):
    assert "Which values does it take" not in str(
        [w.label for w in open_page("explorer", network="plain").get("segmented_control")]
    )


def test_logits_are_said_to_be_logits(open_page, own_networks):
    app = open_page("explorer", network="mobile")
    assert "It gives logits; ConvLens makes probabilities of them by a softmax." in texts(app)
    p = jobs.predict("mobile", seen_by("mobile"))
    assert f"Answer: class {p.argmax()}, {percent(float(p.max()))}" in texts(app)


def test_a_refused_file_is_told_beside_the_list(open_page, own_networks, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    (tmp_path / "broken.keras").write_bytes(b"PK")
    app = open_page("explorer")
    assert not app.exception
    assert "Not taken: broken.keras is no .keras file, or is damaged" in app.selectbox(key="network.choose").help


def test_a_network_that_cannot_be_built_is_explained_and_another_can_be_chosen(
    open_page, in_this_process, own_networks, tmp_path, monkeypatch
):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    shutil.copy(own_networks / "plain.keras", tmp_path / "changed.keras")
    card = json.loads((own_networks / "plain.json").read_text()) | {"sha256": "0" * 64}
    (tmp_path / "changed.json").write_text(json.dumps(card))
    app = open_page("explorer", network="changed")
    assert "the file was changed. Bring the old file back" in app.error[0].value
    app.selectbox(key="network.choose").select("benchmark").run()
    assert not app.error
    assert "Benchmark on Cat" in texts(app)


# ---- one selection


def test_the_selection_goes_from_page_to_page_and_into_the_link(open_page):
    app = open_page("explorer", network="dummy", layer="conv2d_3", channel="5", row="7", column="2")
    value = jobs.feature_maps("dummy", seen_by("dummy"))["conv2d_3"][7, 2, 5]
    assert "How map 5 of conv2d_3 is made" in texts(app)
    app.switch_page("../../pages/layers.py").run()
    assert "Dummy: trained on" in texts(app)
    assert f"In it, the cell in row 7, column 2 is {number(value)}." in texts(app)
    app.switch_page("../../pages/compare.py").run()
    assert app.selectbox(key="layer.choose").value == "conv2d_3"
    assert f"In map 5, the cell in row 7, column 2 is {number(value)}." in texts(app)
    wanted = {"network": "dummy", "layer": "conv2d_3", "channel": "5", "row": "7", "column": "2"}
    assert {name: link(app)[name] for name in wanted} == wanted


def test_a_selection_that_the_network_does_not_have_is_replaced(open_page, own_networks):
    app = open_page("explorer", network="grey", layer="conv2d_3", channel="999", row="999", column="3")
    assert "How map 5 of c1 is made" in texts(app)
    assert "Row 27, column 3 of c1" in texts(app)


# ---- the explorer


def test_the_overview_is_given_the_graph(open_page, own_networks):
    data = component(open_page("explorer", network="residual"), "explorer.network")
    layers = jobs.layers("residual")
    assert [layer["name"] for layer in data["layers"]] == [layer.name for layer in layers]
    by_name = {layer["name"]: layer for layer in data["layers"]}
    names = [layer.name for layer in layers]
    assert [names[i] for i in by_name["block2_add"]["inputs"]] == ["block2_conv_2", "shortcut_2"]
    found = sheets(jobs.feature_maps("residual", seen_by("residual")), "layer")
    for layer in data["layers"]:
        assert layer["sheet"]["high"] == pytest.approx(found[layer["name"]].scale.high, abs=1e-4)
        assert layer["sheet"]["url"].startswith("/")
    p = jobs.predict("residual", seen_by("residual"))
    np.testing.assert_allclose(data["answer"], p, atol=1e-5)


def test_the_receptive_field_is_told_in_numbers(open_page):
    app = open_page("explorer", layer="conv2d_4", channel="1", row="3", column="15")
    field = receptive_field(jobs.layers("benchmark"), "conv2d_4", (3, 15, 1))
    assert (field.rows, field.columns) == (14, 8)  # (1 + 2 + 2) · 2 + 2 + 2 = 14; columns 24 to 31 of 24 to 37
    assert (
        f"can see {field.rows} × {field.columns} of 32 × 32 pixels: rows {field.top} to {field.top + field.rows - 1}"
        in texts(app)
    )
    assert "The next cell sees 2 further down." in texts(app)  # column 15 is the last
    app = open_page("explorer", layer="conv2d_4", channel="1", row="3", column="14")
    assert "The next cell sees 2 further down, or 2 further right." in texts(app)
    app = open_page("explorer", layer="conv2d_4", channel="1", row="15", column="15")
    assert "The next cell" not in texts(app)


def test_surgery_changes_the_answer_beside_the_intact_one(open_page):
    app = open_page("explorer", layer="conv2d_2", channel="3")
    intact = jobs.predict("benchmark", seen_by("benchmark"))
    app.text_input(key="surgery.channels").set_value("0-7").run()
    app.button(key="surgery.silence").click().run()
    assert not app.exception
    assert link(app)["surgery"] == "conv2d_2:silence:0-7"
    gains = {"conv2d_2": np.array([0] * 8 + [1] * 8, np.float32)}
    after = jobs.feature_maps("benchmark", seen_by("benchmark"), None, gains)["dense_2"]
    said = texts(app)
    assert "Intact" in said
    assert "After surgery" in said
    for p in (intact, after):
        assert f">{percent(float(p.max()))}<" in said
    data = component(app, "explorer.network")
    cut = next(layer["cut"] for layer in data["layers"] if layer["name"] == "conv2d_2")
    assert cut == {str(i): 0.0 for i in range(8)}
    assert component(app, "explorer.how")["cuts"] == {"conv2d_2": cut}


def test_surgery_is_undone_one_by_one_and_all_at_once(open_page):
    app = open_page("explorer", surgery="conv2d_1:silence:3;conv2d_2:negate:1;pool_1:keep:0-3")
    assert "conv2d_2: channel 1 negated" in texts(app)
    app.button(key="surgery.undo.1").click().run()
    assert link(app)["surgery"] == "conv2d_1:silence:3;pool_1:keep:0-3"
    app.button(key="surgery.none").click().run()
    assert "surgery" not in link(app)
    assert "After surgery" not in texts(app)


def test_the_change_can_be_shown_alone(open_page):
    app = open_page("explorer", surgery="conv2d_2:silence:0-7", shown="change")
    image = seen_by("benchmark")
    gains = {"conv2d_2": np.array([0] * 8 + [1] * 8, np.float32)}
    change = (
        jobs.feature_maps("benchmark", image, None, gains)["conv2d_4"]
        - jobs.feature_maps("benchmark", image)["conv2d_4"]
    )
    layers = component(app, "explorer.network")["layers"]
    sheet = next(layer["sheet"] for layer in layers if layer["name"] == "conv2d_4")
    assert sheet["high"] == pytest.approx(float(np.abs(change).max()), rel=1e-4)
    unchanged = next(layer["sheet"] for layer in layers if layer["name"] == "conv2d_1")
    assert (unchanged["low"], unchanged["high"], unchanged["signed"]) == (-1, 1, True)


@pytest.mark.parametrize("wrong", ["99", "a", ""])
def test_wrong_channels_are_explained_and_nothing_is_lost(open_page, wrong):
    app = open_page("explorer", layer="conv2d_2", surgery="conv2d_1:silence:3")
    app.text_input(key="surgery.channels").set_value(wrong).run()
    app.button(key="surgery.silence").click().run()
    assert len(app.error) == 1
    assert link(app)["surgery"] == "conv2d_1:silence:3"


@pytest.mark.parametrize("value", ["x", "conv2d_1:explode:3", "<b>:keep:0"])
def test_nonsense_in_a_link_is_no_surgery(open_page, value):
    app = open_page("explorer", surgery=value)
    assert not app.exception
    assert "After surgery" not in texts(app)


def test_surgery_stays_when_the_page_is_left(open_page):
    app = open_page("explorer", surgery="conv2d_2:silence:0-7")
    app.switch_page("../../pages/layers.py").run()
    app.switch_page("../../pages/explorer.py").run()
    assert "conv2d_2: channels 0-7 silenced" in texts(app)


def test_the_channels_to_cut_are_there_again_when_the_page_is_opened_again(open_page):
    app = open_page("explorer", layer="conv2d_2", channel="3")
    assert app.text_input(key="surgery.channels").value == "3"
    app.switch_page("../../pages/layers.py").run()
    app.switch_page("../../pages/explorer.py").run()
    assert app.text_input(key="surgery.channels").value == "3"


def test_what_was_cut_stays_selected(open_page):
    app = open_page("explorer", layer="conv2d_1")
    opened = re.search(r"How map (\d+) of conv2d_1", texts(app))[1]
    app.button(key="surgery.silence").click().run()  # it answers least now, and would not be opened
    assert f"How map {opened} of conv2d_1 is made" in texts(app)
    assert link(app)["channel"] == opened


def test_channels_are_ranked_by_how_much_the_answer_depends_on_them(open_page):
    app = open_page("explorer", layer="conv2d_6")
    app.button(key="surgery.rank").click().run()
    assert not app.exception
    image = seen_by("benchmark")
    p = jobs.predict("benchmark", image)
    found = dependence("benchmark", image, "conv2d_6", tuple(range(16)), {})[:, p.argmax()]
    said = texts(app)
    rows = re.findall(r'text-align:right">(\d+)</span>', said)
    order = np.argsort(found - p.max()).tolist()
    assert [int(row) for row in rows[:9]] == order[:9]
    assert percent(float(found[order[0]])) in said
    app.session_state["channel"] = "4"
    app.run()
    assert re.findall(r'text-align:right">(\d+)</span>', texts(app)) == rows  # remembered
    app.session_state["layer"] = "conv2d_5"
    app.run()
    assert app.button(key="surgery.rank").label == "Rank all 16 channels of conv2d_5"


def test_the_accuracy_on_held_out_pictures_changes_too(open_page, monkeypatch, tmp_path):
    from PIL import Image

    rng = np.random.default_rng(3)
    for label in ("cat", "frog"):
        (tmp_path / "test" / label).mkdir(parents=True)
        for n in range(4):
            Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)).save(tmp_path / "test" / label / f"{n}.png")
    monkeypatch.setenv("CONVLENS_CIFAR10", str(tmp_path))
    gains = {"conv2d_2": np.zeros(16, np.float32)}
    before, after = (jobs.accuracy("benchmark", str(tmp_path), 500, factors) for factors in ({}, gains))
    app = open_page("explorer", surgery="conv2d_2:silence:0-15")
    expected = (
        f"Of 500 held-out CIFAR-10 pictures {percent(before)} are answered rightly intact, {percent(after)} after."
    )
    assert expected in texts(app)
    assert "held-out CIFAR-10" not in texts(open_page("explorer"))


def test_a_layer_outside_the_list_says_so(open_page, in_this_process, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    inputs = L.Input((8, 8, 3))
    x = L.GroupNormalization(2, name="strange")(L.Conv2D(4, 3, name="conv")(inputs))
    keras.Model(inputs, L.Dense(3, activation="softmax")(L.Flatten()(x))).save(tmp_path / "odd.keras")
    app = open_page("explorer", network="odd", layer="strange")
    assert not app.exception
    assert "GroupNormalization: its maps are shown, its arithmetic is not explained here." in texts(app)
    assert component(app, "explorer.how")["layer"] == "strange"
    assert next(layer.settings for layer in jobs.layers("odd") if layer.name == "strange") == {}


def test_a_photo_of_ones_own_goes_through_a_network_of_ones_own(open_page, own_networks):
    app = upload(open_page("explorer", network="grey", layer="c3"), a_photo())
    assert not app.exception
    assert "grey on Your photo" in texts(app)
    assert "picture" not in link(app)


def test_a_full_queue_after_a_click_is_explained_and_nothing_is_lost(open_page, monkeypatch):
    app = open_page("explorer", layer="conv2d_5")
    run = engine.run

    def full(*_):
        raise BusyError("Too many people are waiting for the networks just now. Please try again in a moment.")

    monkeypatch.setattr(engine, "run", full)
    app.text_input(key="surgery.channels").set_value("1,2,5").run()
    app.button(key="surgery.negate").click().run()
    assert app.error[0].value.startswith("Too many people are waiting")
    assert "Benchmark" not in texts(app)
    monkeypatch.setattr(engine, "run", run)
    next(b for b in app.button if b.label == "Try again").click().run()
    assert not app.error
    assert "conv2d_5: channels 1-2, 5 negated" in texts(app)
