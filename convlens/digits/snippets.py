"""*The code* of the pages Digits, Ladder and Map; see ``snippets``."""

import numpy as np

from convlens.digits.ladder import CODER, SEEDS
from convlens.digits.trials import TRIALS, Search
from convlens.pictures.digits import SEED

FUNCTIONS = dict(
    zip(TRIALS, ("scaled", "noisy", "binary", "duplicates", "eleventh", "regression", "growth"), strict=True)
)


def _digit(values: np.ndarray) -> str:
    rows = ",\n    ".join(str([int(v) for v in row]) for row in values)
    return f"""\
digit = np.array([
    {rows},
])
"""


def digit(values: np.ndarray) -> str:
    """The digit asked about (8, 8)."""
    return f"import numpy as np\n\n{_digit(values)}vector = digit.ravel()  # (64,)\nprint(vector)\n"


def _digits(share: float, order: str) -> str:
    """From nothing to ``x``, ``y``, ``train`` and ``held_out``."""
    numbers = "np.arange(len(x))" if order == "as stored" else f"np.random.default_rng({SEED}).permutation(len(x))"
    return f"""\
import numpy as np
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
numbers = {numbers}
train, held_out = np.split(numbers, [int({share} * len(x) + 1e-9)])
"""


def neighbours(values: np.ndarray, share: float, order: str, p: int, k: int) -> str:
    return f"""{_digits(share, order)}
{_digit(values)}
distances = cdist(digit.reshape(1, 64), x[train], "minkowski", p={p})[0]
nearest = np.argsort(distances, kind="stable")[:{k}]
votes = np.bincount(y[train][nearest], minlength=10)
print(train[nearest], distances[nearest], votes.argmax())
"""


def _all_neighbours(share: float, order: str, p: int) -> str:
    """From nothing to ``labels`` (held out, training): those of the training digits, the nearest first."""
    return f"""{_digits(share, order)}
distances = cdist(x[held_out], x[train], "minkowski", p={p})
labels = y[train][np.argsort(distances, axis=1, kind="stable")]
"""


def knn_score(share: float, order: str, p: int, k: int) -> str:
    return f"""{_all_neighbours(share, order, p)}
answers = np.array([np.bincount(row[:{k}]).argmax() for row in labels])
print(np.mean(answers == y[held_out]))
"""


def knn_errors(share: float, order: str, p: int) -> str:
    return f"""{_all_neighbours(share, order, p)}
errors = []
for k in range(1, min(99, len(train)) + 1):
    answers = np.array([np.bincount(row[:k]).argmax() for row in labels])
    errors.append(np.mean(answers != y[held_out]))
print(np.argmin(errors) + 1, min(errors))
"""


def plane(kind: str, share: float, order: str, p: int, k: int) -> str:
    library, name, fitted = {
        "PCA": ("sklearn.decomposition", 'PCA(2, svd_solver="full")', "x[train]"),
        "LDA": ("sklearn.discriminant_analysis", "LinearDiscriminantAnalysis(n_components=2)", "x[train], y[train]"),
    }[kind]
    return f"""{_digits(share, order)}from sklearn.neighbors import KNeighborsClassifier
from {library} import {name.split("(")[0]}

points = {name}.fit({fitted}).transform(x)
knn = KNeighborsClassifier({k}, p={p}).fit(points[train], y[train])
print(knn.score(points[held_out], y[held_out]))
"""


def lenet(file: str) -> str:
    """``lenet-sees.png`` is what the panel offers as PNG."""
    return f"""\
import keras
import numpy as np
from PIL import Image

seen = np.asarray(Image.open("convlens-lenet-sees.png"), np.float32) / 255  # (28, 28)
model = keras.saving.load_model("{file}")
print(np.asarray(model(seen[None, :, :, None], training=False))[0])
"""


def rung(name: str, network: str) -> str:
    """One rung of the ladder; ``network``: the file of the small CNN."""
    plain = "features = lambda images: images.reshape(len(images), -1)"
    prepare, model, more = {
        "pixels": (plain, "KNeighborsClassifier(5)", "from sklearn.neighbors import KNeighborsClassifier"),
        "kernels": (
            """\
def features(images):
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    maps = [ndimage.correlate(images, kernel[None], mode="constant") for kernel in (sobel, sobel.T)]
    return np.concatenate([np.maximum(sign * m, 0).reshape(len(images), -1) for m in maps for sign in (1, -1)], axis=1)
""",
            "KNeighborsClassifier(5)",
            "from scipy import ndimage\nfrom sklearn.neighbors import KNeighborsClassifier",
        ),
        "latent": (
            f"""\
def features(images):
    return shipped()["{CODER}"].encode(images.reshape(len(images), -1).astype(np.float32))
""",
            "KNeighborsClassifier(5)",
            "from convlens.networks.autoencoders import shipped\nfrom sklearn.neighbors import KNeighborsClassifier",
        ),
        "hog": (
            """\
def features(images):
    options = {"orientations": 8, "pixels_per_cell": (2, 2), "cells_per_block": (2, 2), "block_norm": "L2"}
    return np.array([hog(image, **options) for image in images])
""",
            'SVC(kernel="linear")',
            "from skimage.feature import hog\nfrom sklearn.svm import SVC",
        ),
        "svm": (plain, 'SVC(kernel="linear")', "from sklearn.svm import SVC"),
        "mlp": (plain, "", "from sklearn.neural_network import MLPClassifier"),
        "cnn": ("", "", "import keras"),
        "code": (
            f"""\
network = keras.saving.load_model("{network}")
slicer = keras.Model(network.inputs[0], network.get_layer("dense_1").output)
features = lambda images: np.asarray(slicer(images[..., None], training=False))""",
            "KNeighborsClassifier(5)",
            "import keras\nfrom sklearn.neighbors import KNeighborsClassifier",
        ),
    }[name]
    begin = f"import numpy as np\n{more}\nfrom sklearn.datasets import load_digits\n\ndata = load_digits()\nimages, y = data.images / 16, data.target\n"
    if name == "cnn":
        return f"""{begin}network = keras.saving.load_model("{network}")
answers = np.asarray(network(images[1527:, ..., None], training=False)).argmax(axis=1)
print(np.mean(answers == y[1527:]))
"""
    if name == "mlp":
        return f"""{begin}
{prepare}
wrong, models = [], []
for seed in range({SEEDS[name]}):
    models.append(MLPClassifier((64,), solver="lbfgs", max_iter=1000, random_state=seed).fit(features(images[:1527]), y[:1527]))
    wrong.append(np.sum(models[-1].predict(features(images[1527:])) != y[1527:]))
model = models[np.argsort(wrong, kind="stable")[{SEEDS[name] // 2}]]
answers = model.predict(features(images[1527:]))
print(sorted(wrong), np.mean(answers == y[1527:]))
"""
    return f"""{begin}
{prepare}
model = {model}.fit(features(images[:1527]), y[:1527])
answers = model.predict(features(images[1527:]))
print(np.mean(answers == y[1527:]))
"""


def trial(of: Search, name: str) -> str:
    """One trial, all of its steps, for every k; run where ConvLens is."""
    return f"""from convlens.digits import trials

search = trials.Search(share={of.share}, order="{of.order}", p={of.p})
found = trials.{FUNCTIONS[name]}(search)
print(found)  # of each row the first number is for k = 1, the second for k = 2
"""
