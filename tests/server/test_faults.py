"""Faults, for real: the visitor keeps the picture, gets a page or a sentence, and the next click works."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.serving import serving
from tests.visitor import Visitor, play

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="workers are found by Linux' list of processes")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("faults"), CONVLENS_WORKERS="2") as server:
        play(_first(server))
        yield server
        assert "Traceback" not in server.log.read_text()


async def _first(server) -> None:
    visitor = Visitor(server.address)
    await visitor.enter()  # waits until the workers have TensorFlow
    await visitor.leave()


def workers(server) -> list[int]:
    """The processes under the server that have TensorFlow in them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            if f"PPid:\t{server.process.pid}\n" in status and "tensorflow" in (folder / "maps").read_text():
                found.append(int(folder.name))
        except OSError:
            continue  # it has just ended
    return found


def answers(visitor: Visitor) -> str:
    return next(text for text in visitor.texts if "Dummy says" in text)


@pytest.mark.parametrize("how_many", [1, 2])
def test_workers_that_are_killed_are_replaced_under_a_visitors_click(served, how_many):
    async def visit() -> tuple[str, str]:
        visitor = Visitor(served.address)
        await visitor.enter("picture=ship")
        before = answers(visitor)
        for pid in workers(served)[:how_many]:
            os.kill(pid, signal.SIGKILL)
        await visitor.change("picture", string_value=("car", "truck")[how_many - 1])  # nobody has asked for it yet
        assert not visitor.failed
        assert "Try again" not in " ".join(visitor.texts)
        after = answers(visitor)
        await visitor.leave()
        return before, after

    before, after = play(visit())
    assert before != after


def test_a_worker_killed_in_the_middle_of_a_job(served):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        click = asyncio.create_task(visitor.change("picture", string_value="airplane"))
        for _ in range(3):
            await asyncio.sleep(0.02)
            for pid in workers(served):
                os.kill(pid, signal.SIGKILL)
        await click
        assert not visitor.failed
        said = " ".join(visitor.texts)
        assert "Dummy says" in said or "Please try again" in said
        await visitor.change("picture", string_value="airplane")
        assert "Dummy says" in " ".join(visitor.texts)
        await visitor.leave()

    play(visit())


def test_many_visitors_with_one_picture_cost_one_computation(served):
    """All ask at once for a picture that nobody has seen: one waits for the worker, the others for that one."""

    async def visit() -> None:
        visitors = [Visitor(served.address) for _ in range(12)]
        await asyncio.gather(*(visitor.enter("picture=rocket") for visitor in visitors))
        assert {answers(visitor) for visitor in visitors} == {answers(visitors[0])}
        await asyncio.gather(*(visitor.leave() for visitor in visitors))

    play(visit())
