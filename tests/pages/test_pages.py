"""Every page without a browser: a smoke table, and one test for each change of state."""

import io
import json
import re
import struct
import zlib

import numpy as np
import pytest
import scipy.stats
from PIL import Image
from scipy.signal import correlate
from sklearn.metrics.pairwise import cosine_similarity

from convlens import statistics
from convlens.filters import chain
from convlens.filters.named import KERNELS
from convlens.home import panels as home
from convlens.lessons.steps import STEPS
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.slices import jobs
from convlens.text import UNBROKEN, number, percent
from convlens.ui.navigation import PAGES, ROOT
from convlens.ui.state import STATE
from convlens.work import engine
from convlens.work.engine import BusyError

# page → a piece of its title, panels at least, pictures at least
SMOKE = {
    "home": ("One picture, all the way through", 6, 7),
    "pixels": ("Pixels: a picture is numbers", 4, 2),
    "kernels": ("Kernels: slide weights", 4, 5),
    "regions": ("Regions: pixels on their own", 11, 7),
    "live": ("Live: every layer", 1, 0),
    "layers": ("Layers: what each one answers", 5, 3),
    "explorer": ("Explorer: how every number is made", 5, 3),
    "compare": ("Compare: two networks", 9, 4),
    "networks": ("Networks: what each one has learned", 5, 0),
    "architectures": ("Architectures: from LeNet", 8, 0),
    "training": ("Training: how a network learns", 3, 0),
    "teach": ("Teach: classes of your own", 5, 2),
    "autoencoder": ("Autoencoder: a picture as a few numbers", 6, 1),
    "made_up": ("Made up: pictures from a program", 11, 5),
    "digits": ("Digits: ask the nearest neighbours", 8, 5),
    "ladder": ("The ladder: from pixels", 3, 3),
    "map": ("Map: many pictures", 3, 2),
}


def component(app, key: str) -> dict:
    """The data that a client-side part was given."""

    def walk(node):
        proto = getattr(node, "proto", None)
        if proto is not None and f"{key}" in str(getattr(proto, "id", "")) and getattr(proto, "json", ""):
            yield json.loads(proto.json)
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return next(walk(app.main))[0]


def link(app) -> dict[str, str]:
    """What the page's address carries."""
    return component(app, "address")["chosen"]


def texts(app) -> str:
    """Everything there is to read on the page."""
    parts = [e.value for kind in ("title", "markdown", "caption", "error", "warning", "latex") for e in app.get(kind)]
    shown = [re.sub(r"\\([^A-Za-z0-9\s])", r"\1", part) for part in parts]  # as Markdown shows it
    return "\n".join([*shown, *(e.proto.body for e in app.get("html"))]).replace(UNBROKEN, " ")


def panels(app) -> int:
    found = set()

    def walk(node):
        proto = getattr(node, "proto", None)
        if proto is not None and re.search(r"(panel|stage)-", str(getattr(proto, "id", ""))):
            found.add(proto.id)
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app.main)
    return len(found)


def test_the_smoke_table_names_every_page():
    assert list(SMOKE) == [page.name for page in PAGES]


@pytest.mark.parametrize("picture", ["frog", "astronaut"])
@pytest.mark.parametrize("name", SMOKE)
def test_every_page_opens_drawn(open_page, name, picture):
    title, panel_count, picture_count = SMOKE[name]
    app = open_page(name, picture=picture)
    assert not app.exception
    assert not app.error
    assert title in app.title[0].value
    assert panels(app) >= panel_count
    drawn = app.get("image")
    assert len(drawn) >= picture_count
    assert "What is behind this" in app.expander[-1].label
    assert "Sources: " in texts(app)
    codes = [c.value for c in app.code]
    assert codes or name == "home"


@pytest.mark.parametrize("name", SMOKE)
def test_every_picture_has_an_alternative_text(open_page, name):
    app = open_page(name)
    for element in app.get("image"):
        for picture in element.proto.imgs:
            assert picture.alt or element.proto.alt, picture.caption
    for tag in re.findall(r"<img[^>]*>", " ".join(html.proto.body for html in app.get("html"))):
        assert re.search(r'alt="[^"]+"', tag), tag[:200]


def table(app, which: int) -> list[list[str]]:
    """The cells of the page's n-th Markdown table, its head left out."""
    found = [e.value for e in app.markdown if e.value.startswith("| channel")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[which].splitlines()[2:]]


