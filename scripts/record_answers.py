"""How often networks were right when they were so sure, and how often two of them part, on CIFAR-10's test pictures; for those who have none.

    CONVLENS_CIFAR10=... python scripts/record_answers.py

Writes assets/answers.json. A minute.
"""

import json
import os
import sys
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.networks.worth import EDGES, RECORDED, pair_key  # noqa: E402
from convlens.pictures import cifar10  # noqa: E402
from models.catalog import catalog  # noqa: E402
from models.running.slicing import sliced  # noqa: E402

BATCH = 500


def main() -> None:
    if (place := cifar10.copy_on_this_machine()) is None:
        raise SystemExit("There is no CIFAR-10 on this machine. CONVLENS_CIFAR10 names a copy.")
    test, found, said = cifar10.read(place, "test"), {}, {}
    for name, card in catalog().items():
        if card.labels != cifar10.LABELS:
            continue
        last = sliced(name).layers[-1].name
        given = np.stack([card.prepare(pixels / np.float32(255)) for pixels in test.pixels])
        shares = np.concatenate([sliced(name).activations(part)[last] for part in np.split(given, len(given) // BATCH)])
        found[card.sha256], said[card.sha256] = {"network": name, **counted(shares, test.labels)}, shares.argmax(axis=1)
        print(name, found[card.sha256]["right"], flush=True)
    apart = {pair_key(a, b): int(np.sum(said[a] != said[b])) for a, b in combinations(said, 2)}
    versions = {"keras": keras.__version__, "backend": keras.backend.backend(), "numpy": np.__version__}
    told = {"made_by": "scripts/record_answers.py", "data": test.form, "pictures": len(test.labels), "edges": EDGES}
    RECORDED.write_text(
        json.dumps(told | {"versions": versions, "found": found, "apart": apart}) + "\n", encoding="utf-8"
    )


def counted(shares: np.ndarray, labels: np.ndarray) -> dict[str, list[int]]:
    """How many answers lie between two of ``EDGES``, and how many of these are right.

    Args:
        shares: (pictures, classes), softmaxes.
    """
    where = np.searchsorted(EDGES, shares.max(axis=1), side="right") - 1
    right = shares.argmax(axis=1) == labels
    return {
        name: np.bincount(where[some].clip(max=len(EDGES) - 2), minlength=len(EDGES) - 1).tolist()
        for name, some in (("answers", np.ones_like(right)), ("right", right))
    }


if __name__ == "__main__":
    main()
