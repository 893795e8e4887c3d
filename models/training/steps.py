"""A training run as steps: a state goes in, a later one comes out, and nothing is kept between them that decides a number.

With one thread, batches and dropout drawn from (seed, update), and all variables of network and optimiser in the state, a run
is equal to the bit in another process, and wherever it is cut and taken up again.
"""

import time
from collections.abc import Sequence
from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from convlens.networks.runs import Back, Lens, Moment, Pool, Report, Settings, State
from convlens.pictures import jobs
from models.architectures.digits_cnn import digits_cnn
from models.architectures.lenet import lenet
from models.architectures.resnet8 import resnet8
from models.architectures.seed import seed_network
from models.architectures.stacked import stacked
from models.architectures.tiny import tiny
from models.running import learning
from models.running.graph import sources
from models.running.slicing import Sliced
from models.training.recipe import augmented
from models.training.saving import written

NETWORKS = {
    "digits-cnn": digits_cnn,
    "LeNet": lenet,
    "benchmark-cnn": seed_network,
    "tiny": tiny,
    "champion-cnn": resnet8,
}
AT_ONCE = 128_000  # pixels of the pictures that are looked at together: every layer's maps of them take some hundred bytes each
# pictures (n, rows, columns, channels), float32 in [0, 1] or uint8; labels int64 (n,)
Part = tuple[np.ndarray, np.ndarray]


def data(settings: Settings) -> tuple[Part, Part]:
    """What is learned from, and what is held out."""
    return taught(settings), jobs.held_out(settings.data, settings.recipe)[:2]


def taught(settings: Settings) -> Part:
    """What is learned from, wrong labels included."""
    images, truth, _ = jobs.part(settings.data, "train", settings.recipe)
    labels = truth[: settings.pictures].copy()
    rng = np.random.default_rng([settings.seed, 0])
    wrong = rng.permutation(len(labels))[: round(len(labels) * settings.wrong / 100)]
    classes = len(settings.of.labels)
    labels[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
    return images[: settings.pictures], labels


def drawn(settings: Settings, pixels: np.ndarray, update: int) -> np.ndarray:
    """A batch as the update after ``update`` others gets it: float32, augmented."""
    if settings.augmentation:
        pixels = augmented(pixels, np.random.default_rng([settings.seed, 2, update]), **settings.augmentation)
    return jobs.scaled(pixels)


def batch(settings: Settings, update: int) -> np.ndarray:
    """Which pictures the update after ``update`` others learns from: int64 (batch,); each epoch has an order of its own."""
    epoch, seen = settings.place(update)
    return _order(settings.seed, epoch, settings.pictures)[seen : seen + int(settings.at(update).batch)]


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, pictures: int) -> np.ndarray:
    return np.random.default_rng([seed, 1, epoch]).permutation(pictures)


def built(settings: Settings) -> keras.Model:
    """An untrained network."""
    build = stacked(settings.stack) if settings.network == "stacked" else NETWORKS[settings.network]
    return build(settings.of.shape, len(settings.of.labels))


def begin(settings: Settings) -> State:
    """Before the first update."""
    settings = settings.at(0)
    keras.utils.set_random_seed(settings.seed)
    model = built(settings)
    for layer in model.layers:
        is_normal = isinstance(layer, keras.layers.BatchNormalization)
        bias = layer.beta if is_normal else getattr(layer, "bias", None)  # where sums are normalised, no bias is
        if settings.start == "zeros" and not is_normal:
            layer.set_weights([np.zeros_like(values) for values in layer.get_weights()])
        elif settings.start == "negative biases" and bias is not None and layer is not model.layers[-1]:
            bias.assign(np.full(bias.shape, -2.0))
    made = optimiser(settings)
    made.build(model.trainable_variables)
    return State(0, _values(model.variables), _values(made.variables))


def go_on(settings: Settings, state: State | None, updates: Sequence[int], seconds: float) -> tuple[Moment, ...]:
    """A slice of a run: the moments after so many updates, as many of them as so many seconds allow, and one at least."""
    began, found = time.monotonic(), []
    for update in updates:
        state, report = step(settings, state, update - (state.update if state else 0))
        found.append(Moment(state, report))
        if time.monotonic() - began > seconds:
            break
    return tuple(found)