# ---- architectures


def test_architectures_open_as_a_link_says(open_page):
    app = open_page("architectures", architecture="resnet50", block="conv2_block1")
    assert component(app, "timeline")["chosen"] == "resnet50"
    assert component(app, "blocks")["opened"] == "conv2_block1"
    assert "conv2_block1 is open: 4 layers" in texts(app)
    assert link(app) == {"architecture": "resnet50", "block": "conv2_block1"}


def test_what_was_new_is_shown_at_the_best_rate_and_at_one_of_five(open_page):
    app = open_page("architectures")
    assert "56 end at 53 % to 67 %. Deeper is worse there" in texts(app)
    assert "Sigmoid against tanh and ReLU" in texts(app)
    assert "The gradients that these networks begin with" in texts(app)
    app.segmented_control("tried").set_value("0.001").run()
    assert not app.exception
    assert "20 layers end at 89 %, 56 end at 45 %." in texts(app)


def test_architectures_fold_what_is_not_theirs(open_page):
    app = open_page("architectures", architecture="vgg16", block="conv2_block1")
    assert component(app, "blocks")["opened"] == ""
    assert "is open" not in texts(app)


@pytest.mark.parametrize(
    ("architecture", "told"), [("inception-v3", "AlexNet, 2012"), ("densenet121", "DenseNet-121, 2017")]
)
def test_architectures_say_what_was_new(open_page, architecture, told):
    assert told in texts(open_page("architectures", architecture=architecture))


# ---- the tray


def upload(app, data: bytes, name: str = "photo.png"):
    return app.file_uploader[0].upload(name, data).run()


