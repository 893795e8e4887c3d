"""The one door for what a browser sends: what no link could carry, and no widget takes, is dropped here, without a word.

Two halves. ``Frames`` stands before Streamlit's websocket and lets through what is a message of a kind that pages send.
``admit`` looks at each widget's state in it, before Streamlit makes a value of it: by the widget's own type, options and
deserialiser, and by the ``Choice`` that it is bound to. A state that is dropped leaves the widget as it was.
"""

import re

from google.protobuf.message import DecodeError

from convlens import choice
from convlens.server import private
from convlens.server.private import FRAME, UNREADABLE, BackMsg, WidgetMetadata, Widgets, WidgetState, WidgetStates
from convlens.ui import state as table

KINDS = {"rerun_script", "stop_script", "file_urls_request", "backend_operation_request", "app_heartbeat"}
LONGEST = 2 * choice.LONGEST  # bytes of a state, its id included
LONGEST_OF = {"json_value": 500_000, "file_uploader_state_value": 4_000_000}  # a lasso; thousands of files
MOST_BRACKETS = 32  # in a live part's JSON; Python's reader fails at a depth of a thousand
LONGEST_QUERY = 20_000  # characters of a link's values
WHOLE = {"double_value": "int_value"}  # as a browser sends the number of a field that takes whole ones
FILE, REQUEST = re.compile(r"[0-9a-f]{32}"), re.compile(r"[\w-]{1,64}", re.ASCII)  # names of a download, of a request
PROTOCOL_ERROR = 1002  # of a websocket


class Frames:
    """Ends a websocket that speaks no protocol of ours, and drops what our pages never ask for.

    Streamlit would clear every visitor's caches if a browser asked it to.
    """

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "websocket" or not scope["path"].endswith(FRAME):
            return await self.app(scope, receive, send)

        async def admitted():
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                asked = read(message.get("bytes"))
                if asked is None:
                    await send({"type": "websocket.close", "code": PROTOCOL_ERROR})
                    return {"type": "websocket.disconnect", "code": PROTOCOL_ERROR}
                if len(asked.rerun_script.query_string) > LONGEST_QUERY:  # the page opens as without a link
                    asked.rerun_script.ClearField("query_string")
                    return message | {"bytes": asked.SerializeToString()}
                if asked.WhichOneof("type") in KINDS and is_of_ours(asked):
                    return message

        return await self.app(scope, admitted, send)


def read(frame: bytes | None) -> BackMsg | None:
    """The message in a frame; None where there is none."""
    try:
        return None if frame is None else BackMsg.FromString(frame)
    except DecodeError:
        return None


def is_of_ours(asked: BackMsg) -> bool:
    """Whether a request to the server itself is one for a download, with such names as Streamlit gives; others would fill the log."""
    if asked.WhichOneof("type") != "backend_operation_request":
        return True
    request = asked.backend_operation_request
    return bool(
        request.WhichOneof("payload") == "deferred_file"
        and FILE.fullmatch(request.deferred_file.file_id)
        and REQUEST.fullmatch(request.request_id)
    )


def is_small(state: WidgetState) -> bool:
    """Whether a state is neither long nor deep, as far as can be told without reading it."""
    kind = state.WhichOneof("value")
    if state.ByteSize() > LONGEST_OF.get(kind, LONGEST):
        return False
    return kind != "json_value" or sum(map(state.json_value.count, "[{")) <= MOST_BRACKETS


def admits(widget: WidgetMetadata, state: WidgetState) -> bool:
    """Whether a widget takes a state that ``is_small``: it is of its type, one of its options, and allowed by its ``Choice``."""
    kind = state.WhichOneof("value")
    if (
        kind not in (widget.value_type, WHOLE.get(widget.value_type, widget.value_type)) or kind == "json_trigger_value"
    ):  # our live parts have no triggers
        return False
    try:
        sent = private.sent(state)
        if kind == "json_value":
            return isinstance(sent, dict)  # what is in it is judged by what listens to it, see ``parts.mount``
        value = widget.deserializer(sent)
        if kind == "file_uploader_state_value":
            return True
        if widget.serializer(value) != sent:  # out of range, not finite, one too many
            return False
    except UNREADABLE:
        return False
    named = {sent} if isinstance(sent, str) else set(sent) if kind == "string_array_value" else set()
    if widget.formatted_options is not None and not named <= set(widget.formatted_options):
        return False
    bound = table.STATE.get(private.key_of(state.id))
    return bound is None or bound.permits(value) or (isinstance(value, str) and bound.read(value) is not None)


def admit(widgets: Widgets, states: WidgetStates) -> WidgetStates:
    """Those states that may go on. One for a widget that the last run did not draw is late, or forged: its callback would
    look for a page that is gone. Of a widget that was never there all that is small waits until it is."""

    def may(each: WidgetState) -> bool:
        if not is_small(each):
            return False
        known = widgets.known(each.id)
        if known is None:
            return private.is_widget(each.id)
        return widgets.was_drawn(each.id) and admits(known, each)

    admitted = WidgetStates()
    admitted.widgets.extend(filter(may, states.widgets))
    return admitted


def keep_the_door() -> None:
    """Put ``admit`` before Streamlit's own reading of widget states, once a process."""
    private.before_widgets(admit, admits)
    private.one_lock()
