"""What else is asked of photos and of what was learned from them, in a worker; vectors and classes as in ``jobs``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from convlens.errors import InputError
from convlens.networks.card import ModelCard
from convlens.pictures import fitting, reading
from convlens.pictures.jobs import test_part
from convlens.slices.jobs import Range, layer_weights, layers
from convlens.slices.jobs import vectors as vectors_of
from convlens.teaching.jobs import folds, left_out
from convlens.teaching.ways import LOGISTIC, TUNED, adam, taught, turned

VARIANTS = ("mirrored", "nearer, from the left", "nearer, from the right", "darker")
NEARER, DARKER = 0.8, 0.6  # of the sides, of the values
TESTED, KEPT = 1_000, 50  # test pictures that are asked, and others of each class that are learned beside the new ones
UPDATES, RATE, TURNS = 256, 1e-3, 5  # Keras' own rate for Adam; in how many parts new photos are left out
MOMENTS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)  # updates
INSET = 0.1  # of the sides: where the frame around the subject begins
BELIEVED = 0.1, 0.9  # shares of a picture between which a subject is believed
GREY = 128


def strangers(
    way: str, stranger: int, vectors: np.ndarray, labels: np.ndarray, bursts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The confidence in photos of the classes that it has learned, each left out with its burst, and in those of a class that it has not.

    Args:
        stranger: the class that is not learned, of three or more.
    """
    from threadpoolctl import threadpool_limits

    known = labels != stranger
    of = np.unique(labels[known], return_inverse=True)[1]
    classes = int(of.max()) + 1
    with threadpool_limits(1):
        given = vectors if way == TUNED else turned(vectors)
        sure = left_out(way, given[known], of, classes, folds(of, bursts[known]))[1]
        return sure, taught(way, given[known], of, classes).sure(given[~known])