def saved(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def a_photo() -> bytes:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = (0, 0, 255)
    return saved(Image.fromarray(pixels), "PNG")


def test_an_upload_follows_to_every_page(open_page):
    app = upload(open_page("home"), a_photo())
    assert not app.exception
    assert "40 × 60 × 3 numbers" in texts(app)
    for page in ("pixels", "kernels"):
        app.switch_page(f"../../pages/{page}.py").run()
        assert "40 × 60" in texts(app)
    assert "picture" not in link(app)


def test_an_upload_is_dropped_after_decoding(open_page):
    app = upload(open_page("home"), a_photo())
    assert app.file_uploader[0].value is None
    stored = app.session_state["_photo"]
    assert stored.size == (40, 60)


def damaged_png(width: int, height: int) -> bytes:
    """A photo whose header claims another size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return a_photo()[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + a_photo()[33:]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"this is text", "This is not a picture that ConvLens can read."),
        (b"", "The file is empty."),
        (saved(Image.new("RGB", (60, 40), "red"), "JPEG")[:300], "The picture is damaged or cut off."),
        (damaged_png(20_000, 20_000), "The picture has too many pixels to open safely."),
    ],
    ids=["text", "empty", "truncated", "400 million pixels"],
)
def test_a_bad_upload_is_explained_and_the_former_picture_stays(open_page, data, message):
    app = upload(open_page("home"), a_photo())
    app = upload(app, data, "x.png")
    assert message in app.error[0].value
    assert app.error[0].value.endswith("Your former picture is still here.")
    assert "40 × 60 × 3 numbers" in texts(app)
    app.run()
    assert not app.error


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(Image.new("RGB", (60, 40), "red"), "JPEG", exif=exif.tobytes())


@pytest.mark.parametrize(
    ("data", "size", "colour"),
    [
        (saved(Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "JPEG"), (40, 60), (255, 0, 0)),
        (saved(Image.fromarray(np.full((40, 60), 65535, np.uint16)), "PNG"), (40, 60), (255, 255, 255)),
        (saved(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG"), (40, 60), (255, 255, 255)),
        (rotated(), (60, 40), (255, 0, 0)),
        (
            saved(Image.new("RGB", (60, 40), "red"), "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40))]),
            (40, 60),
            (255, 0, 0),
        ),
    ],
    ids=["CMYK", "16 bit", "transparent", "rotated", "animated"],
)
def test_odd_uploads_end_in_the_right_picture(open_page, data, size, colour):
    app = upload(open_page("home"), data)
    assert not app.error
    assert f"{size[0]} × {size[1]} × 3 numbers" in texts(app)
    np.testing.assert_allclose(app.session_state["_photo"].rgb.mean(axis=(0, 1)), colour, atol=12)


def test_a_photo_is_never_in_the_link(open_page):
    app = upload(open_page("home", picture="ship"), a_photo())
    assert "picture" not in link(app)
    next(b for b in app.button if b.label == "Forget my photo").click().run()
    rows, columns = bundled()["ship"].picture.size
    assert f"{rows} × {columns} × 3 numbers" in texts(app)  # what was there before it
    assert link(app)["picture"] == "ship"


def test_forgetting_a_photo_goes_back_to_the_default(open_page):
    app = upload(open_page("home"), a_photo())
    next(b for b in app.button if b.label == "Forget my photo").click().run()
    assert "_photo" not in app.session_state
    assert "300 × 451 × 3 numbers" in texts(app)
    assert "Forget my photo" not in [b.label for b in app.button]


def test_what_was_computed_from_a_photo_is_forgotten_with_it(open_page, monkeypatch):
    app = upload(open_page("home"), a_photo())
    asked = []
    monkeypatch.setattr(engine, "run", lambda job, *args: asked.append(job.__name__) or run(job, *args))
    run = engine.ENGINE.run
    app.run()
    assert asked == []  # remembered
    next(b for b in app.button if b.label == "Forget my photo").click().run()
    upload(app, a_photo())
    assert asked.count("feature_maps") == 2  # computed anew, for both networks


def test_the_camera_opens_on_request(open_page):
    app = open_page("home")
    assert not app.get("camera_input")
    next(b for b in app.button if b.label == "Camera").click().run()
    app.camera_input[0].upload("shot.jpg", a_photo()).run()
    assert "40 × 60 × 3 numbers" in texts(app)
    assert not app.get("camera_input")


def test_a_link_brings_a_bundled_picture(open_page):
    app = open_page("home", picture="ship")
    assert "384 × 384 × 3 numbers" in texts(app)


@pytest.mark.parametrize("value", ["nonsense", "../../etc/passwd", "<b>"])
def test_a_link_with_an_unknown_picture_gives_the_default(open_page, value):
    app = open_page("home", picture=value)
    assert not app.exception
    assert "300 × 451 × 3 numbers" in texts(app)


def test_a_link_to_a_test_picture_without_the_data_set_is_explained(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    app = open_page("home", picture="cifar10-test-3")
    assert "no copy of CIFAR-10 on this machine" in texts(app)
    assert "300 × 451 × 3 numbers" in texts(app)


def test_a_held_out_picture_comes_with_its_label(open_page, monkeypatch, tmp_path):
    for label, grey in (("cat", 40), ("frog", 200)):
        (tmp_path / "test" / label).mkdir(parents=True)
        Image.new("RGB", (32, 32), (grey,) * 3).save(tmp_path / "test" / label / "a.png")
    monkeypatch.setenv("CONVLENS_CIFAR10", str(tmp_path))
    monkeypatch.setattr("random.randrange", lambda _: 1)
    app = open_page("compare")
    next(b for b in app.button if b.label == "A CIFAR-10 test picture").click().run()
    assert "It is a frog, so" in texts(app)
    assert link(app)["picture"] == "cifar10-test-1"


def test_fitting_changes_what_the_network_sees(open_page):
    app = open_page("pixels", picture="cat")
    before = table(app, 1)
    app.get_by_key("fit").set_value("pad").run()
    after = table(app, 1)
    assert before != after
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32), how="pad")
    assert after[0][1] == number(seen[:, :, 0].mean(dtype=float) * 255)


@pytest.mark.parametrize(("query", "options"), [({"fit": "stretch"}, {"how": "stretch"}), ({"at": "90"}, {"at": 0.9})])
def test_a_link_brings_the_fitting_at_once(open_page, query, options):
    app = open_page("pixels", picture="cat", **query)
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32), **options)
    assert table(app, 1)[0][1] == number(seen[:, :, 0].mean(dtype=float) * 255)


def test_the_crop_moves(open_page):
    app = open_page("pixels", picture="cat")
    app.slider(key="at").set_value(0).run()
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32), at=0)
    assert table(app, 1)[0][1] == number(seen[:, :, 0].mean(dtype=float) * 255)


# ---- faults


@pytest.mark.parametrize(
    ("name", "colour"), [("home", "green"), ("layers", "navy"), ("explorer", "teal"), ("compare", "olive")]
)
def test_a_full_queue_is_explained_and_nothing_is_lost(open_page, monkeypatch, name, colour):
    app = upload(open_page(name), a_photo())
    other = saved(Image.new("RGB", (33, 44), colour), "PNG")  # one that no other test has computed
    run = engine.run

    def full(*_):
        raise BusyError("Too many people are waiting for the networks just now. Please try again in a moment.")

    monkeypatch.setattr(engine, "run", full)
    upload(app, other)
    assert app.error[0].value.startswith("Too many people are waiting")
    assert not app.exception  # where several rows cannot be drawn, each has a button of its own
    assert app.session_state["_photo"].size == (44, 33)
    monkeypatch.setattr(engine, "run", run)
    next(b for b in app.button if b.label == "Try again").click().run()
    assert not app.error
    assert "What is behind this" in app.expander[-1].label


# ---- pixels


def test_a_network_gets_less_than_the_photo(open_page):
    shown = texts(open_page("pixels"))
    assert "all that a network ever gets" not in shown
    assert "The benchmark and the dummy get the 32 × 32 × 3 below." in shown


def test_homes_kernel_says_of_which_size_its_numbers_are(open_page):
    grey = fitting.to_grey(fitting.fit(bundled()["frog"].picture.pixels, (256, 256)))
    values = correlate(grey, KERNELS["sobel_x"].weights, mode="valid")
    shown = texts(open_page("home", picture="frog"))
    assert f"Sobel at 256 × 256: {number(values.min())} (blue) to {number(values.max())} (red), full from ±" in shown


def test_bins_change_the_entropy(open_page):
    app = open_page("pixels", picture="frog", bins="16")
    counts = statistics.histogram(bundled()["frog"].picture.pixels[:, :, 1] * 255.0, 16, (0, 256))
    assert table(app, 0)[1][2] == number(statistics.entropy(counts))
    assert "16 equal bins over 0–255, so at most 4 bits" in texts(app)


# ---- kernels


def frog_grey() -> np.ndarray:
    return fitting.to_grey(bundled()["frog"].picture.pixels)


def test_stride_two_gives_the_expected_size(open_page):
    app = open_page("kernels", picture="frog")
    assert "382 × 382 values" in texts(app)
    app.slider(key="stride_1").set_value(2).run()
    app.slider(key="stride_columns_1").set_value(2).run()
    assert "191 × 191 values" in texts(app)
    assert r"\frac{384 - 3}{2} \right\rfloor + 1 = 191" in app.latex[0].value


def test_a_link_brings_kernel_stride_and_padding(open_page):
    app = open_page("kernels", picture="frog", kernel_1="log_5", stride_1="3", padding_1="same", relu_1="true")
    step = chain.Step(KERNELS["log_5"].weights, stride=(3, 1), padding="same", relu=True)
    result = step.apply(frog_grey())
    assert (
        f"128 × 384 values from {number(result.min())} to {number(result.max())}, mean {number(result.mean())}."
        in texts(app)
    )
    assert "Laplacian of Gaussian" in texts(app)


def test_a_link_brings_weights_of_ones_own(open_page):
    app = open_page("kernels", picture="frog", weights_1="0,1;-1,0")
    result = chain.Step(np.array([[0, 1], [-1, 0]], np.float32)).apply(frog_grey())
    assert f"383 × 383 values from {number(result.min())} to {number(result.max())}" in texts(app)
    assert "Weights of your own." in texts(app)


def test_scale_bias_and_pooling(open_page):
    app = open_page("kernels", picture="frog", kernel_1="identity", padding_1="same")
    app.number_input(key="scale_1").set_value(2.0).run()
    app.number_input(key="bias_1").set_value(-0.5).run()
    app.get_by_key("pool_1").set_value("average").run()
    result = chain.Step(KERNELS["identity"].weights, 2.0, -0.5, padding="same", pool="average").apply(frog_grey())
    assert f"192 × 192 values from {number(result.min())} to {number(result.max())}" in texts(app)
    assert f"{chain.clipped_share(result):.0%}".replace("%", " %") in texts(app)


def test_reset_brings_the_defaults_back(open_page):
    app = open_page("kernels", picture="frog", stride_1="4", scale_1="3")
    app.button(key="reset_1").click().run()
    assert not app.exception
    assert "382 × 382 values" in texts(app)
    assert app.slider(key="stride_1").value == 1


def test_three_steps_in_colour(open_page):
    app = open_page("kernels", picture="frog", steps="3", colour="colour", plane="blue")
    assert "**Result, signed, blue**" in texts(app)
    steps = [chain.Step(KERNELS[name].weights) for name in ("sobel_x", "gaussian_3", "sharpen")]
    result = chain.run(steps, bundled()["frog"].picture.pixels)[-1]
    assert f"378 × 378 values from {number(result.min())} to {number(result.max())}" in texts(app)
    assert "384 × 384 → 382 × 382 → 380 × 380 → 378 × 378" in texts(app)


def test_a_kernel_that_does_not_fit_is_explained_and_can_be_undone(open_page):
    app = open_page(
        "kernels",
        picture="frog",
        steps="3",
        stride_1="8",
        stride_2="8",
        stride_3="8",
        kernel_3="log_5",
        kernel_2="gaussian_5",
        pool_2="max",
    )
    assert "does not fit into" in app.error[0].value
    app.get_by_key("steps").set_value(1).run()
    assert not app.error


def test_in_colour_the_sum_over_the_channels_is_shown_too(open_page):
    assert "Summed over the channels" not in texts(open_page("kernels"))
    app = open_page("kernels", picture="frog", colour="colour", kernel_1="edges_8")
    total = bundled()["frog"].picture.pixels.astype(float).sum(axis=2)
    expected = correlate(total, KERNELS["edges_8"].weights, mode="valid")
    said = f"382 × 382 values from {number(expected.min())} to {number(expected.max())}, mean "
    assert said in texts(app).split("**Summed over the channels, as a CNN does it**")[1]


# ---- layers


def test_layer_and_channel_of_a_link(open_page):
    app = open_page("layers", picture="frog", layer="conv2d_3", channel="5")
    seen = fitting.fit(bundled()["frog"].picture.pixels, (32, 32))
    one = jobs.feature_maps("benchmark", seen)["conv2d_3"][:, :, 5]
    assert (
        f"Mean {number(one.mean())}, spread {number(one.std())}, from {number(one.min())} to {number(one.max())}"
        in texts(app)
    )
    assert "3 × 3 × 16 weights" in texts(app)


def test_first_and_last_convolution_are_one_click_away(open_page):
    app = open_page("layers", layer="pool_1")
    assert "A MaxPooling2D layer has no weights" in texts(app)
    next(b for b in app.button if b.label == "Last convolution").click().run()
    assert "conv2d_6: Conv2D, 8 × 8 × 16" in texts(app)
    next(b for b in app.button if b.label == "First convolution").click().run()
    assert "conv2d_1: Conv2D, 32 × 32 × 16" in texts(app)


@pytest.mark.parametrize("layer", ["input", "dense_1", "dropout_1", "flatten_1", "dense_2"])
def test_layers_of_every_kind_are_drawn(open_page, layer):
    app = open_page("layers", layer=layer, channel="60")
    assert not app.exception
    assert f"{layer}: " in texts(app)


def test_another_network_gives_other_maps(open_page):
    app = open_page("layers")
    before = texts(app)
    app.selectbox(key="network.choose").select("dummy").run()
    assert "Dummy: trained on 10,000 pictures" in texts(app)
    assert texts(app) != before


def test_the_scope_of_the_scale_changes_the_legend(open_page):
    app = open_page("layers", scale="unit", channel="3")
    assert "each map has its own; this is map 3" in texts(app)
    app.get_by_key("scale").set_value("network").run()
    assert "one scale for all layers of Benchmark" in texts(app)


def test_a_layer_that_is_not_there_gives_the_first_convolution(open_page):
    app = open_page("layers", layer="conv9", channel="999")
    assert not app.exception
    assert "conv2d_1: Conv2D" in texts(app)


# ---- openings


def strongest(values: np.ndarray) -> tuple[int, int, int]:
    """(map, row, column): of the map with the largest sum of squares its value farthest from 0, in plain NumPy."""
    channel = int((values.astype(float) ** 2).sum(axis=(0, 1)).argmax())
    rows, columns = (side // 8 for side in values.shape[:2])  # left out on each side
    within = np.abs(values[rows:-rows, columns:-columns, channel])
    row, column = np.unravel_index(within.argmax(), within.shape)
    return channel, int(row) + rows, int(column) + columns


def maps_of(picture: str) -> dict[str, np.ndarray]:
    return jobs.feature_maps("benchmark", fitting.fit(bundled()[picture].picture.pixels, (32, 32)))


def test_pages_open_where_the_network_answers_most_and_say_so(open_page):
    values = maps_of("cat")["conv2d_1"]
    channel, row, column = strongest(values)
    told = f"Opened on map {channel}, which answers most to this picture (the largest sum of squares), at its strongest cell away from the border."
    cell = f"the cell in row {row}, column {column} is {number(values[row, column, channel])}"
    for name in ("layers", "explorer", "compare"):
        app = open_page(name, layer="conv2d_1")
        assert told in texts(app)
        assert "channel" not in link(app)
        if name != "explorer":
            assert cell in texts(app)
        else:
            assert f"How map {channel} of conv2d_1 is made" in texts(app)
            assert f"Row {row}, column {column} of conv2d_1 can see" in texts(app)


def test_what_nobody_has_chosen_opens_anew_and_what_somebody_has_stays(open_page):
    app = open_page("layers", layer="conv2d_4")
    assert f"**Map {strongest(maps_of('cat')['conv2d_4'])[0]} of conv2d_4**" in texts(app)
    app.session_state["picture"] = "ship"
    app.run()
    assert strongest(maps_of("ship")["conv2d_4"])[0] != strongest(maps_of("cat")["conv2d_4"])[0]
    assert f"**Map {strongest(maps_of('ship')['conv2d_4'])[0]} of conv2d_4**" in texts(app)
    app.session_state["channel"] = "5"
    app.session_state["picture"] = "cat"
    app.run()
    assert "**Map 5 of conv2d_4**" in texts(app)
    assert "Opened at its strongest cell away from the border." in texts(app)
    next(b for b in app.button if b.label == "Last convolution").click().run()
    assert f"Opened on map {strongest(maps_of('cat')['conv2d_6'])[0]}, which answers most" in texts(app)


def test_a_link_that_names_a_cell_opens_on_it(open_page):
    app = open_page("layers", layer="conv2d_4", channel="0", row="0", column="0")
    assert "**Map 0 of conv2d_4**" in texts(app)
    assert "the cell in row 0, column 0 is" in texts(app)
    assert "Opened" not in texts(app)


def test_a_vector_opens_on_its_strongest_unit(open_page):
    answer = jobs.predict("benchmark", fitting.fit(bundled()["cat"].picture.pixels, (32, 32)))
    app = open_page("explorer", layer="dense_2")
    assert (
        f"Opened on unit {answer.argmax()}, which answers most to this picture (the largest sum of squares)."
        in texts(app)
    )


def test_black_maps_are_counted(open_page):
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32))
    maps = jobs.feature_maps("benchmark", seen)["conv2d_1"]
    zeros = (maps == 0).mean(axis=(0, 1))
    silent, quiet = int(np.sum(zeros == 1)), int(np.sum((zeros > 0.9) & (zeros < 1)))
    faint = int(np.sum((maps.max(axis=(0, 1)) < 0.1 * maps.max()) & (zeros < 1)))
    app = open_page("layers", picture="cat")
    said = f"{silent} of 16 maps never fire on this picture, {quiet} more are 0 in over 90 % of their cells"
    assert said in texts(app)
    assert (
        f"of the maps that fire, {faint} never {'rises' if faint == 1 else 'rise'} above 10 % of this scale"
        in texts(app)
    )
    app.get_by_key("scale").set_value("unit").run()
    assert said in texts(app)
    assert "a tenth of this scale" not in texts(app)


def test_a_vector_has_one_scale(open_page):
    assert "map 0's" not in texts(open_page("layers", scale="unit", layer="dense_2"))


def test_a_network_says_what_it_knows(open_page):
    said = "Benchmark knows ten classes only: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck;"
    assert said in texts(open_page("layers", layer="dense_2"))
    assert said in texts(open_page("explorer"))
    both = said.replace("Benchmark knows", "Both know")
    for page in ("home", "compare"):
        assert both in texts(open_page(page))
    assert "LeNet knows ten classes only: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9;" in texts(open_page("digits"))


@pytest.mark.parametrize("page", ["home", "compare"])
def test_a_digit_is_no_class_of_networks_that_know_animals(open_page, page):
    shown = texts(open_page(page, picture="digit-1632"))
    assert "It is a 3; none of their classes has that name." in shown
    assert not re.search("so (only|neither|both)", shown)  # nobody is judged


def test_what_cuts_do_together_is_said_before_the_second(open_page):
    assert "Cuts are done one after the other" not in texts(open_page("explorer"))
    assert "Cuts are done one after the other" in texts(open_page("explorer", surgery="conv2d_2:silence:5"))


def test_a_layer_that_surgery_has_killed_is_told(open_page):
    cuts = "conv2d_2:silence:5;conv2d_2:keep:5"
    assert not open_page("explorer", surgery=cuts.split(";")[1]).warning
    app = open_page("explorer", surgery=f"{cuts};conv2d_2:negate:0-15")
    assert "All 16 channels of conv2d\\_2 are 0 now" in app.warning[0].value


# ---- compare


def test_the_two_softmaxes_are_those_of_the_networks(open_page):
    app = open_page("compare", picture="frog")
    seen = fitting.fit(bundled()["frog"].picture.pixels, (32, 32))
    for name in ("benchmark", "dummy"):
        p = jobs.predict(name, seen)
        assert f"Entropy {number(statistics.entropy(p))} of at most 3.32 bits" in texts(app)
    assert "It is a frog, so" in texts(app)


def test_any_two_networks_can_be_compared(open_page):
    app = open_page("compare", a="cifar10-500", b="cifar10-20000")
    assert "trained on 500 pictures" in texts(app)
    assert "trained on 20,000 pictures" in texts(app)


def test_a_network_beside_itself_gains_the_same(open_page):
    app = open_page("compare", a="dummy", b="dummy")
    assert not app.exception
    gains = re.findall(r"= \*\*(.+?) bits\*\*", texts(app))
    assert len(gains) == 2
    assert gains[0] == gains[1]


def test_the_layer_to_compare_is_one_click_away(open_page):
    app = open_page("compare", picture="frog")
    next(b for b in app.button if b.label == "First convolution").click().run()
    assert not app.exception
    assert app.selectbox(key="layer.choose").value == "conv2d_1"
    seen = fitting.fit(bundled()["frog"].picture.pixels, (32, 32))
    maps = [jobs.feature_maps(name, seen)["conv2d_1"] for name in ("benchmark", "dummy")]
    picture = bits_of(seen)
    for b in map(bits_of, maps):
        assert f"{number(picture)} − {number(b)} = **{number(picture - b)} bits**" in texts(app)


def bits_of(values: np.ndarray) -> float:
    """The entropy that a page states, by NumPy and SciPy alone: NumPy's own bins run from the smallest to the largest value."""
    return float(scipy.stats.entropy(np.histogram(values.astype(float), 64)[0], base=2))


@pytest.mark.parametrize("layer", ["conv2d_2", "conv2d_6", "dense_1"])
def test_one_layer_has_one_entropy_whatever_stands_beside_it(open_page, layer):
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32))
    values = jobs.feature_maps("benchmark", seen)[layer]
    of_layer, picture = number(bits_of(values)), number(bits_of(seen))
    gained = f"{picture} − {of_layer} = **{number(bits_of(seen) - bits_of(values))} bits**"
    for beside in ("dummy", "cifar10-500"):
        assert gained in texts(open_page("compare", b=beside, layer=layer, picture="cat"))
    assert f"whole layer {of_layer} bits" in texts(open_page("layers", layer=layer, picture="cat"))


