"""A lecture hall before ConvLens: 1 to 200 visitors who upload, move between pages, and change what they see.

    python benchmarks/load.py                         # all, beside an empty app and the usual one-file app
    python benchmarks/load.py --visitors 200 --servers convlens empty

Each visitor speaks Streamlit's own protocol from a process of its own kind (no browser), clicks every five seconds on average,
and waits for the run to finish before the next click. Prints a table; asserts nothing. Ratios count: all servers share the
machine with their visitors.
"""

import argparse
import asyncio
import io
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from browser import server  # noqa: E402
from clicks import LAYERS  # noqa: E402
from PIL import Image  # noqa: E402

from convlens.networks import autoencoders  # noqa: E402
from convlens.pictures import choices  # noqa: E402
from convlens.pictures.digits import split  # noqa: E402
from convlens.synthetic import ways  # noqa: E402
from convlens.ui import navigation  # noqa: E402
from tests.serving import Served  # noqa: E402
from tests.visitor import Visitor  # noqa: E402

THINK = 5.0  # seconds between two clicks, on average
PAGES = ("", *(page.name for page in navigation.PAGES[1:]))
DIGITS = tuple(range(0, choices.DIGITS, 50))
CLICKS = {  # key → (what is sent, values); of each page what its visitors click
    "gallery.picture": ("chosen", ("frog", "cat", "ship", "airplane", "automobile", "truck")),
    "gallery.kernel_1": ("chosen", ("sobel_x", "gaussian_3", "sharpen", "identity", "emboss")),
    "gallery.layer": ("chosen", LAYERS),
    "explorer.network": ("chosen", tuple([layer, unit, -1, -1] for layer in LAYERS for unit in range(4))),
    "sheet.channel": ("chosen", tuple(range(16))),
    "magnifier.photo": ("held", tuple(f"{n}-{n}-red" for n in range(0, 200, 20))),
    "layer.choose": ("", LAYERS),
    "network.choose": ("", ("benchmark", "dummy")),
    "border": ("chosen", DIGITS),
    "gallery.some": ("chosen", DIGITS),
    "gallery.coder": ("chosen", autoencoders.NAMES),
    "gallery.made": ("chosen", tuple(range(100))),
    "gallery.maker": ("chosen", tuple(ways.WAYS)),
    "gallery.mistake": ("chosen", tuple(split().held_out[::5].tolist())),
    "map": ("chosen", DIGITS),
    "by": ("", ("clusters", "labels")),
}


@dataclass
class Told:
    """What a load has shown; times in seconds, memory in MB."""

    times: list[float] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    received: int = 0
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)  # when → (web process, workers)


