"""Any message to any widget and any live part: no fault, no traceback, the next click works. ``make fuzz`` sends 50,000."""

import asyncio
import json
import os
import random
import re
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from convlens.ui.navigation import PAGES
from convlens.ui.state import STATE
from convlens.work import engine
from tests.convlens.networks.test_surgery import ATTACKS
from tests.serving import serving
from tests.visitor import CutError, Visitor, play

MESSAGES = int(os.environ.get("CONVLENS_FUZZ", 2_000))
FIELDS = [field.name for field in WidgetState.DESCRIPTOR.fields if field.name != "id"]
TOLD = (
    "chosen",
    "cell",
    "lassoed",
    "weights",
    "drawing",
    "event",
    "value",
    "update",
    "filter",
    "after",
)  # what live parts send
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
    events = [f"$$STREAMLIT_INTERNAL_KEY_{each}__events" for each in visitor.widgets.values() if re.search(r"-(gallery|sheet|values|map|pad|confusion|explorer|editor|stepper|magnifier)", each)]  # fmt: skip
    return [*visitor.widgets.values(), *events, "", "x", chance.choice(list(visitor.widgets.values())), "$$ID-0-None"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("messages"), "tests/server/holding.py") as server:
        yield server
        assert "Traceback" not in server.log.read_text()


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
            # a page waits for two jobs at most, one after the other; a run whose thread has died never ends
            async with asyncio.timeout(2.5 * engine.TIME_LIMIT):
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
        sent += play(send_to_all_pages(served, chance, 3))  # some 2,300
    assert memory(served) - before < 30


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_any_link(served, page):
    """Whatever it says of everything that a link can say."""
    chance = random.Random(page)
    # a drop of the heavy parts: another network, another map, would only take time
    names = [name for name in STATE if name not in ("way", "near", "apart")]

    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        for _ in range(3):
            query = urlencode(
                [(name, chance.choice(TEXTS)[: chance.choice((200, 5_000))]) for name in (*names, *names[:9])]
            )
            await visitor.go("" if page == PAGES[0].name else page, query)
            sound(visitor)
        await click(visitor, "ship")
        await visitor.leave()

    play(asyncio.wait_for(visit(), 60))


def test_what_is_no_download_of_ones_own_fills_no_log(served):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        for request, file in (
            ("1", "x"),
            ("1", "y\nforged"),
            ("1", "0" * 200_000),
            ("forged\nline", "a" * 32),
            ("1", "a" * 32),
        ):
            message = BackMsg()
            message.backend_operation_request.request_id = request
            message.backend_operation_request.deferred_file.file_id = file
            await visitor.send(message.SerializeToString())
        empty = BackMsg()
        empty.backend_operation_request.request_id = "forged"
        await visitor.send(empty.SerializeToString())
        await click(visitor, "ship")
        await visitor.leave()

    before = served.log.stat().st_size
    play(visit())
    assert served.log.stat().st_size - before < 500
    assert "forged" not in served.log.read_text()


@pytest.mark.parametrize("name", ATTACKS)
def test_a_link_that_cuts_millions_of_channels(served, name):
    async def visit() -> float:
        visitor = Visitor(served.address)
        await visitor.enter()
        await visitor.go("explorer", urlencode({"surgery": ATTACKS[name]}))
        assert visitor.said("Explorer: ")
        sound(visitor)
        await click(visitor, "ship")
        await visitor.leave()
        return memory(served)

    before = memory(served)
    assert play(visit()) - before < 15


@pytest.mark.parametrize("name", ["x.svg", "x.keras", "x", "\x00.png", "a" * 3000 + ".gif"])
def test_an_upload_under_a_name_that_no_page_takes(served, name):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        await visitor.upload(b"<svg/>", name)
        sound(visitor)
        await click(visitor, "ship")
        await visitor.leave()

    play(visit())


def message(**fields) -> bytes:
    return BackMsg(**fields).SerializeToString()


@pytest.mark.parametrize(
    ("frame", "is_cut"),
    [
        ("a text", True),
        (b"\xff\xfe no message", True),
        (bytes(5_000_000), True),
        (b"", False),
        (message(clear_cache=True), False),
        (message(set_run_on_save=True), False),
        (message(load_git_info=True), False),
        (message(debug_shutdown_runtime=True), False),
        (message(debug_disconnect_websocket=True), False),
        (message(rerun_script={"query_string": "a=1&" * 20_000}), False),
        (message(rerun_script={"page_script_hash": "x" * 20_000, "fragment_id": "y", "cached_message_hashes": ["z"]}), False),
    ],
    ids=["text", "noise", "huge", "empty", "clear", "save", "git", "shutdown", "disconnect", "query", "page"],
)  # fmt: skip
def test_what_is_no_message_of_our_pages(served, frame, is_cut):
    async def visit() -> None:
        visitor = Visitor(served.address)
        await visitor.enter()
        jobs = urllib.request.urlopen(f"{served.address}/jobs").read()
        await visitor.send(frame)
        if is_cut:
            with pytest.raises(CutError):
                await visitor.run()
            await visitor.come_back()
        await visitor.run()
        sound(visitor)
        assert urllib.request.urlopen(f"{served.address}/jobs").read() == jobs  # every cache is as it was
        await click(visitor, "ship")
        await visitor.leave()

    play(asyncio.wait_for(visit(), 60))