def test_where_the_last_layer_is_black_is_said_both_ways(open_page):
    seen = fitting.fit(bundled()["cat"].picture.pixels, (32, 32))
    maps = [jobs.feature_maps(name, seen) for name in ("benchmark", "dummy")]
    zeros = {name: [percent(float(np.mean(m[name] == 0))) for m in maps] for name in ("conv2d_6", "dense_1")}
    for page, other in (("home", "the dummy"), ("compare", "Dummy")):
        app = open_page(page, picture="cat")
        dense, conv = (f"{n} ({zeros[n][0]} zeros, {other} {zeros[n][1]})" for n in ("dense_1", "conv2d_6"))
        assert f"On this picture that holds at {dense}, not at {conv}." in texts(app)
    next(b for b in app.button if b.label == "Last layer with maps").click().run()
    assert app.selectbox(key="layer.choose").value == "dense_1"


def test_how_long_each_was_trained_is_said(open_page):
    said = "Benchmark learned for 33 epochs, 12,903 steps of 128 pictures each, Dummy for 17 epochs, 1,343 steps."
    for page in ("home", "compare"):
        assert said in texts(open_page(page))


def test_the_same_map_of_both_comes_from_the_same_first_weights(open_page):
    kernels = [jobs.layer_weights(name, "conv2d_1")[0].reshape(27, 16).T for name in ("benchmark", "dummy")]
    cosines = cosine_similarity(*kernels)
    said = f"map 3 of conv2d_1 in the two: cosine {number(cosines[3, 3])}."
    count = int(np.sum(cosines.argmax(axis=1) == np.arange(16)))
    app = open_page("compare", layer="conv2d_1", channel="3")
    assert f"{said} {count} of 16 maps have the most similar weights" in texts(app)
    assert "Both networks began with the same weights (seed 1)" in texts(app)
    assert "The weights behind map" not in texts(open_page("compare", layer="flatten_1"))
    assert "map 3 of conv2d_2 in the two" in texts(open_page("compare", layer="pool_1", channel="3"))


