"""What a network's confidence is worth on pictures of classes that it has never seen, measured.

A class is *left out*: the network is trained without it, then asked about its held-out pictures. A gauge is a number that
is meant to be higher for pictures of known classes than for others; its AUROC says how often it is, for one picture of each
kind: 1 always, 0.5 as often as a coin.
"""

import numpy as np
from sklearn.metrics import roc_auc_score

SURE = 0.9  # an answer with more than this is called sure
AT_ONCE = 500


def gauges(probabilities: np.ndarray, vectors: np.ndarray, stored: np.ndarray) -> dict[str, np.ndarray]:
    """Gauge → float (n,), higher for what looks known.

    Args:
        probabilities: (n, classes), of a softmax.
        vectors: (n, d), of the layer before the classes.
        stored: (m, d), the same of training pictures.
    """
    p = np.maximum(np.asarray(probabilities, np.float64), 1e-30)
    return {
        "largest probability": p.max(axis=1),
        "entropy": (p * np.log2(p)).sum(axis=1),
        "Euclidean distance": -nearest(vectors, stored),
        "cosine distance": -(nearest(_of_length_one(vectors), _of_length_one(stored)) ** 2) / 2,  # |a − b|² = 2 − 2 cos
    }


def energy(logits: np.ndarray) -> np.ndarray:
    """log Σ exp of (n, classes): W. Liu et al., *Energy-based Out-of-distribution Detection* (2020), with its sign turned."""
    largest = logits.max(axis=1, keepdims=True)
    return (largest + np.log(np.exp(logits - largest).sum(axis=1, keepdims=True)))[:, 0]


def nearest(vectors: np.ndarray, stored: np.ndarray) -> np.ndarray:
    """(n,): the Euclidean distance of each of ``vectors`` (n, d) to the nearest of ``stored`` (m, d)."""
    squares = (stored**2).sum(axis=1)
    parts = []
    for start in range(0, len(vectors), AT_ONCE):
        some = vectors[start : start + AT_ONCE]
        parts.append(((some**2).sum(axis=1) + (squares - 2 * some @ stored.T).min(axis=1)).clip(0))
    return np.sqrt(np.concatenate(parts))


def _of_length_one(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def auroc(known: np.ndarray, strange: np.ndarray) -> float:
    """How often a picture of a known class has the higher gauge than one of another; ties count half."""
    truth = np.repeat([1, 0], [len(known), len(strange)])
    return float(roc_auc_score(truth, np.concatenate([known, strange])))


def named(probabilities: np.ndarray, labels: tuple[str, ...]) -> dict:
    """What pictures of one class are called: the most frequent sure answer, its share of all, and how many are sure at all."""
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1) > SURE
    counts = np.bincount(answers[sure], minlength=len(labels))
    return {
        "pictures": len(answers),
        "sure": float(sure.mean()),
        "most_often": labels[int(counts.argmax())],
        "share": float(counts.max() / len(answers)),
    }
