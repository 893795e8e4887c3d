"""Ways to read a digit, from raw pixels to what a network has learned, on one split and with one measure.

All store or learn the first 1,527 of scikit-learn's digits and are asked about the other 270, which chose nothing but the perceptron that is
shown of seven: the middle one by its mistakes there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from convlens.filters.convolution import convolve, relu
from convlens.filters.named import KERNELS
from convlens.networks.autoencoders import shipped
from convlens.pictures.digits import LARGEST, digits, split
from convlens.statistics import sign_test
from convlens.text import counted

K = 5  # neighbours
CODER = "plain-8"  # the autoencoder whose code is a rung
NETWORK = "digits-cnn"
SEEDS = {"mlp": 7}  # rung → how many first weights are tried: an odd number, so that there is a middle one
BESIDE = "cnn"  # the rung that the others are compared with
TIMED = 60  # digits that are asked one by one


@dataclass(frozen=True)
class Rung:
    """``title``, and what it compares or learns, for the visitor."""

    title: str
    sentence: str


RUNGS = {
    "pixels": Rung("kNN on pixels", f"The {K} nearest of all stored digits vote; 64 values each."),
    "kernels": Rung(
        "kNN on hand-picked kernels",
        f"The {K} nearest vote, on what four edge kernels answer: Sobel across and down, both signs, ReLU; 256 values.",
    ),
    "latent": Rung(
        "kNN on an autoencoder's code",
        f"The {K} nearest vote, on 8 values each: the code of a plain autoencoder, learned without any label.",
    ),
    "hog": Rung(
        "HOG with a linear SVM",
        "How strong edges are in 8 directions, in cells of 2 × 2, features made by hand; then flat borders between them.",
    ),
    "svm": Rung(
        "Linear support vector machine",
        "For each pair of classes the flat border with the widest margin, then a vote of the 45 pairs.",
    ),
    "mlp": Rung("Multi-layer perceptron", "One hidden layer of 64 units with ReLU, then softmax; trained by L-BFGS."),
    "cnn": Rung("Small CNN", "Three convolutions whose kernels are learned, then two dense layers."),
    "code": Rung(
        "kNN on the CNN's vectors", f"The {K} nearest vote, on the 64 values of the CNN's last but one layer."
    ),
}


@dataclass(frozen=True)
class Climb:
    """How one rung does.

    Attributes:
        answers: int64 (270,), in the order of the split.
        numbers: how many it has to keep for its answers, stored digits or weights.
        seconds: for one digit, asked alone; the median of ``TIMED``.
        tried: mistakes of each of the first weights that were tried, the fewest first; ``answers`` are of the middle one.
    """

    answers: np.ndarray
    numbers: int
    seconds: float
    tried: tuple[int, ...] = ()


def hand_picked(images: np.ndarray) -> np.ndarray:
    """What four edge kernels answer, with ReLU: (n, 8, 8) in [0, 1] → float32 (n, 256).

    Without pooling: ten-fold cross-validation on the training digits had more right answers that way (96.9 against 95.8 %).
    """
    stack = np.moveaxis(images, 0, 2)  # each digit a channel of one picture
    maps = []
    for name in ("sobel_x", "sobel_y"):
        response = convolve(stack, KERNELS[name].weights, padding="same")
        maps += [relu(sign * response).reshape(-1, len(images)) for sign in (1, -1)]
    return np.concatenate(maps).T.astype(np.float32)


def latent(images: np.ndarray) -> np.ndarray:
    """The codes (n, 8) that an autoencoder of the page Autoencoder gives digits (n, 8, 8) in [0, 1]."""
    return shipped()[CODER].encode(images.reshape(len(images), -1).astype(np.float32))


def oriented_gradients(images: np.ndarray) -> np.ndarray:
    """Histograms of oriented gradients (Dalal, Triggs 2005) of (n, 8, 8) in [0, 1], by scikit-image → (n, 288).

    Of sixteen settings, ten-fold cross-validation on the training digits alone had most right answers with these (96.3 %).
    """
    from skimage.feature import hog

    return np.array([hog(each, 8, pixels_per_cell=(2, 2), cells_per_block=(2, 2), block_norm="L2") for each in images])


def climb(rung: str, seed: int = 0) -> Climb:
    """One of the rungs that need no network; ``seed``: of the perceptron's first weights."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC
    from threadpoolctl import threadpool_limits

    data, parts = digits(), split()
    images, labels = data.images.astype(np.float64) / LARGEST, data.labels[parts.train]

    def of_pixels(some: np.ndarray) -> np.ndarray:
        return some.reshape(len(some), -1)

    encoder = sum(layer.kernel.size + layer.bias.size for layer in shipped()[CODER].encoder)
    prepare, own, model = {  # how a digit is prepared, the numbers that this keeps, what answers
        "pixels": (of_pixels, 0, KNeighborsClassifier(K)),
        "kernels": (hand_picked, 0, KNeighborsClassifier(K)),
        "latent": (latent, encoder, KNeighborsClassifier(K)),
        "hog": (oriented_gradients, 0, SVC(kernel="linear")),
        "svm": (of_pixels, 0, SVC(kernel="linear")),
        "mlp": (of_pixels, 0, MLPClassifier((64,), solver="lbfgs", max_iter=1000, random_state=seed)),
    }[rung]
    stored = prepare(images[parts.train])
    with threadpool_limits(1):  # such small products take three times as long where several threads share them
        model.fit(stored, labels)
    kept = {SVC: ("coef_", "intercept_"), MLPClassifier: ("coefs_", "intercepts_")}.get(type(model))
    numbers = sum(np.size(array) for name in kept for array in getattr(model, name)) if kept else stored.size
    return measured(lambda some: model.predict(prepare(some)), images[parts.held_out], numbers + own)


