"""ConvLens on a Dask cluster, all of it real processes: what its visitors see while parts of it are killed."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.dask_cluster import DaskCluster
from tests.server.test_faults import with_tensorflow
from tests.serving import serving
from tests.visitor import Visitor, play

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="workers are found by Linux' list of processes")
ANSWER = "Dummy says"


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with DaskCluster(tmp_path_factory.mktemp("dask"), 2, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def served(dask, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served"), CONVLENS_CLUSTER=dask.address) as server:
        play(_warm(server.address))
        yield server
        assert "Fault" not in server.log.read_text()


async def _warm(address: str) -> None:
    """A first visitor of a cluster whose workers still import TensorFlow, on a busy machine for longer than a job may take."""
    visitor = Visitor(address)
    await visitor.enter("picture=horse")
    await _answered(visitor, "picture=horse")
    await visitor.leave()


async def _answered(visitor: Visitor, link: str) -> None:
    """Until the page has its answer. New workers import TensorFlow first, on a busy machine for longer than a job may take:
    then a sentence asks for another try, and nothing else is wrong."""
    for _ in range(5):
        assert not visitor.failed
        if visitor.said(ANSWER):
            return
        assert visitor.said("Please try again"), visitor.texts
        await visitor.run(link)
    assert visitor.said(ANSWER)


def computing(dask: DaskCluster) -> list[int]:
    return [pid for name in ("worker-0", "worker-1") for pid in with_tensorflow(dask.processes[name])]


def test_every_page_is_computed_by_the_cluster(served, dask):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("picture=ship")
        assert visitor.said(ANSWER)
        for page in ("pixels", "kernels", "layers", "explorer", "compare"):
            await visitor.go(page)
            assert not visitor.failed
            assert not visitor.said("Please try again")
        await visitor.go("explorer", "surgery=conv2d_2:silence:0-3")
        await visitor.leave()

    play(visit())
    assert len(computing(dask)) == 2  # both are warm, though one visitor needs but one
    assert not with_tensorflow(served.process)  # and the web server has no workers of its own


@pytest.mark.parametrize("how_many", [1, 2])
def test_workers_that_are_killed_are_replaced_under_a_visitors_click(served, dask, how_many):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("picture=frog")
        before = visitor.said(ANSWER)
        for pid in computing(dask)[:how_many]:
            os.kill(pid, signal.SIGKILL)
        other = ("automobile", "truck")[how_many - 1]  # nobody has asked for it yet
        await visitor.tell("gallery.picture", chosen=other)
        await _answered(visitor, f"picture={other}")
        assert visitor.said(ANSWER) != before
        await visitor.leave()

    play(visit())


def test_the_scheduler_gone_and_back(served, dask):
    """The picture stays, a sentence says what is the matter, and the page works at a later click without a new start."""

    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("picture=cat")
        dask.kill("scheduler")
        await visitor.tell("gallery.picture", chosen="airplane")
        assert visitor.said("The machines that compute do not answer just now. Please try again in a moment")
        assert visitor.media  # the picture
        assert not visitor.failed
        await visitor.tell("gallery.picture", chosen="cat")
        assert visitor.said(ANSWER)  # what was computed before is still at hand
        for _ in range(20):  # "Please try again in a moment"
            dask.mend()
            await asyncio.sleep(1)
            await visitor.tell("gallery.picture", chosen="airplane")
            if visitor.said(ANSWER):
                break
        assert visitor.said(ANSWER)
        await visitor.leave()

    play(visit())
