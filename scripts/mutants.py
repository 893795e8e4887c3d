"""Change the code of a room in small ways, and see whether the room's own tests notice: by mutmut, ``make mutants ROOM=drawing``.

    python scripts/mutants.py                       # all rooms
    python scripts/mutants.py drawing networks

A mutant that no test kills is a line that could be wrong unseen. Each room is copied to build/mutants/, which holds a list of its
survivors afterwards; ``python -m mutmut show NAME`` in that folder shows one. Not every survivor is a fault: some change nothing.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "mutants"
NEEDED = ("app.py", "assets", "benchmarks", "convlens", "examples", "models", "pages", "scripts", "tests", "README.md")
BOUND = 0.9
OWN = "tests/convlens"
ROOMS = {  # room → what is changed, the tests that must notice
    "statistics": (["convlens/statistics.py", "convlens/text.py"], [f"{OWN}/test_statistics.py", f"{OWN}/test_text.py"]),
    "networks": (["convlens/networks"], [f"{OWN}/networks", f"{OWN}/explorer/test_receptive.py", f"{OWN}/explorer/test_overview.py"]),
    **{room: ([f"convlens/{room}"], [f"{OWN}/{room}"]) for room in ("drawing", "filters", "pictures", "kernels", "digits", "atlas", "compare")},
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; all if none is named")
    rooms = parser.parse_args().rooms or list(ROOMS)
    if unknown := set(rooms) - set(ROOMS):
        parser.error(f"{', '.join(sorted(unknown))}: expected some of {', '.join(ROOMS)}")
    print("| room | mutants | killed | share |\n|---|--:|--:|--:|", flush=True)
    shares = [killed(room) for room in rooms]
    sys.exit(min(shares) < BOUND)


def killed(room: str) -> float:
    """The share of a room's mutants that its tests kill; survivors are listed in ``WORK``."""
    place = WORK / room
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in NEEDED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
    changed, tests = ROOMS[room]
    settings = f"""
[tool.mutmut]
source_paths = {json.dumps(changed)}
also_copy = {json.dumps(NEEDED)}
pytest_add_cli_args_test_selection = {json.dumps(tests)}
"""
    (place / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text() + settings)
    mutmut = [sys.executable, "-m", "mutmut"]
    with (WORK / f"{room}.log").open("w") as log:
        subprocess.run([*mutmut, "run"], cwd=place, stdout=log, stderr=subprocess.STDOUT, check=True)
    told = subprocess.run([*mutmut, "results", "--all", "true"], cwd=place, capture_output=True, text=True, check=True)
    found = dict(line.strip().rsplit(": ", 1) for line in told.stdout.splitlines() if "__mutmut_" in line)
    dead = [name for name, how in found.items() if how in ("killed", "timeout", "segfault")]
    left = sorted(f"{name}: {how}" for name, how in found.items() if name not in dead)
    (WORK / f"{room}.txt").write_text("\n".join(left) + "\n")
    share = len(dead) / max(1, len(found))
    print(f"| {room} | {len(found):,} | {len(dead):,} | {share:.0%} |", flush=True)
    return share


if __name__ == "__main__":
    main()