def photo(seed: int) -> bytes:
    """A phone's photo, smaller: 12 in each JPEG's megapixels would measure the decoder alone."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).resize((1600, 1200), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


PHOTOS = [photo(seed) for seed in range(8)]


def memory(pid: int) -> tuple[float, float]:
    """(web process, its children together) in MB, resident."""
    resident: dict[int, float] = {}
    parent: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it has just ended
        parent[int(folder.name)] = int(status["PPid"])
        resident[int(folder.name)] = int(status.get("VmRSS", "0 kB").split()[0]) / 1024
    family = {pid}
    while more := {child for child, of in parent.items() if of in family} - family:
        family |= more
    return resident.get(pid, 0.0), sum(resident[one] for one in family - {pid})


async def convlens(visitor: Visitor, told: Told, dice: random.Random, uploads: bool) -> None:
    """One click: mostly another page or another value, at times a photo."""
    what = dice.random()
    if uploads and what < 0.06:
        told.uploads.append(await visitor.upload(dice.choice(PHOTOS) + dice.randbytes(4)))
    elif what < 0.45:
        told.times.append(await visitor.go(dice.choice(PAGES)))
    else:
        key = dice.choice([key for key in CLICKS if key in visitor.widgets])
        (part, values) = CLICKS[key]
        value = dice.choice(values)
        click = visitor.tell(key, **{part: value}) if part else visitor.change(key, string_value=value)
        told.times.append(await click)


async def empty(visitor: Visitor, told: Told, dice: random.Random, _uploads: bool) -> None:
    key = next(iter(visitor.widgets))
    state = {"double_array_value": {"data": [float(dice.randrange(100))]}}
    told.times.append(await visitor.change(key, **state))


async def usual(visitor: Visitor, told: Told, dice: random.Random, _uploads: bool) -> None:
    told.times.append(await visitor.change("layer", string_value=dice.choice(LAYERS)))


SERVERS = {"convlens": ("app.py", convlens), "empty": ("benchmarks/empty_app.py", empty), "usual": ("benchmarks/usual_app.py", usual)}  # fmt: skip


async def student(address: str, act, told: Told, seed: int, end: float, spread: float, uploads: bool) -> None:
    dice = random.Random(seed)
    await asyncio.sleep(dice.uniform(0, spread))
    visitor = Visitor(address)
    try:
        await visitor.enter()
        while time.monotonic() < end:
            await asyncio.sleep(min(dice.expovariate(1 / THINK), 4 * THINK))
            try:
                await act(visitor, told, dice, uploads)
                if visitor.failed:
                    told.errors.append("an exception on the page")
            except Exception as error:
                told.errors.append(repr(error)[:120])
                return
        await visitor.leave()
    except Exception as error:
        told.errors.append(f"did not get in: {error!r}"[:120])
    finally:
        told.received += visitor.received


async def lecture(served: Served, act, visitors: int, minutes: float, uploads: bool) -> Told:
    """One load; the first fifth of a minute is for coming in."""
    told, spread = Told(), min(12.0, visitors / 8)
    told.memory["before"] = memory(served.process.pid)
    start = time.monotonic()
    end = start + spread + 60 * minutes

    async def watch() -> None:
        most = (0.0, 0.0)
        while time.monotonic() < end:
            await asyncio.sleep(2)
            now = await asyncio.to_thread(memory, served.process.pid)
            most = (max(most[0], now[0]), max(most[1], now[1]))
        told.memory["peak"] = most

    await asyncio.gather(
        watch(), *(student(served.address, act, told, n, end, spread, uploads) for n in range(visitors))
    )
    told.seconds = time.monotonic() - start
    await asyncio.sleep(45)  # the sessions of those who left end
    told.memory["after"] = memory(served.process.pid)
    return told


def row(name: str, visitors: int, told: Told) -> str:
    times = sorted(told.times)
    share = lambda q: f"{1000 * times[min(len(times) - 1, int(q * len(times)))]:.0f}" if times else "none done"  # noqa: E731
    web, workers = (" → ".join(f"{told.memory[when][i]:.0f}" for when in ("before", "peak", "after")) for i in (0, 1))
    upload = f"{1000 * statistics.median(told.uploads):.0f}" if told.uploads else "–"
    return (
        f"| {name} | {visitors} | {share(0.5)} | {share(0.95)} | {share(0.99)} | {upload} | "
        f"{len(told.times) / told.seconds:.1f} | {len(told.errors)} | {web} | {workers} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 20, 50, 100, 200])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--servers", nargs="+", default=list(SERVERS), choices=list(SERVERS))
    parser.add_argument("--no-uploads", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print(
        "| server | visitors | median, ms | 95 % | 99 % | upload | runs a second | errors | web process, MB: before → peak → after "
        "| workers, MB |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for name in given.servers:
        script, act = SERVERS[name]
        with server(ROOT / script) as served:
            warm = Visitor(served.address)
            asyncio.run(_first(warm))
            for visitors in given.visitors:
                told = asyncio.run(lecture(served, act, visitors, given.minutes, not given.no_uploads))
                print(row(name, visitors, told), flush=True)
                for error in sorted(set(told.errors))[:5]:
                    print(f"  {told.errors.count(error)} × {error}", file=sys.stderr)


async def _first(visitor: Visitor) -> None:
    """The workers import TensorFlow, the usual app too: nobody's lecture begins with that."""
    await visitor.enter()
    await visitor.leave()
    await asyncio.sleep(15)


if __name__ == "__main__":
    main()