def test_the_lesson_shows_a_picture_that_is_named_surely_and_wrongly(open_page):
    card = json.loads((ROOT / "assets" / "unknown.json").read_text())
    strange = {
        n: jobs.predict("benchmark", fitting.fit(b.picture.pixels, (32, 32)))
        for n, b in bundled().items()
        if not b.label
    }
    name, answer = max(strange.items(), key=lambda found: found[1].max())
    shown = texts(open_page("compare"))
    said = f"Benchmark says {LABELS[answer.argmax()]}, {percent(float(answer.max()))}."
    assert f"{bundled()[name].title} is none of its classes. {said}" in shown
    assert f"{percent(card['named']['truck']['share'])} automobile" in shown


def test_how_much_data_is_one_click_away(open_page):
    app = open_page("compare")
    assert "after 50,000" not in texts(app)
    app.toggle("amounts").set_value(True).run()
    assert not app.exception
    assert "Right on 28 % of 10,000 test pictures after 500, on 73 % after 50,000" in texts(app)
    items = component(app, "amounts")["items"]
    assert [item["title"] for item in items][::3] == ["500 pictures", "5,000 pictures", "50,000 pictures"]
    assert component(app, "amounts")["chosen"] == "dummy"
    app = open_page("compare", amounts="true", a="lenet")
    assert "No other network of the catalog differs" in texts(app)


