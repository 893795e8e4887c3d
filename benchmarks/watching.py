"""Runs that are watched: how fast one goes on with 1, 20 and 200 who watch it, and twenty different ones beside each other.

    python benchmarks/watching.py            # about three minutes; nothing else should run beside it

Visitors speak Streamlit's own protocol, as browsers do: each looks again when its page asks for it. Prints a table; asserts nothing.
"""

import asyncio
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402

from tests.serving import serving  # noqa: E402
from tests.visitor import Visitor  # noqa: E402

SECONDS = 30  # that a run is watched
COME = re.compile(r"after ([\d,]+) update")


class Watcher(Visitor):
    """Somebody on the page Training, whose run goes on."""

    auto = None  # what the page has asked for last: (seconds, the part that is drawn again)
    update = 0  # how far the run has come, as the page says

    async def watch(self, until: float, seen: list[tuple[float, int]]) -> None:
        """Train the run of the page, and look at it as often as the page asks for, until then (``time.monotonic``); ``seen``: when it had come how far."""
        await self.change("train", trigger_value=True)
        while time.monotonic() < until:
            interval, part = self.auto or (1.0, "")
            await asyncio.sleep(min(interval, max(0.0, until - time.monotonic())))
            await self._look(part)
            if not seen or self.update > seen[-1][1]:
                seen.append((time.monotonic(), self.update))
        await self.leave()

    async def _look(self, part: str) -> None:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.page_name = self._name
        message.rerun_script.fragment_id = part
        message.rerun_script.is_auto_rerun = True
        self.texts = []
        await self.send(message.SerializeToString())
        while True:
            answer = await self._next()
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._see(answer.delta.new_element)
            if kind == "script_finished":
                break
        for found in COME.finditer("\n".join(self.texts)):
            self.update = max(self.update, int(found[1].replace(",", "")))

    async def _next(self):
        answer = await super()._next()
        if answer.WhichOneof("type") == "auto_rerun":
            self.auto = answer.auto_rerun.interval, answer.auto_rerun.fragment_id
        return answer


async def watched(address: str, seeds: list[int]) -> tuple[list[int], float]:
    """How far each one's run has come after ``SECONDS``, and how many updates a second were made of the first, when all had come and begun."""
    watchers, seen = [Watcher(address) for _ in seeds], []
    for some in _few(list(zip(watchers, seeds, strict=True))):
        await asyncio.gather(*(watcher.enter(f"seed={seed}&batch=128", "training") for watcher, seed in some))
    until = time.monotonic() + SECONDS
    await asyncio.gather(
        *(watcher.watch(until, seen if seed == seeds[0] else []) for watcher, seed in zip(watchers, seeds, strict=True))
    )
    (begun, first), (ended, last) = seen[len(seen) // 4], seen[-1]
    if ended <= begun:
        sys.exit(f"The run has come no further than {last} updates in {SECONDS} seconds.")
    return [watcher.update for watcher in watchers], (last - first) / (ended - begun)


def _few(all_of: list, count: int = 10) -> list[list]:
    return [all_of[i : i + count] for i in range(0, len(all_of), count)]


async def clicked(address: str, until: float) -> list[float]:
    """Seconds of each click of somebody on Layers, one a second."""
    visitor, times = Visitor(address), []
    await visitor.enter("", "layers")
    while time.monotonic() < until:
        times.append(await visitor.tell("sheet.channel", chosen=1 + len(times) % 5))
        await asyncio.sleep(1)
    await visitor.leave()
    return times


async def both(address: str, seeds: list[int]) -> tuple[list[int], list[float]]:
    return tuple(await asyncio.gather(watched(address, seeds), clicked(address, time.monotonic() + SECONDS)))


def main() -> None:
    print("| what | updates | beside one | bound |\n|---|---|---|---|")
    with serving(None) as served:
        asyncio.run(watched(served.address, [99]))  # a worker starts
        alone = statistics.median(asyncio.run(watched(served.address, [seed]))[1] for seed in (1, 4, 5))
        print(f"| a run that one watches | {alone:.0f} a second | | |", flush=True)
        for count, seed in ((20, 2), (200, 3)):
            _, found = asyncio.run(watched(served.address, [seed] * count))
            print(f"| the same, {count} watch | {found:.0f} a second | {found / alone:.2f} | ≥ 0.9 |", flush=True)
        quiet = statistics.median(asyncio.run(clicked(served.address, time.monotonic() + SECONDS)))
        (found, _), times = asyncio.run(both(served.address, list(range(10, 30))))
        print(
            f"| twenty runs, {SECONDS} s | {min(found):,} to {max(found):,} each, {sum(found):,} in all | | each goes on |"
        )
        slowest = statistics.quantiles(times, n=20)[-1]
        print(
            f"| a click on Layers meanwhile: median {1000 * statistics.median(times):.0f} ms, 95 % within {1000 * slowest:.0f} ms | "
            f"| {statistics.median(times) / quiet:.2f} | 95 % within 1 s |"
        )


if __name__ == "__main__":
    main()
