"""Hostile and broken files: each is refused in bounded time and memory, with a sentence; the catalog stays."""

import copy
import io
import json
import time
import tracemalloc
import zipfile
from pathlib import Path

import keras
import pytest

from convlens.errors import InputError
from models.catalog import card_of, catalog, refused
from models.checks import guard, structure
from models.running import loading, slicing
from tests.convlens.pictures.test_gathering import far_away

L = keras.layers


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    return tmp_path


def small() -> keras.Model:
    inputs = L.Input((8, 8, 3), name="photo")
    x = L.Conv2D(2, 3, activation="relu", name="conv")(inputs)
    return keras.Model(inputs, L.Dense(2, name="answer")(L.Flatten(name="flat")(x)), name="small")


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    file = tmp_path_factory.mktemp("good") / "small.keras"
    small().save(file)
    return file.read_bytes()


def with_config(good: bytes, change) -> bytes:
    """The file with its config changed: ``change`` gets the dict and may return another."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                config = change(config) or config
                data = config if isinstance(config, bytes) else json.dumps(config).encode()
            new.writestr(name, data)
    return buffer.getvalue()


def layer(config: dict, name: str) -> dict:
    return next(each for each in config["config"]["layers"] if each["config"]["name"] == name)


def put(name: str, key: str, value):
    return lambda config: layer(config, name)["config"].update({key: value})


def become(name: str, **keys):
    return lambda config: layer(config, name).update(keys)


def reads(name: str, history: list):
    return lambda config: layer(config, name)["inbound_nodes"][0]["args"][0]["config"].update(keras_history=history)


def after_flat(config: dict) -> dict:
    """A normalisation between the flattening and the answer, of which the file has no weights."""
    more = L.BatchNormalization(name="norm")
    made = keras.saving.serialize_keras_object(more) | {"name": "norm"}
    tensor = copy.deepcopy(layer(config, "answer")["inbound_nodes"])
    layer(config, "answer")["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["norm", 0, 0]
    return made | {"inbound_nodes": tensor}


def zipped(members: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


FUNCTION = {"module": "builtins", "class_name": "function", "config": "system", "registered_name": "function"}
CODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}

# what it is → (how the good file is changed, what the sentence says)
HOSTILE = {
    "a Lambda layer": (
        lambda g: with_config(g, become("conv", class_name="Lambda")),
        r"has a Lambda in layer 'conv': code of its own",
    ),
    "a lambda as an activation": (
        lambda g: with_config(g, put("conv", "activation", CODE)),
        r"names __lambda__ in layer 'conv'",
    ),
    "a function as an activation": (
        lambda g: with_config(g, put("conv", "activation", FUNCTION)),
        r"names builtins.function in layer 'conv'",
    ),
    "an unknown activation": (
        lambda g: with_config(g, put("conv", "activation", "os.system")),
        r"'activation' of layer 'conv' is the text 'os.system'. Expected an activation that ConvLens knows",
    ),
    "a wrong class path": (
        lambda g: with_config(g, become("conv", module="os", class_name="system")),
        r"names os.system in",
    ),
    "a class inside Keras that is no layer": (
        lambda g: with_config(g, become("conv", module="keras.utils", class_name="get_file")),
        r"names keras.utils.get_file in",
    ),
    "a layer that reads files": (
        lambda g: with_config(g, become("conv", class_name="TFSMLayer")),
        r"names keras.layers.TFSMLayer in",
    ),
    "a registered class of somebody's own": (
        lambda g: with_config(g, become("conv", registered_name="Mine>Layer")),
        r"the registered class Mine>Layer in layer 'conv'",
    ),
    "an initializer from elsewhere": (
        lambda g: with_config(g, put("conv", "kernel_initializer", {"module": "posix", "class_name": "system", "config": {}})),
        r"names posix.system in layer 'conv'",
    ),
    "no zip at all": (lambda g: b"hello" * 100, r"is no \.keras file, or is damaged or cut off"),
    "an empty file": (lambda g: b"", r"is no \.keras file, or is damaged or cut off"),
    "a truncated zip": (lambda g: g[: len(g) // 2], r"is no \.keras file, or is damaged or cut off"),
    "a damaged member": (
        lambda g: g.replace(b'"class_name": "Functional"', b'"class_name": "Functionax"'),
        r"is no \.keras file, or is damaged or cut off",
    ),
    "HDF5 renamed": (lambda g: b"\x89HDF\r\n\x1a\n" + b"\0" * 500, r"is an HDF5 file that was renamed"),
    "a zip bomb in the weights": (
        lambda g: zipped({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b"\0" * (200 << 20)}),
        r"model.weights.h5 of .* That looks like a zip bomb",
    ),
    "a zip bomb in the config": (
        lambda g: zipped({"config.json": b" " * (300 << 20), "metadata.json": b"{}", "model.weights.h5": b""}),
        r"config.json of .* has 300 MiB. Expected 8 MiB at most",
    ),
    "a member with a path": (
        lambda g: zipped({"config.json": b"{}", "../../evil": b"", "model.weights.h5": b""}),
        r"holds '../../evil'. Expected config.json, metadata.json, model.weights.h5, and nothing else",
    ),
    "10,000 members": (
        lambda g: zipped({f"a{i}": b"" for i in range(10_000)}),
        r"holds 'a0'. Expected config.json",
    ),
    "JSON that is none": (lambda g: with_config(g, lambda c: b"{" * 50), r"config.json of .* cannot be read"),
    "JSON a million deep": (lambda g: with_config(g, lambda c: b"[" * 1_000_000), r"config.json of .* cannot be read"),
    "a list instead of a network": (lambda g: with_config(g, lambda c: b"[1]"), r"holds a list. Expected a functional"),
    "another kind of network": (
        lambda g: with_config(g, lambda c: c.update(class_name="Evil")),
        r"holds a Evil. Expected a functional or sequential Keras model",
    ),
    "absurd filters": (
        lambda g: with_config(g, put("conv", "filters", 10**9)),
        r"A number in layer 'conv' is 1e\+09. Expected 1,048,576 at most",
    ),
    "an infinite number": (
        lambda g: with_config(g, put("conv", "filters", float("inf"))),
        r"A number in layer 'conv' is inf",
    ),
    "a picture of a million pixels a side": (
        lambda g: with_config(g, put("photo", "batch_shape", [None, 1_000_000, 1_000_000, 3])),
        r"takes an input of 1000000 × 1000000 × 3. Expected rows × columns × 3",
    ),
    "a picture of any size": (
        lambda g: with_config(g, put("photo", "batch_shape", [None, None, None, 3])),
        r"takes an input of any × any × 3. Expected",
    ),
    "five channels": (
        lambda g: with_config(g, put("photo", "batch_shape", [None, 8, 8, 5])),
        r"takes an input of 8 × 8 × 5. Expected",
    ),
    "channels first": (lambda g: with_config(g, put("conv", "data_format", "channels_first")), r"channels first in layer 'conv'"),
    "two outputs": (
        lambda g: with_config(g, lambda c: c["config"].update(output_layers=[["conv", 0, 0], ["answer", 0, 0]])),
        r"has 2 outputs in 'small'. ConvLens takes networks with one",
    ),
    "two inputs": (
        lambda g: with_config(g, lambda c: c["config"].update(input_layers=[["photo", 0, 0], ["flat", 0, 0]])),
        r"has 2 inputs in 'small'",
    ),
    "a shared layer": (
        lambda g: with_config(g, lambda c: layer(c, "conv")["inbound_nodes"].append(copy.deepcopy(layer(c, "conv")["inbound_nodes"][0]))),
        r"uses the layer 'conv' more than once. ConvLens takes no shared layers",
    ),
    "a name that TensorFlow does not trace": (
        lambda g: with_config(g, put("conv", "name", "my conv;<b>")),
        r"has a Conv2D named 'my conv;<b>'. Expected letters without accents",
    ),
    "no layers": (lambda g: with_config(g, lambda c: c["config"].update(layers=[])), r"has no layers"),
    "2,000 layers": (
        lambda g: with_config(g, lambda c: c["config"]["layers"].extend(copy.deepcopy(layer(c, "flat")) for _ in range(2000))),
        r"has 2,004 layers. Expected 1,000 at most",
    ),
    "a stride of zero": (
        lambda g: with_config(g, put("conv", "strides", [0, 1])),
        r"'strides' of layer 'conv'\[0\] is 0. Expected a whole number",
    ),
    "a string for a number": (
        lambda g: with_config(g, put("conv", "filters", "many")),
        r"'filters' of layer 'conv' is the text 'many'. Expected a whole number from 1 to 1,048,576",
    ),
    "a kernel spread over a million pixels": (
        lambda g: with_config(g, put("conv", "dilation_rate", 1 << 20)),
        r"'dilation_rate' of layer 'conv' is 1048576. Expected a whole number from 1 to 64",
    ),
    "a constant that is a list": (
        lambda g: with_config(g, put("conv", "bias_initializer", {"module": "keras.initializers", "class_name": "Constant", "config": {"value": [1, 2]}})),
        r"'bias_initializer' of layer 'conv', a Constant, is a list of 2 values. Expected a number",
    ),
    "a layer as an activation": (
        lambda g: with_config(g, put("conv", "activation", {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "relu"}})),
        r"'activation' of layer 'conv' is an object of 3 fields. Expected an activation",
    ),
    "a network as an initializer": (
        lambda g: with_config(g, lambda c: put("conv", "bias_initializer", copy.deepcopy(c))(c)),
        r"'bias_initializer' of layer 'conv' is an object of class Functional, which has no place there",
    ),
    "a link to nobody": (
        lambda g: with_config(g, reads("flat", ["nobody", 0, 0])),
        r"has no layer 'nobody', which the layer 'flat' reads",
    ),
    "a link to a call that there is not": (
        lambda g: with_config(g, reads("flat", ["conv", 3, 0])),
        r"does not say what the layer 'flat' reads. Expected \[layer, 0, 0\]",
    ),
    "a circle": (
        lambda g: with_config(g, reads("conv", ["flat", 0, 0])),
        r"layers that read one another in a circle: (conv → flat → conv|flat → conv → flat)",
    ),
    "two layers of one name": (
        lambda g: with_config(g, lambda c: c["config"]["layers"].append(copy.deepcopy(layer(c, "flat")))),
        r"more than one layer named 'flat'",
    ),
    "a mean that is a text": (
        lambda g: with_config(g, become("flat", class_name="Normalization", config={"name": "flat", "mean": "many"})),
        r"'mean' of layer 'flat' is the text 'many'. Expected a number",
    ),
    "a link among half a million zeros": (
        lambda g: with_config(g, lambda c: layer(c, "flat")["inbound_nodes"][0]["args"].extend([[0] * 4000] * 125)),
        r"More than 400,000 values stand in the config, here in layer 'flat'",
    ),
    "an endless list": (
        lambda g: with_config(g, put("conv", "kernel_size", list(range(5000)))),
        r"A list in layer 'conv' has 5,000 entries",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_the_rest_stays(folder, good, what):
    change, sentence = HOSTILE[what]
    (folder / "evil.keras").write_bytes(change(good))
    (folder / "good.keras").write_bytes(good)
    tracemalloc.start()
    start = time.process_time()
    cards, why = catalog(), refused()
    spent = time.process_time() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "evil" not in cards
    assert {"good", "benchmark", "dummy"} <= set(cards)
    assert list(why) == ["evil.keras"]
    with pytest.raises(InputError, match=f"(?s){sentence}"):
        card_of("evil")
    assert "evil.keras" in why["evil.keras"] or "layer" in why["evil.keras"]
    assert len(why["evil.keras"]) < 600
    assert peak < 100 << 20
    assert spent < 20  # a hang, not a speed: each takes milliseconds


# what passes the config's checks, but cannot be built
UNFIT = {
    "a kernel that does not fit": (
        put("conv", "kernel_size", [9, 9]),
        r"passes the checks, but Keras .* cannot build it",
    ),
    "a layer without weights in the file": (
        lambda c: c["config"]["layers"].insert(3, after_flat(c)),
        r"passes the checks, but Keras .* cannot build it",
    ),
    "other weights than the layers": (put("conv", "filters", 3), r"passes the checks, but Keras .* cannot build it"),
}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("conv", "evil.keras passes the checks, but Keras .* cannot run it: "),
        ("answer", r"'answer' of evil.keras answers with \(1,\) values instead of \(2,\)"),
    ],
)
def test_what_is_built_but_cannot_be_run_is_refused(folder, good, name, sentence):
    (folder / "evil.keras").write_bytes(with_config(good, put(name, "activation", "glu")))  # it halves the channels
    with pytest.raises(InputError, match=sentence):
        slicing.sliced("evil")


@pytest.mark.parametrize("what", UNFIT)
def test_what_cannot_be_built_is_refused(folder, good, what):
    change, sentence = UNFIT[what]
    (folder / "evil.keras").write_bytes(with_config(good, change))
    assert "evil" in catalog()
    with pytest.raises(InputError, match=sentence):
        loading.load("evil")


def resident() -> int:
    """Bytes of memory that this process holds, where the system tells; 0 elsewhere."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 if status.exists() else 0


