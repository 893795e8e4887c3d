"""Train the generative adversarial network that the page Made up opens with, and judge all ways to make up digits.

    python scripts/train_gan.py [judge]

Minutes on one core: the generator at some moments goes to models/weights/, with its card, what all ways are worth to assets/. ``judge``: only the latter.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import keras  # noqa: E402
import numpy as np  # noqa: E402

from convlens.networks import adversaries  # noqa: E402
from convlens.networks.adversaries import CARD, EVERY, MOMENTS, WEIGHTS, Adversaries  # noqa: E402
from convlens.synthetic import ways  # noqa: E402
from models.training import gan  # noqa: E402


def train() -> None:
    of, state, arrays, told = Adversaries(), None, {}, []
    for update in MOMENTS:
        state, seen = gan.step(of, state, update - (state.update if state else 0))
        told.append(seen)
        for name in ("generator", "discriminator"):
            arrays |= {
                f"{update}/{name}/{i}": values.astype(np.float16) for i, values in enumerate(getattr(state, name))
            }
        print(update, seen[-EVERY:].mean(axis=0) if len(seen) else "", flush=True)
    arrays["losses"] = np.concatenate(told).reshape(-1, EVERY, 4).mean(axis=1)
    np.savez_compressed(WEIGHTS, **arrays)
    packed = b"".join(np.ascontiguousarray(arrays[name]).tobytes() for name in sorted(arrays))
    card = {
        "data": "Optical Recognition of Handwritten Digits (Alpaydin, Kaynak 1998), as scikit-learn ships it",
        "size": len(of.labels),
        "moments": MOMENTS,
        "every": EVERY,
        "batch": gan.BATCH,
        "optimizer": f"Adam, {gan.RATE}, momentum {gan.MOMENTUM}",
        "seed": of.seed,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "made_by": "scripts/train_gan.py",
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
    }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def judge() -> None:
    adversaries.recorded.cache_clear()
    found = {way: [asdict(ways.judged(way, seed)) for seed in ways.SEEDS] for way in ways.WAYS}
    for way, each in found.items():
        print(way, each[0], flush=True)
    first = {
        way: ways.made(way, ways.SEEDS[0])[0][: ways.FEW].astype(int).tolist() for way in ways.WAYS if way != ways.REAL
    }
    told = {
        "made_by": "scripts/train_gan.py",
        "made": ways.MADE,
        "asked": len(ways.real().truth),
        "found": found,
        "first": first,
    }
    ways.RECORDED.write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["judge"]:
        train()
    judge()
