"""How what stands before Streamlit says no."""

from starlette.responses import PlainTextResponse


async def refuse(scope, receive, send, status: int, text: str, headers: dict | None = None) -> None:
    """End a request or a websocket with a sentence."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013 if status == 503 else 1008, "reason": text})
    else:
        await PlainTextResponse(text, status, headers)(scope, receive, send)
