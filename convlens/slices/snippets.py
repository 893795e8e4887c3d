"""*The code*: short Keras or NumPy programs that give the numbers on screen. A test runs each and compares.

They expect the photo as ``picture.png`` beside them, and the networks in ``models/weights/``, or beside them too if they
are one's own. Whatever is put into them is a number or a name from our own tables.
"""

from dataclasses import dataclass

from convlens.networks.card import ModelCard
from convlens.pictures.snippets import beginning, to_seen
from convlens.slices.view import View


@dataclass(frozen=True)
class Network:
    """What a program must know of a network: its file, what it takes, the form of its answer, how it can be sliced.

    Attributes:
        moment: number of the moment of its training that it is at; None for its end.
    """

    file: str
    input_shape: tuple[int, int, int]
    value_range: tuple[float, float]
    answer: str
    plain: bool
    minus: tuple[float, float, float] | None = None
    moment: int | None = None

    @property
    def frames(self) -> str:
        """The file of its time-lapse."""
        return f"{self.file.removesuffix('.keras')}.timelapse.npz"


def network_of(view: View) -> Network:
    """What *the code* must know of a View's network."""
    return network(view.card, view.value_range)


def network(card: ModelCard, value_range: tuple[float, float] | None) -> Network:
    values = card.range_for(value_range)
    return Network(card.place, card.input_shape, values, card.answer, card.plain, card.minus, card.moment)


def as_given(network: Network, how: str, at: float) -> str:
    """From ``rgb`` to ``seen``, as this network takes it."""
    rows, columns, _ = network.input_shape
    return to_seen(how, at, (rows, columns)) + values(network)


def values(network: Network) -> str:
    """From ``seen``, of any size, in colour and from 0 to 1, to what this network takes."""
    code = ""
    if network.input_shape[2] == 1:
        code += "seen = (seen @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None]\n"
    low, high = network.value_range
    if (low, high) != (0, 1):
        code += f"seen = seen * {high - low} + {low}\n".replace(" + -", " - ").replace(" + 0.0", "")
    if network.minus:
        code += f"seen = seen[:, :, ::-1] - np.array({list(network.minus)}, np.float32)  # blue, green, red\n"
    return code


def opening(network: Network) -> str:
    """Opens the network as ``model``."""
    code = f'model = keras.saving.load_model("{network.file}")\n'
    if network.moment is None:
        return code
    return f"""{code}\
frames = np.load("{network.frames}")
for weight in model.weights:  # as they were at this moment of the training
    weight.assign(frames[weight.path][{network.moment}])
"""


def to_slicer(network: Network) -> str:
    """Opens the network as ``slicer``."""
    if not network.plain:  # sequential, or with a network as a layer, which ConvLens flattens
        return f"""
from models.running.slicing import Sliced  # to be run in ConvLens' own folder

{opening(network)}slicer = Sliced(model)
"""
    return f"""
{opening(network)}slicer = keras.Model(model.inputs[0], {{layer.name: layer.output for layer in model.layers}})
"""


def sliced(network: Network) -> str:
    """From ``seen``, by ``slicer``, to ``maps``: layer name → values."""
    if not network.plain:
        return "maps = {name: values[0] for name, values in slicer.activations(seen[None]).items()}\n"
    return "maps = {name: np.asarray(values)[0] for name, values in slicer(seen[None], training=False).items()}\n"


def to_maps(network: Network) -> str:
    """From ``seen`` to ``maps``."""
    return to_slicer(network) + sliced(network)


def layer(network: Network, name: str, how: str, at: float) -> str:
    show = f"""\
values = maps["{name}"]
print(values.shape, values.min(), values.max())
"""
    return beginning("keras") + as_given(network, how, at) + to_maps(network) + show


def every_layer(network: Network, how: str, at: float) -> str:
    show = """\
for name, values in maps.items():
    print(name, values.shape, values.min(), values.max())
"""
    return beginning("keras") + as_given(network, how, at) + to_maps(network) + show


def softmax(networks: tuple[Network, ...], how: str, at: float) -> str:
    code = beginning("keras") + "answers = []\n"
    for network in networks:
        code += f"""
{as_given(network, how, at)}{opening(network)}{to_answer(network)}answers.append(p)
"""
    return (
        code
        + """
for p in answers:
    print(p.argmax(), p.max(), -(p[p > 0] * np.log2(p[p > 0])).sum())
"""
    )


def to_answer(network: Network) -> str:
    """From ``seen``, by ``model``, to the probabilities ``p``."""
    code = "p = np.asarray(model(seen[None], training=False))[0]\n"
    if network.answer == "logits":
        code += "p = np.exp(p - p.max()) / np.exp(p - p.max()).sum()\n"
    return code


def weights(network: Network, name: str, channel: int) -> str:
    begin = "import keras\nimport numpy as np\n"
    if network.plain:
        layer = f'kernel, *bias = map(np.asarray, model.get_layer("{name}").get_weights())\n'
    else:
        begin += "\nfrom models.running.slicing import Sliced  # to be run in ConvLens' own folder\n"
        layer = f'kernel, *bias = Sliced(model).weights("{name}")\n'
    return f"""{begin}
{opening(network)}{layer}\
weights = kernel[..., {channel}]
print(weights.shape, weights.min(), weights.max(), [b[{channel}] for b in bias])
"""
