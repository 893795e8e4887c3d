"""Is this .keras file safe to build? Answered from its zip and its config.json alone, before Keras sees any of it.

A .keras file is a zip with ``config.json`` (which classes to build, with which arguments), ``metadata.json`` and
``model.weights.h5``. Whoever writes the config chooses what Python builds; so only classes from the lists here may be
named in it, nothing of one's own, no Lambda. Never imports Keras.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from convlens.errors import InputError
from convlens.files import BROKEN
from convlens.networks.layers import LAYER_NAME
from models.checks.opening import MIB, open_regular, parse, shown
from models.checks.structure import LARGEST, NETWORKS, check

MEMBERS = {"config.json": 8 * MIB, "metadata.json": MIB, "model.weights.h5": 1024 * MIB}  # name → bytes at most
STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Keras writes the first; bzip2 and LZMA shrink a bomb to nothing
EXPANSION = 40  # of a member; weights hardly shrink, a bomb shrinks a thousand times
LAYERS = 1000
PARTS = 400_000  # values of a config in all; InceptionResNetV2 has 45,000
LONGEST = 4096  # any list in the config but the list of layers and of nodes

CONTAINERS = ("Functional", "Sequential")
ALLOWED_LAYERS = {
    "InputLayer", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "BatchNormalization", "Dense",
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "MaxPooling2D", "AveragePooling2D",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum",
    "Concatenate", "ZeroPadding2D", "Cropping2D", "UpSampling2D", "Dropout", "SpatialDropout2D", "GaussianNoise",
    "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity", "Flatten", "Reshape", "Rescaling",
    "LayerNormalization", "GroupNormalization", "UnitNormalization", "Normalization", "Permute", "RMSNormalization",
}  # fmt: skip
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
NOTES = ("__keras_tensor__", "__tuple__")  # Keras' own, on structure; they build nothing
NAMED = ("Lambda", *NETWORKS, *ALLOWED_LAYERS)


def read_config(file: Path) -> dict:
    """The config of a .keras file that may be built.

    Raises:
        InputError: the file is no such zip, is too large, names what is not on the lists, or does not hang together; the
            text says which layer.
    """
    config, name = _parsed(file), shown(file)
    count = 0
    for layer, part in _objects(config):
        _check_class(name, layer, part)
        count += part["class_name"] in ALLOWED_LAYERS
    if count > LAYERS:
        raise InputError(f"{name} has {count:,} layers. Expected {LAYERS:,} at most.")
    check(name, config)
    return config


def _parsed(file: Path) -> dict:
    name = shown(file)
    if file.suffix != ".keras":
        raise InputError(f"{name} is no .keras file. Save the network with model.save('{file.stem}.keras').")
    hint = f"Save the network anew with model.save('{name}')."
    with open_regular(file, sum(MEMBERS.values()) + MIB) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                _check_members(name, archive.infolist())
                text = archive.read("config.json")
        except InputError:
            raise
        except BROKEN as error:
            opened.seek(0)
            hdf5 = opened.read(8) == b"\x89HDF\r\n\x1a\n"
            kind = "is an HDF5 file that was renamed" if hdf5 else "is no .keras file, or is damaged or cut off"
            raise InputError(f"{name} {kind}. {hint}") from error
    config = parse(f"The config.json of {name}", text, hint)
    if not isinstance(config, dict) or config.get("class_name") not in CONTAINERS:
        found = config.get("class_name") if isinstance(config, dict) else type(config).__name__
        raise InputError(f"{name} holds a {found!s:.80}. Expected a functional or sequential Keras model.")
    return {key: config.get(key) for key in ("module", "class_name", "config", "registered_name", "build_config")}


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > len(MEMBERS) or sorted(names) != sorted(MEMBERS):
        odd = next((n for n in names if n not in MEMBERS), None)
        what = f"holds '{odd:.80}'" if odd else f"holds {len(names)} files of which some are missing or double"
        raise InputError(f"{name} {what}. Expected {', '.join(MEMBERS)}, and nothing else.")
    for member in members:
        most = MEMBERS[member.filename]
        if member.compress_type not in STORED:
            raise InputError(f"{member.filename} of {name} is packed in a way that Keras does not use. Save it anew.")
        if member.file_size > most:
            size = f"{member.file_size / MIB:,.0f} MiB"
            raise InputError(f"{member.filename} of {name} has {size}. Expected {most // MIB:,} MiB at most.")
        if member.file_size > MIB and member.file_size > EXPANSION * max(member.compress_size, 1):
            raise InputError(
                f"{member.filename} of {name} would grow from {member.compress_size:,} to {member.file_size:,} bytes "
                "when it is unpacked. That looks like a zip bomb; it was not unpacked."
            )


def _objects(config: dict) -> Iterator[tuple[str, dict]]:
    """Every dict of the config that names a class or module, with the name of the layer it belongs to."""
    stack: list[tuple[str, str, object]] = [("the network itself", "", config)]
    parts = 0
    while stack:
        layer, key, part = stack.pop()
        if (parts := parts + 1) > PARTS:
            raise InputError(f"More than {PARTS:,} values stand in the config, here in {layer}. Expected fewer.")
        if isinstance(part, dict):
            inner = part.get("config")
            if isinstance(inner, dict) and "name" in inner and part.get("class_name") in NAMED:
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
    module, name, registered = (part.get(key) for key in ("module", "class_name", "registered_name"))
    if name in NOTES and module is None:
        return
    if name == "Lambda":
        raise InputError(f"{file} has a Lambda in {layer}: code of its own. ConvLens builds Keras' own layers only.")
    if not (isinstance(name, str) and isinstance(module, str)) or name not in ALLOWED.get(module, ()):
        what = f"{module}.{name}" if module else str(name)
        raise InputError(f"{file} names {what:.120} in {layer}. ConvLens builds Keras' own layers only, without code.")
    if registered not in (None, name):
        raise InputError(
            f"{file} names the registered class {registered!s:.80} in {layer}. "
            "ConvLens builds Keras' own layers only, without code."
        )
    settings = part.get("config")
    if not isinstance(settings, dict):
        return
    own = settings.get("name", "x")
    if isinstance(own, str) and not LAYER_NAME.fullmatch(own):
        raise InputError(
            f"{file} has a {name} named '{own:.80}'. Expected letters without accents, digits, _ . - and at most 160 of them."
        )
    if module == "keras.layers" and settings.get("data_format") == "channels_first":
        raise InputError(f"{file} has channels first in {layer}. ConvLens takes channels last only.")
