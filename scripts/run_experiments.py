"""Train what the page *Architectures* shows under *What was new*: networks that differ in one idea, on scikit-learn's digits.

    python scripts/run_experiments.py [name ...]

An hour on one core; each arm is kept in build/experiments/ when it is done, with what it was trained by, and not trained again with the same.
Those that are named are. Writes assets/experiments.json.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

from convlens.networks.experiments import ARMS, BATCH, EPOCHS, FILTERS, MOMENTUM, RATES, RECORDED, SEEDS, Arm  # noqa: E402

BY = {
    "epochs": EPOCHS,
    "batch": BATCH,
    "filters": list(FILTERS),
    "momentum": MOMENTUM,
    "rates": list(RATES),
    "seeds": list(SEEDS),
}
KEPT = ROOT / "build" / "experiments"


def text(arm: Arm) -> str:
    """One arm as JSON, trained."""
    from models.training.arms import trained

    for found in trained(arm):
        run = found.runs[-1]
        print(f"{arm.name}: rate {run.rate:g}, seed {run.seed}: loss {run.loss[-1]:.4g}, right {run.right[-1]:.3f}", flush=True)  # fmt: skip
    lines = ",\n".join(json.dumps(asdict(run), separators=(",", ":")) for run in found.runs)
    head = f'"by":{json.dumps(BY)},"gradients":{json.dumps(found.gradients, separators=(",", ":"))}'
    return f'{{{head},"runs":[\n{lines}]}}'


def is_kept(arm: Arm) -> bool:
    """Whether it has been trained by what is asked now."""
    path = KEPT / f"{arm.name}.json"
    return path.exists() and json.loads(path.read_text(encoding="utf-8"))["by"] == BY


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for arm in ARMS:
        if not is_kept(arm) or arm.name in sys.argv[1:]:
            (KEPT / f"{arm.name}.json").write_text(text(arm), encoding="utf-8")
    arms = ",\n".join(f'"{arm.name}":{(KEPT / f"{arm.name}.json").read_text(encoding="utf-8")}' for arm in ARMS)
    RECORDED.write_text(f"{{{arms}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
