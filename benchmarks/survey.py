"""What a map of a folder costs as the folder grows: seconds and memory, with the benchmark's 4,096 values a picture.

    python benchmarks/survey.py                       # 1,000, 10,000 and 100,000 pictures (about an hour on two slow cores)
    python benchmarks/survey.py 1000 5000 --way PCA

The pictures are made here: coloured blots, of ten kinds. Prints a table; asserts nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402


def draw(folder: Path, count: int) -> None:
    """``count`` JPEGs of 64 × 64, in ten folders."""
    rng = np.random.default_rng(count)
    kinds = rng.integers(0, 256, (10, 4, 4, 3))
    for kind in range(10):
        (folder / f"kind-{kind}").mkdir(parents=True)
    for n in range(count):
        small = np.clip(kinds[n % 10] + rng.integers(-60, 61, (4, 4, 3)), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"kind-{n % 10}" / f"{n:06}.jpg"), cv2.resize(small, (64, 64)))


def resident(process: psutil.Process) -> float:
    """MB of a process and all it has started."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def measure(count: int, way: str) -> tuple[float, float, float, float]:
    """(seconds until all vectors are there, seconds of the layout, MB at most, MB of the file)"""
    with tempfile.TemporaryDirectory() as place:
        draw(Path(place) / "pictures", count)
        out = Path(place) / "map.npz"
        command = [sys.executable, ROOT / "scripts" / "make_map.py", Path(place) / "pictures", out, "--way", way]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*map(str, command), "--workers", str(max(1, (os.cpu_count() or 2) // 2))],
            stdout=subprocess.PIPE,
            text=True,
        )
        most, gathered = [0.0], [0.0]

        def watch() -> None:
            while process.poll() is None:
                most[0] = max(most[0], resident(psutil.Process(process.pid)))
                time.sleep(0.2)

        watching = threading.Thread(target=watch)
        watching.start()
        for line in process.stdout:
            if "HDBSCAN" in line:
                gathered[0] = time.perf_counter() - start
        if process.wait():
            sys.exit(f"make_map.py ended with {process.returncode}")
        watching.join()
        return gathered[0], time.perf_counter() - start - gathered[0], most[0], out.stat().st_size / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--way", default="UMAP")
    given = parser.parse_args()
    print("| pictures | vectors, s | layout, s | memory at most, MB | the file, MB |\n|--:|--:|--:|--:|--:|")
    for count in given.counts:
        vectors, layout, memory, file = measure(count, given.way)
        print(f"| {count:,} | {vectors:.0f} | {layout:.0f} | {memory:,.0f} | {file:.0f} |", flush=True)


if __name__ == "__main__":
    main()