def grown(config: dict) -> None:
    """720 million weights, with shapes that agree."""
    put("conv", "filters", 20_000)(config)
    put("answer", "units", 1000)(config)
    layer(config, "flat")["build_config"] = {"input_shape": [None, 6, 6, 20_000]}
    layer(config, "answer")["build_config"] = {"input_shape": [None, 720_000]}


def test_a_bomb_of_weights_is_refused_before_anything_is_allocated(folder, good):
    (folder / "evil.keras").write_bytes(with_config(good, grown))
    before = resident()
    with pytest.raises(
        InputError, match=r"The layer 'answer' of evil.keras has 720,001,000 weights. Expected 200,000,000"
    ):
        loading.load("evil")
    assert resident() - before < 200 << 20


def test_a_bomb_of_values_is_refused(folder):
    inputs = L.Input((1024, 1024, 3))
    x = L.GlobalAveragePooling2D()(L.Conv2D(100, 1, name="wide")(inputs))
    keras.Model(inputs, L.Dense(2)(x)).save(folder / "evil.keras")
    with pytest.raises(InputError, match=r"evil.keras has 108,003,328 values up to the layer 'wide' for one picture"):
        loading.load("evil")


def test_links_among_many_values_are_found_in_time_that_grows_as_they_do():
    def spent(count: int) -> float:
        layer = {"inbound_nodes": [{"args": [0] * count}]}
        start = time.process_time()
        assert structure.sources_of(layer) == []
        return time.process_time() - start

    assert spent(300_000) < 40 * min(spent(30_000) for _ in range(3))  # ten times as many


def test_every_refusal_of_the_shipped_networks_would_be_a_fault():
    assert refused() == {}
    for card in catalog().values():
        assert guard.read_config(card.file)["class_name"] == "Functional"


def test_only_keras_files_are_read(tmp_path):
    with pytest.raises(
        InputError, match=r"network.h5 is no .keras file. Save the network with model.save\('network.keras'\)"
    ):
        guard.read_config(tmp_path / "network.h5")


def test_a_member_far_beyond_its_archive_is_damage(tmp_path):
    file = tmp_path / "far.keras"
    file.write_bytes(far_away("config.json", "metadata.json", "model.weights.h5"))
    with pytest.raises(InputError, match="far.keras is no .keras file, or is damaged or cut off"):
        guard._parsed(file)