def test_sections_are_one_click_away(open_page):
    app = open_page("compare", picture="cat", zoom="2")
    assert "what every section is called" not in texts(app)
    app.toggle("sections").set_value(True).run()
    assert not app.exception
    assert texts(app).count("what every section is called") == 2
    assert link(app)["sections"] == "True"


def test_a_picture_without_a_class_has_no_truth(open_page):
    app = open_page("compare", picture="coffee")
    assert "ConvLens does not know its class." in texts(app)
    assert "The true class is not known." in texts(app)


def test_homes_kernel_is_the_one_that_kernels_opens_with():
    assert home.KERNEL is KERNELS[STATE["kernel_1"].default]


def test_a_link_that_says_what_is_not_known_is_told(open_page):
    app = open_page("autoencoder", coder="plain-3", noise="33", draw="5", elsewhere="x")
    assert [each.value for each in app.toast] == [
        "What the link says of coder and noise is not known here. The page shows the usual."
    ]
    app.slider(key="noise").set_value(50).run()
    assert not app.toast  # once
    assert not open_page("autoencoder", coder="plain-2").toast


# ---- lessons


@pytest.mark.parametrize("name", STEPS)
def test_the_three_steps_of_a_page_are_done_by_a_click_with_the_picture_kept(open_page, name):
    app = open_page(name, picture="ship")
    for n, step in enumerate(STEPS[name], 1):
        if step.page:  # a link
            continue
        app.button(key=f"step.{name}.{n}").click().run()
        assert not app.exception
        assert {each: app.session_state[each] for each in step.sets} == dict(step.sets)
        assert link(app)["picture"] == "ship"
        assert {each for each, value in step.sets.items() if value != STATE[each].default} <= link(app).keys()
