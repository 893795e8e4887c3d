"""Faults, for real: the visitor keeps the picture, gets a page or a sentence, and the next click works."""

import asyncio
import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from models.imagenet import PRETRAINED
from tests.serving import serving
from tests.visitor import Visitor, play

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="workers are found by Linux' list of processes")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("faults"), "tests/server/holding.py", CONVLENS_WORKERS="2") as server:
        play(_first(server))
        yield server
        said = server.log.read_text()
        assert said.count("\nFault ") == 1  # of the one job that raised
        assert "ValueError: invalid literal for int() with base 10: 'not a number, and a secret'" in said


async def _first(server) -> None:
    visitor = Visitor(server.address)
    await visitor.enter()  # waits until the workers have TensorFlow
    await visitor.leave()


def with_tensorflow(parent: subprocess.Popen) -> list[int]:
    """The processes under another one that have TensorFlow in them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            if f"PPid:\t{parent.pid}\n" in status and "tensorflow" in (folder / "maps").read_text():
                found.append(int(folder.name))
        except OSError:
            continue  # it has just ended
    return found


@pytest.mark.parametrize("how_many", [1, 2])
def test_workers_that_are_killed_are_replaced_under_a_visitors_click(served, how_many):
    async def visit() -> tuple[str, str]:
        visitor = Visitor(served.address)
        await visitor.enter("picture=ship")
        before = visitor.said("Dummy says")
        for pid in with_tensorflow(served.process)[:how_many]:
            os.kill(pid, signal.SIGKILL)
        wanted = ("automobile", "truck")[how_many - 1]  # nobody has asked for it yet
        await visitor.tell("gallery.picture", chosen=wanted)
        assert not visitor.failed
        assert not visitor.said("Try again")
        after = visitor.said("Dummy says")
        await visitor.leave()
        return before, after

    before, after = play(visit())
    assert before != after


def test_a_worker_killed_in_the_middle_of_a_job(served):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        click = asyncio.create_task(visitor.tell("gallery.picture", chosen="airplane"))
        for _ in range(3):
            await asyncio.sleep(0.02)
            for pid in with_tensorflow(served.process):
                os.kill(pid, signal.SIGKILL)
        await click
        assert not visitor.failed
        assert visitor.said("Dummy says") or visitor.said("Please try again")
        await visitor.tell("gallery.picture", chosen="airplane")
        assert visitor.said("Dummy says")
        await visitor.leave()

    play(visit())


def jobs(served, then: str = "") -> dict[str, int]:
    """How often each job was run so far; ``then``: what becomes of the next one."""
    with urllib.request.urlopen(f"{served.address}/jobs?next={then}") as reply:
        return json.load(reply)


def test_two_hundred_students_with_one_picture_cost_one_computation(served):
    """All ask at once for a picture that nobody has seen: one waits for the worker, the others for that one."""

    async def visit() -> set[str]:
        visitors = [Visitor(served.address) for _ in range(200)]
        await asyncio.gather(*(visitor.enter("picture=rocket") for visitor in visitors))
        assert not any(visitor.failed for visitor in visitors)
        said = {visitor.said("Dummy says") for visitor in visitors}
        await asyncio.gather(*(visitor.leave() for visitor in visitors))
        return said

    before = jobs(served)
    said = play(visit())
    assert len(said) == 1
    assert said != {""}
    after = jobs(served)
    assert after["feature_maps"] - before["feature_maps"] == 2  # one for each of two networks
    assert after["alike"] - before.get("alike", 0) == 1  # where they differ most
    assert sum(after.values()) - sum(before.values()) == 3


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("hang", "This took longer than 2 seconds and was stopped. Please try again; your picture is still here."),
        ("full", "Too many people are waiting for the networks just now. Please try again in a moment."),
        ("raise", "Something went wrong"),
    ],
)
def test_a_job_that_goes_wrong_leaves_a_sentence_and_a_page_that_works(served, fault, sentence):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter("picture=frog")
        wanted = {"hang": "coffee", "full": "brick", "raise": "test_card"}[fault]  # nobody has asked for it yet
        jobs(served, then=fault)
        await visitor.tell("gallery.picture", chosen=wanted)
        assert visitor.said(sentence)
        assert visitor.media  # the picture is there
        assert not visitor.said("secret")
        if fault == "full":
            jobs(served, then="free")
            await asyncio.sleep(5)  # a few are with the workers already
        await visitor.tell("gallery.picture", chosen=wanted)
        assert visitor.said("Dummy says"), visitor.texts
        assert not visitor.said(sentence)
        await visitor.leave()

    play(visit())


def test_networks_are_offered_to_the_servers_own_machine_and_not_through_a_proxy(served):
    async def offered(**headers: str) -> set[str]:
        visitor = Visitor(served.address, headers=headers)
        await visitor.enter()
        await visitor.go("layers")
        assert not visitor.failed
        await visitor.leave()
        return {key for key in visitor.widgets if key.startswith("fetch.")}

    async def all_of_them() -> list[set[str]]:
        own = {"Origin": served.address}
        others = ({"X-Forwarded-For": "127.0.0.1"}, {"Via": "1.1 proxy"})
        return [await offered(**own), *[await offered(**own, **other) for other in others], await offered()]

    assert play(all_of_them()) == [{f"fetch.{name}" for name in PRETRAINED}, set(), set(), set()]