def step(settings: Settings, state: State | None, updates: int) -> tuple[State, Report]:
    """``updates`` updates on from a state (None: the beginning), and what is then seen."""
    state = begin(settings) if state is None else state
    trainer = _of(settings, state)
    held = data(settings)
    gradients = before = None
    for update in range(state.update, state.update + updates):
        if update == state.update + updates - 1:
            before = _values(trainer.model.trainable_variables)
        gradients = trainer.update(settings, held[0], update)
    after = trainer.state(state.update + updates)
    (learned, taught), tested = held
    seen = learned[: settings.of.learned], taught[: settings.of.learned]
    return after, trainer.report(after.update, seen, tested, gradients, before)


def maps(settings: Settings, state: State, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every layer's answer to one image float32 (rows, columns, channels): layer name → values, without the batch axis."""
    trainer = _of(settings, state)
    found = trainer.all(tf.constant(image[None], tf.float32))
    return {name: values.numpy()[0] for name, values in found.items()}


def all_maps(
    settings: Settings, networks: Sequence[tuple[np.ndarray, ...]], image: np.ndarray
) -> list[dict[str, np.ndarray]]:
    """With the weights of each of some states: every layer's maps of one image, but for layers that pass on what they get (dropout)."""
    trainer, found = _trainer(Settings(settings.network, data=settings.data, stack=settings.stack)), []
    names = [
        layer.name
        for layer in trainer.model.layers
        if len(layer.output.shape) == 4 and not isinstance(layer, keras.layers.Dropout | keras.layers.InputLayer)
    ]
    for weights in networks:
        trainer.take(weights)
        values = trainer.all(tf.constant(image[None], tf.float32))
        found.append({name: values[name].numpy()[0] for name in names})
    return found


def answers(settings: Settings, networks: Sequence[tuple[np.ndarray, ...]], image: np.ndarray) -> np.ndarray:
    """Probabilities float32 (networks, classes) for one image, with the weights of each of some states (``State.network``)."""
    trainer, found = _trainer(Settings(settings.network, data=settings.data, stack=settings.stack)), []
    for weights in networks:
        trainer.take(weights)
        found.append(trainer.model(image[None], training=False)[0])
    return np.array(found, np.float32)


def asked(settings: Settings, state: State, pixels: np.ndarray) -> np.ndarray:
    """Probabilities float32 (n, classes) for pictures as ``jobs.part`` gives them, in inference mode."""
    return _of(settings, state)._look_at((pixels, np.zeros(len(pixels), np.int64)))[-1]


def learned(settings: Settings, state: State | None, updates: int) -> State:
    """``step``, of which nothing is looked at on the way."""
    state = begin(settings) if state is None else state
    trainer, part = _of(settings, state), taught(settings)
    for update in range(state.update, state.update + updates):
        trainer.update(settings, part, update)
    return trainer.state(state.update + updates)


def tested(settings: Settings, state: State) -> int:
    """How many pictures of the data set's test a state's network answers rightly."""
    pixels, labels = jobs.tested(settings.data, settings.recipe)
    _, _, answers = _of(settings, state)._look_at((pixels, labels))
    return int(np.sum(answers.argmax(axis=1) == labels))


def network(settings: Settings, state: State) -> bytes:
    """A state's network as the bytes of a .keras file."""
    return written(_of(settings, state).model)


def kernel(settings: Settings, state: State, layer: str) -> np.ndarray:
    """A layer's weights float32: of a convolution (rows, columns, channels, filters), of a dense layer (inputs, units)."""
    return keras.ops.convert_to_numpy(_of(settings, state).model.get_layer(layer).kernel)


def lens(
    settings: Settings, state: State, image: np.ndarray, label: int, layer: str, place: tuple[int, int, int, int]
) -> Lens:
    """One update from one picture, seen at one weight.

    Args:
        image: float32 (rows, columns, channels).
        label: the class that it has.
        layer: a convolution, or a dense layer.
        place: of the weight: its row, column and channel in the kernel, and the filter or unit; row and column are 0 in a dense layer.
    """
    trainer, now = _of(settings, state), settings.at(state.update)
    seen = trainer.model.get_layer(layer)
    before = _remembered(trainer, seen)
    found = learning.back(trainer.sliced, "softmax", image, label, layer)
    read, asked, passed = learning.through(found, place)
    place = place[-seen.kernel.ndim :]
    weight = float(keras.ops.convert_to_numpy(seen.kernel)[place])
    with tf.GradientTape() as tape:
        answers = trainer.model(image[None], training=False)
        again = _loss(np.array([label]), answers)
    gradients = tape.gradient(again, trainer.model.trainable_variables)
    trainer.set(now, state.update)
    trainer.optimiser.apply(gradients, trainer.model.trainable_variables)
    behind = _remembered(trainer, seen)
    return Lens(
        found.loss,
        read,
        asked,
        passed,
        float(np.sum(read * asked, dtype=np.float64)),
        weight,
        float(keras.ops.convert_to_numpy(seen.kernel)[place]),
        {name: (float(values[place]), float(behind[name][place])) for name, values in before.items()},
        state.update,
    )


def back(settings: Settings, state: State, image: np.ndarray, label: int) -> Back:
    """How the loss of one image changes with what each layer answers to it.

    Args:
        image: float32 (rows, columns, channels).
        label: the class that it has.
    """
    trainer, given = _of(settings, state), tf.constant(image[None], tf.float32)
    *inner, last = (layer.name for layer in trainer.model.layers)
    with tf.GradientTape() as tape:
        tape.watch(given)
        found = trainer.all(given)
        loss = _loss(np.array([label]), found[last])
    found = {name: given if name == "input" else found[name] for name in inner}
    pools = [layer for layer in trainer.model.layers if isinstance(layer, keras.layers.MaxPooling2D)]
    return Back(
        {name: values.numpy()[0] for name, values in tape.gradient(loss, found).items()},
        last,
        tuple(Pool(layer.name, *sources(layer), layer.pool_size[0]) for layer in pools),
    )


def _loss(labels: np.ndarray | tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    """The mean over some pictures."""
    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, answers))


