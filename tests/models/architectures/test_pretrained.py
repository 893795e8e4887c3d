"""keras.applications, with small inputs and random weights, through the very code that fetches, guards and loads."""

import http.server
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras.src.applications import mobilenet_v3
from keras.src.utils import file_utils

from convlens.errors import InputError
from convlens.home import panels
from convlens.slices import jobs, snippets
from convlens.text import percent
from models.architectures import pretrained
from models.catalog import card_of, catalog, to_fetch
from models.imagenet import PRETRAINED, imagenet_folder
from models.running import loading, slicing
from scripts import fetch_imagenet
from tests.conftest import ROOT

SMALL = {"vgg19": 32, "inception-v3": 75, "resnet50": 32, "mobilenet-v3-small": 32, "efficientnet-v2-b0": 32}
LABELS = [f"thing {i}" for i in range(1000)]
MODULES = {
    "vgg19": "vgg19",
    "inception-v3": "inception_v3",
    "resnet50": "resnet50",
    "mobilenet-v3-small": "mobilenet_v3",
    "efficientnet-v2-b0": "efficientnet_v2",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Keras' cache as ``make imagenet`` leaves it, but for the weights."""
    place = tmp_path_factory.mktemp("keras")
    for name, side in SMALL.items():
        keras.utils.set_random_seed(5)
        pretrained.save(name, place / "convlens", pretrained.build(name, None, side), LABELS)
    yield place
    for key in [key for key in slicing.ready.cache if key[0] in SMALL]:
        del slicing.ready.cache[key]


@pytest.fixture
def fetched(home, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(home))
    return home / "convlens"


def some_picture(side: int) -> np.ndarray:
    return np.random.default_rng(6).random((side, side, 3), np.float32)


def test_all_five_are_there():
    assert list(PRETRAINED) == list(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_it_is_in_the_catalog_after_our_own(fetched, name):
    card = card_of(name)
    assert card.labels == tuple(LABELS)
    assert card.training_size == 1_281_167
    assert card.accuracy is None  # nobody has measured it here
    assert list(catalog()).index(name) > list(catalog()).index("digits-cnn")


@pytest.mark.parametrize("name", SMALL)
def test_layers_and_answer_are_those_of_keras_with_its_own_preprocessing(fetched, name):
    picture = some_picture(SMALL[name])
    model = keras.saving.load_model(fetched / f"{name}.keras")
    module = getattr(keras.applications, MODULES[name])
    given = module.preprocess_input((picture * 255)[None].copy())
    np.testing.assert_allclose(card_of(name).prepare(picture), given[0], atol=1e-3)
    found = jobs.feature_maps(name, picture)
    np.testing.assert_allclose(list(found.values())[-1], np.asarray(model(given, training=False))[0], atol=1e-5)
    names = [layer.name for layer in model.layers]
    assert set(list(found)[1:]) == set(names[1:])
    middle = names[len(names) // 2]
    expected = np.asarray(keras.Model(model.inputs[0], model.get_layer(middle).output)(given, training=False))[0]
    np.testing.assert_allclose(found[middle], expected, atol=1e-3, rtol=1e-3)


def test_the_hard_sigmoid_is_mobilenets_own(fetched):
    ours = keras.saving.load_model(fetched / "mobilenet-v3-small.keras")
    theirs = keras.applications.MobileNetV3Small(weights=None, input_shape=(32, 32, 3))
    theirs.set_weights(ours.get_weights())
    picture = some_picture(32)[None] * 255
    np.testing.assert_allclose(
        np.asarray(ours(picture, training=False)), np.asarray(theirs(picture, training=False)), atol=1e-6
    )


@pytest.mark.parametrize(
    ("name", "layer", "width"),
    [
        ("vgg19", "fc2", 4096),
        ("inception-v3", "avg_pool", 2048),
        ("resnet50", "avg_pool", 2048),
        ("mobilenet-v3-small", None, 1024),
        ("efficientnet-v2-b0", "avg_pool", 1280),
    ],
)
def test_vectors_of_the_penultimate_layer(fetched, name, layer, width):
    picture = some_picture(SMALL[name])
    found = jobs.vectors(name, picture[None])
    assert found.shape == (1, width)
    if layer:
        assert slicing.sliced(name).vector_layer == layer
        np.testing.assert_allclose(found[0], jobs.feature_maps(name, picture)[layer].ravel(), atol=1e-5)


@pytest.mark.parametrize("name", ["vgg19", "inception-v3"])
def test_the_code_prepares_as_the_card_does(fetched, name, tmp_path, monkeypatch):
    from PIL import Image

    card = card_of(name)
    side = SMALL[name]
    rgb = np.rint(some_picture(side) * 255).astype(np.uint8)
    Image.fromarray(rgb).save(tmp_path / "picture.png")
    (tmp_path / f"{name}.keras").symlink_to(fetched / f"{name}.keras")
    monkeypatch.chdir(tmp_path)
    network = snippets.Network(card.place, card.input_shape, card.range_for(None), card.answer, card.plain, card.minus)
    space: dict = {}
    exec(compile(snippets.softmax((network,), "crop", 0.5), "snippet", "exec"), space)
    np.testing.assert_allclose(space["answers"][0], jobs.predict(name, rgb.astype(np.float32) / 255), atol=1e-6)


def test_a_changed_file_is_refused(fetched):
    card = json.loads((fetched / "resnet50.json").read_text())
    (fetched / "resnet50.json").write_text(json.dumps(card | {"sha256": "0" * 64}))
    try:
        with pytest.raises(InputError, match="resnet50.keras has SHA-256 (.|\n)*the file was changed"):
            loading.load("resnet50")
    finally:
        (fetched / "resnet50.json").write_text(json.dumps(card))


def test_networks_used_long_ago_are_dropped():
    kept = slicing.ready.cache
    kept.clear()

    def names() -> set[str]:
        return {key if isinstance(key, str) else key[0] for key in kept}

    for name in ("dummy", "benchmark", "cifar10-500"):
        slicing.sliced(name)
    assert slicing.sliced("dummy").bytes == 4 * 54_106
    kept["VGG19"] = SimpleNamespace(bytes=575_000_000)
    assert names() == {"cifar10-500", "dummy", "VGG19"}
    kept["huge"] = SimpleNamespace(bytes=3_000_000_000)
    assert names() == {"huge"}  # the one that is used is kept, whatever its size
    slicing.sliced("lenet")
    assert names() == {"lenet"}
    for n in range(slicing.MOST_KEPT):
        kept[f"small {n}"] = SimpleNamespace(bytes=1)
    assert names() == {f"small {n}" for n in range(slicing.MOST_KEPT)}
    kept.clear()


def run(monkeypatch, *words) -> None:
    monkeypatch.setattr(sys, "argv", ["fetch_imagenet.py", *words])
    fetch_imagenet.main()


def test_the_command_fetches_builds_checks_and_keeps(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    real = pretrained.build
    monkeypatch.setattr(pretrained, "build", lambda name: real(name, None, 32))  # as if Keras had fetched the weights
    index = tmp_path / "index.json"
    index.write_text(json.dumps({str(i): [f"n{i}", f"great_white_{i}"] for i in range(1000)}))
    monkeypatch.setattr(keras.utils, "get_file", lambda *args, **more: str(index))
    run(monkeypatch, "mobilenet-v3-small")
    assert f"mobilenet-v3-small: {imagenet_folder() / 'mobilenet-v3-small.keras'}, " in capsys.readouterr().out
    assert card_of("mobilenet-v3-small").labels[7] == "great white 7"
    assert [path.suffix for path in sorted(imagenet_folder().iterdir())] == [".json", ".keras"]
    monkeypatch.setattr(pretrained, "build", lambda name: pytest.fail("it is there already"))
    run(monkeypatch, "mobilenet-v3-small")
    assert "mobilenet-v3-small is there" in capsys.readouterr().out


def test_offline_it_says_how_to_get_them(tmp_path, monkeypatch):
    """By Keras' own way to fetch, from where nobody answers."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mobilenet_v3, "BASE_WEIGHT_PATH", "http://127.0.0.1:9/")
    with pytest.raises(
        SystemExit, match="mobilenet-v3-small cannot be fetched: URL fetch failure(.|\n)*copy .*convlens from a machine"
    ):
        run(monkeypatch, "mobilenet_v3_small")
    assert "mobilenet-v3-small" not in catalog()
    assert "mobilenet-v3-small" in to_fetch()


def test_make_names_one_network_in_either_spelling(monkeypatch):
    asked = []
    monkeypatch.setattr(pretrained, "fetch", lambda name: asked.append(name) or Path(__file__))
    for network in ("mobilenet_v3_small", "mobilenet-v3-small"):
        # `make test` hands its own level on, with which make also prints where it enters and leaves
        command = ["make", "--no-print-directory", "-n", "imagenet", f"NETWORK={network}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        words = done.stdout.splitlines()[-1].split()
        run(monkeypatch, *words[words.index("scripts/fetch_imagenet.py") + 1 :])
    assert asked == ["mobilenet-v3-small"] * 2


def test_sizes_are_those_of_the_weights(fetched):
    """A file of weights holds four bytes for each, and some names: by Keras' counts, VGG19's largest layer at its usual size."""
    for name, entry in PRETRAINED.items():
        weights = card_of(name).weights
        if name == "vgg19":
            weights += (7 * 7 - 1) * 512 * 4096
        assert 4 * weights < entry.bytes < 4 * weights * 1.06
    total = sum(entry.bytes for entry in PRETRAINED.values()) / 1e6
    makefile = (ROOT / "Makefile").read_text()
    assert f"({round(total, -2):.0f} MB; NETWORK=mobilenet_v3_small: that one, {PRETRAINED['mobilenet-v3-small'].megabytes} MB)" in makefile  # fmt: skip


def test_the_download_is_watched_where_keras_puts_it(tmp_path, monkeypatch):
    """Keras writes into the file from the beginning; so its size says how much has come."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with http.server.HTTPServer(("127.0.0.1", 0), Half) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
        monkeypatch.setattr(mobilenet_v3, "BASE_WEIGHT_PATH", f"http://127.0.0.1:{server.server_port}/")
        entry = PRETRAINED["mobilenet-v3-small"]
        fetched = ThreadPoolExecutor(1).submit(pretrained.fetch, "mobilenet-v3-small")
        assert Half.sent.wait(60)
        assert wait_for(lambda: entry.fetched() > 0.9 * len(Half.part))  # whole blocks
        Half.go_on.set()
        assert isinstance(fetched.exception(60), InputError)
        server.shutdown()
    assert entry.fetched() == 0  # Keras drops what is cut off


class Half(http.server.BaseHTTPRequestHandler):
    """Sends half of what it has promised, waits, and hangs up."""

    part, sent, go_on = b"x" * 100_000, threading.Event(), threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(2 * len(self.part)))
        self.end_headers()
        self.wfile.write(self.part)
        self.wfile.flush()
        self.sent.set()
        self.go_on.wait(60)

    def log_message(self, *_) -> None:
        """The test's output stays its own."""


def wait_for(true, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_an_unknown_network_is_refused(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "alexnet")
    assert "alexnet: expected some of vgg19" in capsys.readouterr().err


def test_pages_take_them(fetched, open_page, in_this_process):
    from tests.pages.test_own_networks import seen_by
    from tests.pages.test_pages import texts

    app = open_page("compare", a="mobilenet-v3-small", b="efficientnet-v2-b0", picture="cat")
    assert not app.exception
    assert "The 10 likeliest of 1,000 classes are drawn." in texts(app)
    for page in ("layers", "explorer"):
        app = open_page(page, network="vgg19", picture="cat")
        assert not app.exception
        assert not app.error
    said = jobs.predict("mobilenet-v3-small", seen_by("mobilenet-v3-small", "cat"))
    app = open_page("home", picture="cat")
    assert not app.exception
    assert f"A network that knows 1,000 things says: {LABELS[said.argmax()]}, {percent(float(said.max()))}" in texts(
        app
    )
    assert (
        "The 5 likeliest of 1,000 classes are drawn. What is none of them gets one of their names all the same."
        in texts(app)
    )


def test_where_no_network_knows_a_thousand_things_home_says_nothing_of_it():
    assert panels.knows_many() is None
