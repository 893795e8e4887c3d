"""Count what the networks of the page *Architectures* have, from the networks themselves: writes assets/architectures/.

python scripts/describe_architectures.py [name ...]
"""

import gc
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from convlens.history.architectures import FOLDER  # noqa: E402
from models.architectures.history.builders import BUILDERS  # noqa: E402
from models.architectures.history.description import described  # noqa: E402


def description(name: str) -> dict:
    """Of a network that is built for it, and let go."""
    builder = BUILDERS[name]
    found = described(builder.build(), builder.block)
    gc.collect()  # a network is a circle of references, and VGG-16 holds 550 MB
    return {"name": name, **found}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or BUILDERS:
        found = description(name)
        head = ",\n".join(f"{json.dumps(what)}: {json.dumps(found[what])}" for what in ("name", "input", "totals"))
        lines = ",\n".join(json.dumps(layer, separators=(",", ":")) for layer in found["layers"])
        path = FOLDER / f"{name}.json"
        path.write_text(f'{{{head},\n"layers": [\n{lines}\n]}}\n', encoding="utf-8")
        print(path.relative_to(ROOT), json.dumps(found["totals"]))


if __name__ == "__main__":
    main()