def _remembered(trainer: "_Trainer", layer: keras.layers.Layer) -> dict[str, np.ndarray]:
    """What the optimiser remembers of a layer's kernel, by the letters of its formula; Keras names it otherwise."""
    letters = (
        {"_momentum": "m", "_velocity": "v"}
        if isinstance(trainer.optimiser, keras.optimizers.Adam)
        else {"_momentum": "v"}
    )
    kernel = layer.kernel.path.replace("/", "_")
    there = {variable.name: variable for variable in trainer.optimiser.variables}
    found = {letter: there[kernel + end] for end, letter in letters.items() if kernel + end in there}
    return {letter: keras.ops.convert_to_numpy(variable).copy() for letter, variable in found.items()}


def optimiser(settings: Settings) -> keras.optimizers.Optimizer:
    """Keras' own, in Keras' forms: the rate inside momentum's velocity, Adam's ε outside the root, weight decay decoupled."""
    decay = settings.decay or None
    if settings.optimiser == "Adam":
        return keras.optimizers.Adam(settings.rate, weight_decay=decay)
    return keras.optimizers.SGD(settings.rate, 0.9 if settings.optimiser == "momentum" else 0.0, weight_decay=decay)


class _Trainer:
    """A network and an optimiser of this process, traced once, into which states are put."""

    def __init__(self, settings: Settings):
        self.model = built(settings)
        self.optimiser = optimiser(settings)
        self.optimiser.build(self.model.trainable_variables)
        self.layers = [layer for layer in self.model.layers if hasattr(layer, "kernel")]
        rectified = [
            layer
            for layer in self.model.layers
            if isinstance(layer, keras.layers.ReLU) or getattr(layer, "activation", None) is keras.activations.relu
        ]
        self.rectified = [_summing(self.model, layer).name for layer in rectified]
        self.inner = keras.Model(self.model.inputs, [layer.output for layer in rectified] + self.model.outputs)
        self.sliced = Sliced(self.model)
        self.all = keras.Model(self.model.inputs, {layer.name: layer.output for layer in self.model.layers})
        shape = (None, *self.model.input_shape[1:])
        given = [tf.TensorSpec(shape, tf.float32), tf.TensorSpec((None,), tf.int64)]
        self._learn = tf.function(self._one, input_signature=given, jit_compile=False)
        self._look = tf.function(self._judged, input_signature=given, jit_compile=False)

    def take(self, network: tuple[np.ndarray, ...], optimiser: tuple[np.ndarray, ...] | None = None) -> None:
        """Put the values of all variables into them; of the optimiser where they are given."""
        for variables, values in ((self.model.variables, network), (self.optimiser.variables, optimiser)):
            for variable, value in zip(variables, values, strict=True) if values is not None else ():
                variable.assign(value)

    def set(self, settings: Settings, update: int) -> None:
        """What the next update depends on besides the state."""
        self.optimiser.learning_rate.assign(settings.rate)
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.seed_generator.state.assign(np.array([settings.seed, update], "uint32"))

    def update(self, settings: Settings, part: Part, update: int) -> list[tf.Tensor]:
        """The update after ``update`` others, of a run that learns from ``part``; gradients as ``learn`` gives them."""
        now, (images, labels) = settings.at(update), part
        self.set(now, update)
        chosen = batch(settings, update)
        return self.learn(drawn(now, images[chosen], update), labels[chosen])

    def state(self, update: int) -> State:
        """All variables, after so many updates."""
        return State(update, _values(self.model.variables), _values(self.optimiser.variables))

    def learn(self, pixels: np.ndarray, labels: np.ndarray) -> list[tf.Tensor]:
        """One update; the gradients of all trainable variables, before it."""
        return self._learn(tf.constant(pixels, tf.float32), tf.constant(labels, tf.int64))

    def _one(self, pixels: tf.Tensor, labels: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            answers = self.model(pixels, training=True)
            loss = _loss(labels, answers)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimiser.apply(gradients, self.model.trainable_variables)
        return gradients

    def _judged(self, pixels: tf.Tensor, labels: tf.Tensor) -> tuple:
        """Everything in inference mode: the summed loss as Keras has it, from the softmax's own inputs; of each layer with ReLU the
        largest answer of each unit; the answers."""
        *inner, answers = self.inner(pixels, training=False)
        largest = [tf.reduce_max(values, axis=list(range(len(values.shape) - 1))) for values in inner]
        return tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(labels, answers)), largest, answers

    def _look_at(self, part: Part) -> tuple[float, list[np.ndarray], np.ndarray]:
        """The mean loss, each ReLU unit's largest answer to any of the pictures, the answers (n, classes)."""
        pixels, labels = part
        at_once = max(1, AT_ONCE // (pixels.shape[1] * pixels.shape[2]))
        found = [
            self._look(
                tf.constant(jobs.scaled(pixels[i : i + at_once])), tf.constant(labels[i : i + at_once], tf.int64)
            )
            for i in range(0, len(labels), at_once)
        ]
        losses, largest, answers = zip(*found, strict=True)
        most = [np.max(each, axis=0) for each in zip(*largest, strict=True)]
        return sum(map(float, losses)) / len(labels), most, np.concatenate(answers)

    def report(self, update: int, train: Part, held_out: Part, gradients: list | None, before: tuple | None) -> Report:
        train_loss, _, of_train = self._look_at(train)
        held_loss, largest, answers = self._look_at(held_out)
        both = ((of_train, train[1]), (answers, held_out[1]))
        places = {id(variable): i for i, variable in enumerate(self.model.trainable_variables)}
        slices = {layer.name: [places[id(each)] for each in layer.trainable_variables] for layer in self.layers}
        now = _values(self.model.trainable_variables)
        silent = [(values <= 0).mean() for values in largest]
        moved = [b - a for a, b in zip(before, now, strict=True)] if before else [0.0]
        norms = lambda arrays: tuple(_norm([arrays[i] for i in part]) for part in slices.values())  # noqa: E731
        return Report(
            update,
            (train_loss, held_loss),
            tuple(float(np.mean(p.argmax(axis=1) == labels)) for p, labels in both),
            answers,
            tuple(slices),
            norms(now),
            norms([g.numpy() for g in gradients]) if gradients else (0.0,) * len(slices),
            norms(moved) if before else (0.0,) * len(slices),
            tuple(zip(self.rectified, map(float, silent), strict=True)),
            next(values for values in now if values.ndim == 4),
        )


def _summing(model: keras.Model, layer: keras.layers.Layer) -> keras.layers.Layer:
    """Whose sums a layer with ReLU gets, past a normalisation; itself where it makes them."""
    while isinstance(layer, keras.layers.ReLU | keras.layers.BatchNormalization):
        layer = model.get_layer(*sources(layer))
    return layer


def _of(settings: Settings, state: State) -> _Trainer:
    """With the state in it. What is not set for each update is traced: the network, the kind of optimiser, its weight decay."""
    now = settings.at(state.update)
    trainer = _trainer(Settings(now.network, optimiser=now.optimiser, decay=now.decay, data=now.data, stack=now.stack))
    trainer.take(state.network, state.optimiser or None)  # of one that is only asked
    return trainer


@lru_cache(maxsize=8)
def _trainer(settings: Settings) -> _Trainer:
    return _Trainer(settings)


def _values(variables: list) -> tuple[np.ndarray, ...]:
    return tuple(keras.ops.convert_to_numpy(variable).copy() for variable in variables)


def _norm(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(sum(float(np.sum(np.square(values, dtype=np.float64))) for values in arrays)))
