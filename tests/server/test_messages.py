"""Any message to any widget and any live part: no fault, no traceback, the next click works. ``make fuzz`` sends 50,000."""

import asyncio
import json
import os
import random
import re
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from convlens.ui.navigation import PAGES
from tests.serving import serving
from tests.visitor import Visitor, play

MESSAGES = int(os.environ.get("CONVLENS_FUZZ", 2_000))
FIELDS = [field.name for field in WidgetState.DESCRIPTOR.fields if field.name != "id"]
TOLD = ("chosen", "cell", "lassoed", "weights", "drawing", "event", "value")  # what live parts send
LARGE = 20_000  # characters or numbers

BITS = (False, True)
WHOLE = (0, 1, -1, 3, 2**31, 2**53 + 1, 2**63 - 1, -(2**63))
REAL = (0.5, -1.0, 1e9, 1e300, float("nan"), float("inf"), float("-inf"))
TEXTS = (
    "", " ", "x", "\0", "𝟛", "٣", "nan", "inf", "1e400", "9" * 5_000, "1_0", "True", "None", "null", "[]", "<b>", "../../etc", "a" * LARGE,
    "conv2d_1", "dummy", "ship", "colour", "digit-9999999", "a:silence:" + ",".join(["0-1048575"] * 40), "1,2;3", "AAAA.", "A" * 1_499,
)  # fmt: skip
DEEP = ("[" * 1_000 + "]" * 1_000, "[" * LARGE, '{"chosen":' * 1_000 + "1" + "}" * 1_000)
LEAVES = (
    *("true", "false", "null", "0", "1", "-1", "1.0", "0.5", "1e999", "NaN", "-Infinity", "9" * 5_000, "1048576", "[]", "{}", '""'),
    *("[0]", "[0, 0]", "[true, false]", '["conv2d_1", 0]', '["conv2d_1", 1e9]', '["conv2d_1", 0, 0, true]', "[[0]]", '{"a": {}}'),
    *(json.dumps(text) for text in TEXTS), json.dumps([1] * LARGE), *DEEP,
)  # fmt: skip
NOT_JSON = ("", "{", '{"chosen"', "\0", "{'chosen': 1}", '{"chosen": 1}{', "1" * LARGE, "\\ud800")


def a_json(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice((*NOT_JSON, *LEAVES))
    told = ", ".join(f'"{chance.choice(TOLD)}": {chance.choice(LEAVES)}' for _ in range(chance.randint(0, 3)))
    return f"[{{{told}}}]" if chance.random() < 0.2 else f"{{{told}}}"


def a_state(chance: random.Random, widget: str) -> WidgetState:
    """A message to a widget: of any type, whatever it takes, of any size and depth."""
    state = WidgetState(id=widget)
    kind = chance.choice(FIELDS)
    match kind:
        case "trigger_value" | "bool_value":
            setattr(state, kind, chance.choice(BITS))
        case "int_value":
            state.int_value = chance.choice(WHOLE)
        case "double_value":
            state.double_value = chance.choice(REAL)
        case "string_value":
            state.string_value = chance.choice((*TEXTS, *LEAVES))
        case "bytes_value":
            state.bytes_value = chance.randbytes(chance.choice((0, 9, LARGE)))
        case "json_value" | "json_trigger_value":
            setattr(state, kind, a_json(chance))
        case "double_array_value" | "int_array_value" | "string_array_value":
            values = {"d": REAL, "i": WHOLE, "s": TEXTS}[kind[0]]
            getattr(state, kind).SetInParent()
            getattr(state, kind).data.extend(chance.choices(values, k=chance.choice((0, 1, 1, 1, 2, 7))))
        case "file_uploader_state_value":
            state.file_uploader_state_value.SetInParent()
            for _ in range(chance.randint(0, 2)):
                file = state.file_uploader_state_value.uploaded_file_info.add()
                file.file_id, file.name, file.size = (
                    chance.choice(TEXTS),
                    chance.choice(TEXTS),
                    chance.choice(WHOLE[:2]),
                )
        case _:
            getattr(state, kind).SetInParent()
    return state


def the_ids(visitor: Visitor, chance: random.Random) -> list[str]:
    """Of every widget, of both sides of every live part, and of some that there are not."""
    events = [f"$$STREAMLIT_INTERNAL_KEY_{each}__events" for each in visitor.drawn if re.search(r"-(gallery|sheet|values|map|pad|confusion|explorer|editor|stepper|magnifier)", each)]  # fmt: skip
    return [*visitor.drawn, *events, "", "x", chance.choice(list(visitor.widgets.values())), "$$ID-0-None"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("messages"), "tests/server/holding.py") as server:
        yield server


async def click(visitor: Visitor, picture: str) -> None:
    """An ordinary one, on a live part and on a widget: both do what they say."""
    await visitor.change("gallery.picture", json_value=json.dumps({"chosen": picture}))
    assert visitor.said(picture.capitalize()), "the picture that was clicked is not there"
    sound(visitor)


def sound(visitor: Visitor) -> None:
    assert not visitor.failed
    assert not visitor.said("Something went wrong on our side")


def memory(server) -> float:
    """MB that the server holds after garbage collection."""
    urllib.request.urlopen(f"{server.address}/holds?collect=1").read()
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def send_to_all_pages(server, chance: random.Random, rounds: int) -> int:
    """Open every page, send each widget this many messages, and click. Returns how many were sent."""
    visitor, count = Visitor(server.address), 0
    await visitor.enter("way=PCA")
    for page in PAGES:
        await visitor.go("" if page is PAGES[0] else page.name)
        for _ in range(rounds):
            states = [a_state(chance, each) for each in the_ids(visitor, chance)]
            count += len(states)
            async with asyncio.timeout(60):  # a run whose thread has died never ends
                await visitor.run(states=states)
            sound(visitor)
        await click(visitor, "cat")
        await click(visitor, "ship")
    await visitor.leave()
    return count


def test_any_message_to_any_widget_and_any_live_part(served):
    chance, sent = random.Random(MESSAGES), 0
    play(send_to_all_pages(served, chance, 0))
    before = memory(served)
    while sent < MESSAGES:
        sent += play(send_to_all_pages(served, chance, 9))
    print(before, memory(served), sent)
    assert memory(served) - before < 30
    assert "Traceback" not in served.log.read_text()
