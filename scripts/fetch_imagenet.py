"""Fetch networks that were trained on ImageNet, once, into Keras' cache; ConvLens finds them there.

    python scripts/fetch_imagenet.py                          # all five, 800 MB
    python scripts/fetch_imagenet.py vgg19 inception-v3

What is there already is kept. Without the internet, copy the folder from a machine that has it.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from models import pretrained  # noqa: E402
from models.catalog import card_of, catalog, imagenet_folder  # noqa: E402
from models.loading import load  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help=f"of {', '.join(pretrained.PRETRAINED)}; all if none is named")
    args = parser.parse_args()
    if unknown := set(args.networks) - set(pretrained.PRETRAINED):
        parser.error(f"{', '.join(sorted(unknown))}: expected some of {', '.join(pretrained.PRETRAINED)}")
    folder = imagenet_folder()
    for name in args.networks or pretrained.PRETRAINED:
        if name in catalog():
            print(f"{name} is there: {card_of(name).file}")
            continue
        print(f"{name} is being fetched", flush=True)
        try:
            model = pretrained.build(name)
            classes = pretrained.labels()
        except Exception as error:  # keras.utils.get_file raises a bare Exception when it is offline
            sys.exit(
                f"{name} cannot be fetched: {error}\nWithout the internet, copy {folder} from a machine where this has worked."
            )
        file = pretrained.save(name, folder, model, classes)
        load(name)  # by the very code that the pages use: guard, hash, weights
        print(f"{name}: {file}, {file.stat().st_size / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
