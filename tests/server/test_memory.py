"""What many visitors together cost: archives that swell, maps that nobody waits for, and what is left of a photo."""

import asyncio
import json
import urllib.request
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.convlens.pictures.test_gathering import a_bomb
from tests.pages.test_map import some_pictures, zipped
from tests.serving import serving
from tests.visitor import Visitor, play

MB = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("memory"), "tests/server/holding.py") as server:
        yield server


def processes(served) -> list[psutil.Process]:
    """The web process, and its workers."""
    web = psutil.Process(served.process.pid)
    return [web, *web.children(recursive=True)]


def peaks(served) -> dict[int, int]:
    """Process id → the most memory that it had since ``forget_peaks``, in bytes."""
    said = {each.pid: Path(f"/proc/{each.pid}/status").read_text() for each in processes(served)}
    return {pid: 1024 * int(text.split("VmHWM:")[1].split()[0]) for pid, text in said.items()}


def forget_peaks(served) -> None:
    for each in processes(served):
        Path(f"/proc/{each.pid}/clear_refs").write_text("5")


async def at_the_map(served, query: str = "") -> Visitor:
    visitor = Visitor(served.address)
    await visitor.enter(query, "map")
    assert not visitor.failed
    return visitor


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are told on Linux only")
def test_archives_that_swell_cost_little_alone_and_four_at_once(served):
    """8 kB that hold 894 MB; the same as other archives are packed; and beginning like pictures."""
    query = "pictures=your+pictures&way=PCA&vectors=pixel+values"
    as_pictures = a_bomb(b"\x89PNG\r\n\x1a\n", zipfile.ZIP_DEFLATED, 5)

    async def visit():
        ordinary, photographer = (
            await at_the_map(served, "way=PCA&vectors=pixel+values"),
            await at_the_map(served, query),
        )
        await photographer.upload(zipped(some_pictures()), "holiday.zip", "map.upload.")
        assert photographer.said("12 pictures by PCA")
        forget_peaks(served)
        before = peaks(served)
        attackers = [await at_the_map(served, query) for _ in range(4)]
        await attackers[0].upload(a_bomb(), "x.zip", "map.upload.")
        assert "There is no picture to take" in attackers[0].said("60 left out")
        uploads = [asyncio.create_task(each.upload(as_pictures, "x.zip", "map.upload.")) for each in attackers]
        clicks = 0
        while not all(upload.done() for upload in uploads):
            await ordinary.go("pixels" if clicks % 2 else "map")
            assert not ordinary.failed
            clicks += 1
        await asyncio.gather(*uploads)
        assert all(each.said("5 left out") for each in attackers)
        for each in (*attackers, ordinary, photographer):
            await each.leave()
        return before, clicks

    before, clicks = play(visit())
    assert clicks >= 3  # the ordinary visitor was served meanwhile
    grown = {pid: peak - before[pid] for pid, peak in peaks(served).items() if pid in before}
    assert max(grown.values()) < 200 * MB, grown


def line(served) -> list[bool]:
    with urllib.request.urlopen(f"{served.address}/line") as reply:
        return json.load(reply)


def test_maps_that_thirty_ordered_who_have_left_are_in_nobodys_way(served):
    async def visit():
        many = [await at_the_map(served, f"way=UMAP&near={near}&vectors=pixel+values") for near in range(20, 50)]
        other = await at_the_map(served, "vectors=pixel+values")  # UMAP by default
        told = other.said("other maps are being computed, or wait for it")
        assert told.startswith("8 ")
        assert "This is PCA meanwhile" in told
        assert other.said("1,797 pictures by PCA")
        assert len(line(served)) == 8
        for each in many:
            await each.leave()
        await other.change("projecting.again", trigger_value=True)
        assert not other.said("other maps are being computed")
        assert other.said("1,797 pictures by PCA")
        assert len(line(served)) <= 2  # the one that had begun, and the other's
        await other.leave()
        for _ in range(50):
            if len(line(served)) < 2:
                return
            await asyncio.sleep(0.2)

    play(visit())
    assert len(line(served)) <= 1  # looked at every few seconds, also when nobody comes