def middle(climbs: list[Climb], truth: np.ndarray) -> Climb:
    """Of one rung, climbed from several first weights: the one with the middle number of mistakes."""
    wrong = [int(np.sum(climb.answers != truth)) for climb in climbs]
    shown = climbs[np.argsort(wrong, kind="stable")[len(climbs) // 2]]
    return replace(shown, tried=tuple(sorted(wrong))) if len(climbs) > 1 else shown


def measured(answer: Callable, held_out: np.ndarray, numbers: int) -> Climb:
    """Ask about all held-out digits (n, 8, 8) in [0, 1] at once, then about some of them one by one, on the clock."""
    answers = np.asarray(answer(held_out))
    times = []
    for n in range(TIMED):
        start = time.perf_counter()
        answer(held_out[n : n + 1])
        times.append(time.perf_counter() - start)
    return Climb(answers.astype(np.int64), int(numbers), float(np.median(times)))


def sentence(rung: str, climb: Climb) -> str:
    """What a rung compares or learns and, where it was tried with several first weights, how much that matters."""
    said = RUNGS[rung].sentence
    if climb.tried:
        said += (
            f" From {counted(len(climb.tried))} different first weights: {climb.tried[0]} to {climb.tried[-1]} mistakes; "
            "the middle one is shown."
        )
    return said


def mcnemar(one: np.ndarray, other: np.ndarray, truth: np.ndarray) -> float:
    """Exact two-sided p of McNemar's test (1947) on two rungs' answers to the same digits.

    Only digits that just one of them answers rightly count: if the rungs were equally good, each would be a throw of a coin.
    """
    return sign_test(*(int(np.sum((a == truth) & (b != truth))) for a, b in ((one, other), (other, one))))


def mistakes(climbs: dict[str, Climb], truth: np.ndarray) -> np.ndarray:
    """int64: places in the split of digits that a rung got wrong, those that most rungs got wrong first."""
    wrong = np.sum([climb.answers != truth for climb in climbs.values()], axis=0)
    return np.flatnonzero(wrong)[np.argsort(-wrong[wrong > 0], kind="stable")]


def mended(climbs: dict[str, Climb], truth: int, place: int) -> str | None:
    """The first rung that answers a digit rightly, from the bottom; None where none does."""
    return next((name for name, climb in climbs.items() if climb.answers[place] == truth), None)
