"""What a link may carry, and what the door lets through of what a browser sends."""

import json
import math

import pytest
from streamlit.elements.lib.options_selector_utils import create_mappings
from streamlit.elements.widgets.selectbox import SelectboxSerde
from streamlit.elements.widgets.slider import SliderSerde
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from convlens.panel import Keeps, Sends
from convlens.server import messages, private
from convlens.ui import parts, show
from convlens.ui.state import ROOMS, STATE


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("k", "7", 7), ("k", "9999", None), ("k", "٧", None), ("k", "1_0", None), ("k", " 7", None), ("k", "7.0", None), ("k", "9" * 5_000, None),
        ("spot", "-1", -1), ("scale_1", "-2.5", -2.5), ("scale_1", "1e-7", 1e-7), ("scale_1", "1e400", None), ("scale_1", "nan", None),
        ("scale_1", "1_0", None), ("relu_1", "true", True), ("relu_1", "False", False), ("relu_1", "yes", None), ("relu_1", "", None),
        ("picture", "digit-7", "digit-7"), ("picture", "digit-٧", None), ("picture", "digit-1797", None), ("answered", "٣-٧", None),
        ("weights_1", "0,1,0;1,-4,1;0,1,0", "0,1,0;1,-4,1;0,1,0"), ("weights_1", "٣", None), ("weights_1", "," * 10**6, None), ("weights_1", ";" * 10**6, None),
        ("drawing", "A" * 10**6, None), ("surgery", "a:silence:0-1048575", "a:silence:0-1048575"), ("surgery", ";" * 10**6, None), ("file", "../x", None),
    ],
)  # fmt: skip
def test_what_a_link_stands_for(name, text, value):
    found = STATE[name].read(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("k", True), ("k", 7.0), ("k", "7"), ("k", None), ("relu_1", 1), ("scale_1", math.nan), ("scale_1", math.inf), ("scale_1", 1), ("picture", ["frog"]), ("layer", {})],
)  # fmt: skip
def test_what_is_of_another_type_is_not_permitted(name, value):
    assert not STATE[name].permits(value)


def test_what_live_parts_may_say():
    some = Keeps("some", "of these", 4)
    assert all(map(some.permits, ([], [3], [0, 1, 2, 3], [3, 3])))
    assert not any(map(some.permits, (3, [4], [-1], [True], [3.0], ["3"], None, [[3]], [0] * 5)))
    unit = Sends(("layer", "channel"), ({"conv2d_1"}, None))
    assert show.permits(unit, ["conv2d_1", 3])
    wrong = (
        None,
        "ab",
        ["conv2d_1"],
        ["conv2d_1", True],
        ["conv2d_1", 1.0],
        [3, 3],
        ["<b>", 3],
        ["conv2d_1", 1 << 20],
        ["dense", 3],
    )
    assert not any(show.permits(unit, value) for value in wrong)


def test_what_a_part_says_is_told_apart_from_the_same_before():
    assert parts.said({"value": {"at": 1}, "at": 2.5}) == {"at": 1}
    for value in (None, 3, ["a"], {"value": 1}, {"value": 1, "at": 2, "more": 3}):
        assert parts.said(value) == value


@pytest.fixture
def session(monkeypatch) -> SessionState:
    """Streamlit's own, with the door before it, a slider that a link carries, and a list. Fails when an update moves its parts."""
    for part in ("on_script_will_rerun", "register_widget"):
        monkeypatch.setattr(SessionState, part, getattr(SessionState, part))
    messages.keep_the_door()
    session = SessionState()
    session.register_widget(slider(), "k")
    session.register_widget(choice_of_two(), "rung")
    return session


def slider() -> WidgetMetadata:
    serde = SliderSerde([5.0], Slider.INT, True, None, 1, 30)
    return WidgetMetadata("$$ID-0-k", serde.deserialize, serde.serialize, "double_array_value")


def choice_of_two() -> WidgetMetadata:
    options = ["one", "two"]
    formatted, places = create_mappings(options, str)
    serde = SelectboxSerde(
        options, formatted_options=formatted, formatted_option_to_option_index=places, default_option_index=0
    )
    return WidgetMetadata(
        "$$ID-0-rung", serde.deserialize, serde.serialize, "string_value", formatted_options=formatted
    )


def live_part() -> WidgetMetadata:
    return WidgetMetadata("$$ID-0-part", lambda value: value or {}, json.dumps, "json_value")


def send(session: SessionState, **value) -> None:
    """One value to all three."""
    states = [WidgetState(id=widget, **value) for widget in ("$$ID-0-k", "$$ID-0-rung", "$$ID-0-part")]
    session.on_script_will_rerun(WidgetStates(widgets=states))


NONSENSE = [
    {}, {"int_value": 9}, {"string_value": "three"}, {"string_value": "x" * 10**6}, {"double_value": 9}, {"trigger_value": True}, {"bytes_value": b"9"},
    *({"double_array_value": {"data": data}} for data in ([], [31], [0.5], [math.nan], [7, 9], [1e300])), {"string_array_value": {"data": ["two"]}},
    *({"json_value": text} for text in ("", "[]", '"a"', "9" * 5_000, "[" * 1_000 + "]" * 1_000, '{"a":' * 1_000 + "1" + "}" * 1_000, '"' + "a" * 10**6 + '"')),
    {"json_trigger_value": '[{"event": "chosen"}]'}, {"file_uploader_state_value": {}}, {"arrow_value": {}}, {"chat_input_value": {}},
]  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda value: str(value)[:40])
def test_a_message_that_is_dropped_leaves_everything_as_it_was(session, nonsense):
    session.register_widget(live_part(), "part")
    send(session, double_array_value={"data": [7]})
    send(session, string_value="two")
    send(session, json_value='{"chosen": "ship"}')
    send(session, **nonsense)
    assert (session["k"], session["rung"], session["part"]) == (7, "two", {"chosen": "ship"})
    send(session, double_array_value={"data": [9]})
    assert session["k"] == 9


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda value: str(value)[:40])
def test_what_comes_before_its_widget_is_judged_when_that_is_there(session, nonsense):
    """As after a restart of the server, when browsers send what they had."""
    again = SessionState()
    send(again, **nonsense)
    for widget, key, default in ((slider(), "k", 5), (choice_of_two(), "rung", "one"), (live_part(), "part", {})):
        assert again.register_widget(widget, key).value == default
    again = SessionState()
    send(again, double_array_value={"data": [7]})
    assert again.register_widget(slider(), "k").value == 7


def test_an_id_that_no_widget_has_is_dropped(session):
    states = [WidgetState(id=name, string_value="x") for name in ("", "k", "$$STREAMLIT_INTERNAL_KEY_x", "x" * 10**6)]
    session.on_script_will_rerun(WidgetStates(widgets=states))
    assert not session._new_widget_state.states


def test_a_click_on_a_page_that_is_gone_is_dropped(session):
    session.register_widget(WidgetMetadata("$$ID-0-go", bool, bool, "trigger_value"), "go")
    click = WidgetStates(widgets=[WidgetState(id="$$ID-0-go", trigger_value=True)])
    assert messages.admit(private.Widgets(session), click) == click
    session._new_widget_state.states.clear()  # as the end of a run does with what was not drawn
    assert messages.admit(private.Widgets(session), click) == WidgetStates()


def test_no_two_rooms_have_a_choice_of_one_name():
    names = [name for room in ROOMS for name in room.CHOICES]
    assert sorted(names) == sorted(STATE)
