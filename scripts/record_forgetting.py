"""What networks forget of CIFAR-10 when their last layer goes on with the page Teach's example, for those who have no CIFAR-10: goes to assets/.

    CONVLENS_CIFAR10=... python scripts/record_forgetting.py           # of all networks
    CONVLENS_CIFAR10=... python scripts/record_forgetting.py dummy-2   # of this one; what is known of the others stays

A minute for each network.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.pictures.cifar10 import LABELS, copy_on_this_machine  # noqa: E402
from convlens.slices.jobs import picture_vectors  # noqa: E402
from convlens.teaching import questions  # noqa: E402
from convlens.teaching.further import RECORDED, recorded  # noqa: E402
from convlens.teaching.project import example  # noqa: E402
from models.catalog import card_of, catalog  # noqa: E402


def main() -> None:
    of, found = example(), {}
    if (place := copy_on_this_machine()) is None:
        raise SystemExit("There is no CIFAR-10 on this machine. CONVLENS_CIFAR10 names a copy.")
    names = [name for name, card in catalog().items() if card.labels == LABELS]
    if wished := sys.argv[1:]:
        found |= {sha: each for sha, each in recorded().items() if each["network"] not in wished}
        names = [name for name in names if name in wished]
    for name in names:
        vectors = picture_vectors(name, [photo.data for photo in of.all])
        it = questions.forgotten(name, str(place), vectors, of.labels, of.bursts)
        shares = {each: np.round(getattr(it, each), 4).tolist() for each in ("old", "masked", "new", "beside")}
        found[card_of(name).sha256] = {"network": name, **shares, "tested": it.tested, "kept": it.kept}
        print(name, shares["old"], flush=True)
    versions = {"keras": keras.__version__, "backend": keras.backend.backend(), "numpy": np.__version__}
    told = {"made_by": "scripts/record_forgetting.py", "data": questions.test_part(place).form, "versions": versions, "found": found}  # fmt: skip
    RECORDED.write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
