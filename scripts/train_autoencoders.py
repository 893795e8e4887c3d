"""Train the autoencoders that ConvLens ships, on scikit-learn's digits, and write them with their cards into models/weights/.

    python scripts/train_autoencoders.py [name ...]

Some minutes on one core. Those that are named are trained, all others stay as they are; without a name, all are.
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

from convlens.autoencoder.jobs import read  # noqa: E402
from convlens.autoencoder.own import LAST  # noqa: E402
from convlens.networks import autoencoders  # noqa: E402
from convlens.networks.autoencoders import CARDS, NAMES, PLANS, WEIGHTS  # noqa: E402
from convlens.networks.plans import NOISE, Plan  # noqa: E402
from convlens.pictures.digits import split  # noqa: E402
from models.training.autoencoders import BATCH, RATE, step  # noqa: E402

UPDATES = LAST["digits"]


def card(plan: Plan, weights: dict[str, np.ndarray], losses: np.ndarray) -> dict:
    packed = b"".join(weights[name].astype("<f4").tobytes() for name in sorted(weights))
    return {
        "kind": plan.kind,
        "code": plan.size,
        "penalty": plan.weight,
        "noise": NOISE if plan.kind == "denoising" else 0.0,
        "hidden": list(plan.hidden),
        "data": "Optical Recognition of Handwritten Digits (Alpaydin, Kaynak 1998), as scikit-learn ships it",
        "size": len(split().train),
        "held_out": len(split().held_out),
        "updates": UPDATES,
        "batch": BATCH,
        "optimizer": f"Adam, {RATE}, cosine decay to 0",
        "seed": plan.seed,
        "loss": "cross-entropy + divergence" if plan.kind == "variational" else "mean squared error",
        "losses": [round(float(loss), 5) for loss in losses.reshape(24, -1).mean(axis=1)],  # means of 400 updates each
        "sha256": hashlib.sha256(packed).hexdigest(),
        "made_by": "scripts/train_autoencoders.py",
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }


def main() -> None:
    arrays, cards = {}, {}
    if unknown := set(sys.argv[1:]) - set(NAMES):
        sys.exit(f"{', '.join(sorted(unknown))}: expected some of {', '.join(NAMES)}")
    if named := set(sys.argv[1:]):
        with np.load(WEIGHTS) as file:
            arrays = {key: file[key] for key in file.files if key.partition("/")[0] in NAMES}
        cards = json.loads(CARDS.read_text(encoding="utf-8"))
    for plan in PLANS:
        if named and plan.name not in named:
            continue
        trained, losses = step(plan, autoencoders.part("train"), None, UPDATES, UPDATES)
        weights = trained.weights
        arrays |= {f"{plan.name}/{path}": np.float32(value) for path, value in weights.items()}
        cards[plan.name] = card(plan, weights, losses)
        np.savez_compressed(WEIGHTS, **arrays)
        print(f"{plan.name}: loss {losses[-1]:.5f}", flush=True)
    CARDS.write_text(json.dumps(cards, indent=1) + "\n", encoding="utf-8")
    judge(cards)
    CARDS.write_text(json.dumps(cards, indent=1) + "\n", encoding="utf-8")


def judge(cards: dict) -> None:
    """Of the held-out digits: the error, and how many the small network still reads; beside them as many principal components."""
    pictures = autoencoders.part("held_out")
    originals = read("digits", pictures)
    for name, of in autoencoders.shipped().items():
        again, by_components = of.rebuilt(pictures), autoencoders.components(of.plan.size).rebuilt(pictures)
        cards[name]["test"] = {
            "pictures": len(pictures),
            "error": round(float(autoencoders.error(pictures, again).mean()), 5),
            "read": round(read("digits", again), 4),
            "components_error": round(float(autoencoders.error(pictures, by_components).mean()), 5),
            "components_read": round(read("digits", by_components), 4),
            "originals_read": round(originals, 4),
        }
        print(name, cards[name]["test"], flush=True)


if __name__ == "__main__":
    main()
