"""Is this .keras file safe to build? Answered from its zip and its config.json alone, before Keras sees any of it.

A .keras file is a zip with ``config.json`` (which classes to build, with which arguments), ``metadata.json`` and
``model.weights.h5``. Whoever writes the config chooses what Python builds; so only classes from the lists here may be
named in it, nothing of one's own, no Lambda. Never imports Keras.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from convlens.errors import InputError
from convlens.layers import LAYER_NAME

MIB = 1 << 20
MEMBERS = {"config.json": 8 * MIB, "metadata.json": MIB, "model.weights.h5": 1024 * MIB}  # name → bytes at most
EXPANSION = 40  # of a member; weights hardly shrink, a bomb shrinks a thousand times
LAYERS = 1000
LARGEST = 1 << 20  # of any whole number in the config: units, filters, kernel sizes, a target shape
LONGEST = 4096  # any list in the config but the list of layers and of nodes

CONTAINERS = {"Functional", "Sequential"}
EXPLAINED = {
    "InputLayer", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "BatchNormalization", "Dense",
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "MaxPooling2D", "AveragePooling2D",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum",
    "Concatenate", "ZeroPadding2D", "Cropping2D", "UpSampling2D", "Dropout", "SpatialDropout2D", "GaussianNoise",
    "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity", "Flatten", "Reshape", "Rescaling",
}  # fmt: skip
SHOWN = {
    "LayerNormalization",
    "GroupNormalization",
    "UnitNormalization",
    "Normalization",
    "Permute",
    "RMSNormalization",
}
ALLOWED_LAYERS = EXPLAINED | SHOWN
INITIALIZERS = {
    "Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "GlorotNormal",
    "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal", "IdentityInitializer",
}  # fmt: skip
ALLOWED = {
    "keras.layers": ALLOWED_LAYERS,
    "keras.initializers": INITIALIZERS,
    "keras.regularizers": {"L1", "L2", "L1L2"},
    "keras.constraints": {"MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"},
    "keras": {"DTypePolicy", "Functional", "Sequential", "Model"},
    "keras.models": {"Functional", "Sequential", "Model"},
    "keras.src.models.functional": {"Functional"},
    "keras.src.models.sequential": {"Sequential"},
}
NAMED = {"Lambda", "Functional", "Sequential", "Model"}
MARKERS = {"__keras_tensor__", "__tuple__"}  # Keras' own notes on structure; they build nothing
ACTIVATIONS = {
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "swish",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh",
    "tanh_shrink", "threshold", "sparsemax", "glu",
}  # fmt: skip


def read_config(file: Path) -> dict:
    """The config of a .keras file that may be built.

    Raises:
        InputError: the file is no such zip, is too large, or names what is not on the lists; the text says which layer.
    """
    config = _parsed(file)
    count = 0
    for layer, part in _objects(config):
        count += part.get("class_name") in ALLOWED_LAYERS
        _check_class(file.name, layer, part)
    if count > LAYERS:
        raise InputError(f"{file.name} has {count:,} layers. Expected {LAYERS:,} at most.")
    return config


def _parsed(file: Path) -> dict:
    if file.suffix != ".keras":
        raise InputError(f"{file.name} is no .keras file. Save the network with model.save('{file.stem}.keras').")
    hint = f"Save the network anew with model.save('{file.name}')."
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(file.name, archive.infolist())
            text = archive.read("config.json")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zipfile.zlib.error) as error:
        kind = "is an HDF5 file that was renamed" if _is_hdf5(file) else "is no .keras file, or is damaged or cut off"
        raise InputError(f"{file.name} {kind}. {hint}") from error
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The config.json of {file.name} cannot be read. {hint}") from error
    if not isinstance(config, dict) or config.get("class_name") not in CONTAINERS:
        found = config.get("class_name") if isinstance(config, dict) else type(config).__name__
        raise InputError(f"{file.name} holds a {found!s:.80}. Expected a functional or sequential Keras model.")
    return {key: config.get(key) for key in ("module", "class_name", "config", "registered_name", "build_config")}


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > len(MEMBERS) or sorted(names) != sorted(MEMBERS):
        odd = next((n for n in names if n not in MEMBERS), None)
        what = f"holds '{odd:.80}'" if odd else f"holds {len(names)} files of which some are missing or double"
        raise InputError(f"{name} {what}. Expected {', '.join(MEMBERS)}, and nothing else.")
    for member in members:
        most = MEMBERS[member.filename]
        if member.file_size > most:
            size = f"{member.file_size / MIB:,.0f} MiB"
            raise InputError(f"{member.filename} of {name} has {size}. Expected {most // MIB:,} MiB at most.")
        if member.file_size > MIB and member.file_size > EXPANSION * max(member.compress_size, 1):
            raise InputError(
                f"{member.filename} of {name} would grow from {member.compress_size:,} to {member.file_size:,} bytes "
                "when it is unpacked. That looks like a zip bomb; it was not unpacked."
            )


def _is_hdf5(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(8) == b"\x89HDF\r\n\x1a\n"
    except OSError:
        return False


def _objects(config: dict) -> Iterator[tuple[str, dict]]:
    """Every dict of the config that names a class or module, with the name of the layer it belongs to."""
    stack: list[tuple[str, str, object]] = [("the network itself", "", config)]
    while stack:
        layer, key, part = stack.pop()
        if isinstance(part, dict):
            inner = part.get("config")
            if isinstance(inner, dict) and "name" in inner and part.get("class_name") in ALLOWED_LAYERS | NAMED:
                layer = f"layer '{inner['name']!s:.80}'"
            if part.keys() & {"class_name", "module", "registered_name"}:
                yield layer, part
            stack += [(layer, name, value) for name, value in part.items() if name != "shared_object_id"]
        elif isinstance(part, list):
            if key not in ("layers", "inbound_nodes") and len(part) > LONGEST:
                raise InputError(f"A list in {layer} has {len(part):,} entries. Expected {LONGEST:,} at most.")
            stack += [(layer, "", value) for value in part]
        elif isinstance(part, int | float) and not abs(part) <= LARGEST:  # NaN too
            raise InputError(f"A number in {layer} is {part:.6g}. Expected {LARGEST:,} at most.")


def _check_class(file: str, layer: str, part: dict) -> None:
    module, name = part.get("module"), part.get("class_name")
    if name in MARKERS and module is None:
        return
    if name == "Lambda":
        raise InputError(f"{file} has a Lambda in {layer}: code of its own. ConvLens builds Keras' own layers only.")
    if not isinstance(name, str) or name not in ALLOWED.get(module, ()):
        shown = f"{module}.{name}" if module else str(name)
        raise InputError(f"{file} names {shown:.120} in {layer}. ConvLens builds Keras' own layers only, without code.")
    if part.get("registered_name") not in (None, name):
        raise InputError(
            f"{file} names the registered class {part['registered_name']!s:.80} in {layer}. "
            "ConvLens builds Keras' own layers only, without code."
        )
    settings = part.get("config")
    own = settings.get("name", "x") if isinstance(settings, dict) else "x"
    if isinstance(own, str) and not LAYER_NAME.fullmatch(own):
        raise InputError(
            f"{file} has a {name} named '{own:.80}'. Expected letters without accents, digits, _ . - and at most 160 of them."
        )
    if module == "keras.layers" and isinstance(settings, dict):
        activation = settings.get("activation", "linear")
        if isinstance(activation, str) and activation not in ACTIVATIONS:
            raise InputError(f"{file} has the activation {activation!s:.80} in {layer}, which ConvLens does not know.")
        if settings.get("data_format") == "channels_first":
            raise InputError(f"{file} has channels first in {layer}. ConvLens takes channels last only.")
