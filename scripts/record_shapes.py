"""Train on made-up shapes what the page Made up opens with: what is found goes to assets/, the first network to models/weights/.

    python scripts/record_shapes.py

Some minutes on one core.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.pictures import shapes  # noqa: E402
from convlens.synthetic import jobs, trials  # noqa: E402
from models.training import steps  # noqa: E402


def main() -> None:
    found: dict = {}
    for recipe in trials.RECIPES:
        for seed in trials.SEEDS:
            run = trials.settings(recipe, seed)
            state = steps.learned(run, None, trials.UPDATES)
            there = found.setdefault(shapes.written(recipe), {}).setdefault(str(seed), {})
            texts = tuple(map(shapes.written, trials.QUESTIONS))
            counts = jobs.questioned(run, state, texts, trials.ASKED)
            there |= {text: found.tolist() for text, found in zip(texts, counts, strict=True)}
            print(shapes.written(recipe) or "default", seed, [round(trials.accuracy(np.array(c)), 3) for c in there.values()], flush=True)  # fmt: skip
            if (recipe, seed) == trials.SHIPPED:
                ship(run, state)
    versions = {"keras": keras.__version__, "backend": keras.backend.backend(), "numpy": np.__version__}
    told = {"made_by": "scripts/record_shapes.py", "updates": trials.UPDATES, "pictures": trials.LEARNED, "asked": trials.ASKED, "versions": versions, "found": found}  # fmt: skip
    trials.RECORDED.write_text(json.dumps(told) + "\n", encoding="utf-8")


def ship(run, state) -> None:
    """The weights of the network that drawings are asked of before anybody trains, and their card."""
    np.savez_compressed(trials.WEIGHTS, **{f"{i:02}": values for i, values in enumerate(state.network)})
    packed = b"".join(np.ascontiguousarray(values).tobytes() for values in state.network)
    card = {
        "network": run.network,
        "data": run.of.source,
        "recipe": run.recipe,
        "size": run.pictures,
        "updates": state.update,
        "batch": run.batch,
        "optimizer": f"{run.optimiser}, {run.rate:g}",
        "seed": run.seed,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "made_by": "scripts/record_shapes.py",
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }
    trials.WEIGHTS.with_suffix(".card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
