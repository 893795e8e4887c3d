"""Put the cards' figures, and a table of the bench or of the load bench from standard input, into README.md.

make bench | python scripts/update_readme.py bench
make load | python scripts/update_readme.py load
python benchmarks/bench.py click cpu | python scripts/update_readme.py clicks
python scripts/update_readme.py
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from models.catalog import catalog  # noqa: E402


def networks() -> str:
    lines = ["| name | training pictures | epochs | right, of the held-out pictures |", "|---|--:|--:|--:|"]
    for card in filter(lambda card: card.accuracy is not None, catalog().values()):  # not one's own, nor others'
        epochs = card.training["epochs"]
        lines.append(f"| {card.name} | {card.training_size:,} | {epochs} | {100 * card.accuracy:.1f} % |")
    return "\n".join(lines)


def between(text: str, mark: str, table: str) -> str:
    return re.sub(
        rf"<!-- {mark} -->.*<!-- /{mark} -->", f"<!-- {mark} -->\n{table}\n<!-- /{mark} -->", text, flags=re.S
    )


def main() -> None:
    readme = ROOT / "README.md"
    text = between(readme.read_text(encoding="utf-8"), "networks", networks())
    for mark in sys.argv[1:2]:
        text = between(text, mark, "\n".join(line for line in sys.stdin.read().splitlines() if line.startswith("|")))
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