def variants(rgb: np.ndarray) -> list[np.ndarray]:
    """The picture, uint8 (rows, columns, 3), in each of ``VARIANTS``."""
    rows, columns = (max(1, round(NEARER * side)) for side in rgb.shape[:2])
    below = rgb.shape[0] - rows
    return [
        rgb[:, ::-1],
        rgb[below // 2 : below // 2 + rows, :columns],
        rgb[below // 2 : below // 2 + rows, -columns:],
        (rgb * DARKER).astype(np.uint8),
    ]


def variant_vectors(model: str | ModelCard, files: list[bytes], value_range: Range = None) -> np.ndarray:
    """float32 (variants, photos, values), a network's vectors of every variant of photos."""
    changed = [variants(reading.read_picture(data).rgb) for data in files]
    return np.stack([_vectors(model, list(each), value_range) for each in zip(*changed, strict=True)])


def augmented(
    vectors: np.ndarray, changed: np.ndarray, labels: np.ndarray, bursts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What each photo is called by logistic regression when it is left out with its burst: of photos alone, and of photos and their variants.

    Args:
        changed: (variants, photos, values).
    """
    from threadpoolctl import threadpool_limits

    classes, parts = int(labels.max()) + 1, folds(labels, bursts)
    with threadpool_limits(1):
        given = turned(np.concatenate([vectors, *changed])).reshape(1 + len(changed), len(vectors), -1)
        alone, more = (left_out(LOGISTIC, given[0], labels, classes, parts, other)[0] for other in (None, given[1:]))
    return alone, more


@dataclass(frozen=True)
class Forgotten:
    """A network's last layer that goes on with new classes, at ``MOMENTS``, all shares in [0, 1].

    Attributes:
        old: of old test pictures called right among old classes and new ones; ``masked``: among the old alone.
        new: of new photos called right, each when it was not learned from.
        beside: the same three, (3, moments), where old pictures are learned beside the new photos.
        tested, kept: how many old pictures are asked, and how many are learned beside the new ones.
    """

    old: np.ndarray
    masked: np.ndarray
    new: np.ndarray
    beside: np.ndarray
    tested: int
    kept: int


@dataclass(frozen=True)
class Old:
    """What a network knew before: test pictures of CIFAR-10.

    Attributes:
        asked, kept: their vectors, (pictures, values): of those that are asked, and of others that are learned beside new photos.
        right, kept_right: their classes, (pictures,).
    """

    asked: np.ndarray
    right: np.ndarray
    kept: np.ndarray
    kept_right: np.ndarray


def old_pictures(model: str | ModelCard, place: str, value_range: Range = None) -> Old:
    """Pictures that nothing was learned from.

    Args:
        place: where CIFAR-10 is.
    """
    test = test_part(Path(place))
    order = np.random.default_rng(1).permutation(len(test.labels))
    tested = min(TESTED, len(order) // 2)
    asked, kept = order[:tested], _each(test.labels, order[tested:], KEPT)
    vectors = [vectors_of(model, test.pixels[some] / np.float32(255), value_range) for some in (asked, kept)]
    return Old(vectors[0], test.labels[asked], vectors[1], test.labels[kept])


def turns(labels: np.ndarray, bursts: np.ndarray) -> np.ndarray:
    """int (photos,), in which turn of ``gone_on`` each is left out."""
    return folds(labels, bursts) % TURNS


def gone_on(
    model: str | ModelCard,
    vectors: np.ndarray,
    labels: np.ndarray,
    bursts: np.ndarray,
    of: Old,
    beside: bool,
    turn: int,
) -> np.ndarray:
    """Go on with the last layer of a network, from all new photos but those of one turn.

    Args:
        beside: whether it learns old pictures, too.

    Returns:
        (3, moments): shares of old pictures called right among all classes and among the old; how many of the photos left out are called right

    Raises:
        InputError: the classes are not computed from these vectors by one layer.
    """
    last = next(layer.name for layer in reversed(layers(model)) if layer.weights)
    kernel, bias = layer_weights(model, last)
    if kernel.shape[0] != vectors.shape[1]:
        raise InputError("The classes of this network are not computed from its vectors by one layer of weights.")
    old, count = len(bias), int(labels.max()) + 1
    kernel, bias = np.hstack([kernel, np.zeros((len(kernel), count))]), np.append(bias, np.zeros(count))
    new, learned = old + labels, turns(labels, bursts) != turn
    given = np.vstack([vectors[learned], of.kept]) if beside else vectors[learned]
    truth = np.append(new[learned], of.kept_right) if beside else new[learned]
    found = np.zeros((3, len(MOMENTS)))

    def look(update: int, kernel: np.ndarray, bias: np.ndarray) -> None:
        if update in MOMENTS:
            scores = of.asked @ kernel + bias
            said = (vectors[~learned] @ kernel + bias).argmax(axis=1)
            shares = (np.mean(known.argmax(axis=1) == of.right) for known in (scores, scores[:, :old]))
            found[:, MOMENTS.index(update)] = *shares, np.sum(said == new[~learned])

    adam(given, np.eye(old + count)[truth], kernel, bias, UPDATES, RATE, look)
    return found


def forgotten(
    model: str | ModelCard,
    place: str,
    vectors: np.ndarray,
    labels: np.ndarray,
    bursts: np.ndarray,
    value_range: Range = None,
    ask: Callable[..., Any] = lambda job, *given: job(*given),
) -> Forgotten:
    """What a network that knows CIFAR-10 forgets by new photos only, and with old pictures beside them: the mean of all turns.

    Args:
        place: where CIFAR-10 is.
        ask: a job and what it is given → what it gives.

    Raises:
        InputError: the classes are not computed from these vectors by one layer.
    """
    of, each = ask(old_pictures, model, place, value_range), range(turns(labels, bursts).max() + 1)
    photos = vectors, labels, bursts
    alone, beside = (sum(ask(gone_on, model, *photos, of, too, turn) for turn in each) for too in (False, True))
    parts = np.array([[len(each)], [len(each)], [len(labels)]])  # shares of each turn, photos of all
    return Forgotten(*alone / parts, beside / parts, len(of.right), len(of.kept_right))


def _each(labels: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    """The first ``count`` of each class in an order."""
    return np.concatenate([order[labels[order] == kind][:count] for kind in np.unique(labels)])


def swapped(
    model: str | ModelCard,
    rgb: np.ndarray,
    photos: list[bytes],
    how: str = "crop",
    at: float = 0.5,
    value_range: Range = None,
) -> tuple[np.ndarray, bool, list[np.ndarray], np.ndarray]:
    """The subject of a picture on other backgrounds: on grey, and on those of photos whose own subject is painted over.

    Args:
        rgb: uint8 (rows, columns, 3).
        how, at: as the picture is fitted, see ``pictures.fitting``.

    Returns:
        (bool (rows, columns), what was taken for the subject; whether that is an ellipse; the picture and the others, each like ``rgb``; the network's
        vectors of them)
    """
    mask, guessed = subject(rgb)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)[:, :, None]
    grounds = [np.full_like(rgb, GREY), *(_ground(reading.read_picture(data).rgb, rgb.shape[:2]) for data in photos)]
    pictures = [rgb, *((soft * rgb + (1 - soft) * ground).round().astype(np.uint8) for ground in grounds)]
    return mask, guessed, pictures, _vectors(model, pictures, value_range, how, at)


def subject(rgb: np.ndarray) -> tuple[np.ndarray, bool]:
    """(bool (rows, columns), what GrabCut (Rother, Kolmogorov, Blake 2004) takes for the subject, of a frame a tenth in; False): or an ellipse and True, where
    that is next to nothing or nearly all, and where the picture is tiny or of one colour."""
    rows, columns = rgb.shape[:2]
    top, left = max(1, round(INSET * rows)), max(1, round(INSET * columns))
    ellipse = np.zeros((rows, columns), np.uint8)
    cv2.ellipse(ellipse, (columns // 2, rows // 2), (columns // 3, rows // 3), 0, 0, 360, 1, -1)
    if min(rows - 2 * top, columns - 2 * left) < 2 or not rgb.reshape(-1, 3).std(axis=0).any():
        return ellipse > 0, True
    found, models = np.zeros((rows, columns), np.uint8), np.zeros((2, 1, 65))
    cv2.setRNGSeed(1)
    frame = left, top, columns - 2 * left, rows - 2 * top
    cv2.grabCut(np.ascontiguousarray(rgb), found, frame, *models, 5, cv2.GC_INIT_WITH_RECT)
    mask = (found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD)
    return (mask, False) if BELIEVED[0] < mask.mean() < BELIEVED[1] else (ellipse > 0, True)


def _ground(rgb: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A photo without its subject, which is painted over from its surroundings; cut to (rows, columns)."""
    mask = cv2.dilate(subject(rgb)[0].astype(np.uint8), np.ones((7, 7), np.uint8))
    empty = cv2.inpaint(np.ascontiguousarray(rgb), mask, 5, cv2.INPAINT_TELEA)
    fitted = fitting.fit(empty / np.float32(255), size)
    return (255 * fitted).round().astype(np.uint8)


def _vectors(
    model: str | ModelCard, pictures: list[np.ndarray], value_range: Range, how: str = "crop", at: float = 0.5
) -> np.ndarray:
    """Of uint8 pictures of any size, each fitted to the network's input shape."""
    from models.catalog import card_of

    shape = card_of(model).input_shape
    return vectors_of(
        model,
        np.stack([fitting.seen_by(rgb / np.float32(255), shape, how=how, at=at) for rgb in pictures]),
        value_range,
    )
