"""What ConvLens answers beside Streamlit: the weights of one unit, which hold nothing of a visitor."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from convlens.errors import InputError
from convlens.explanation import unit_data
from convlens.ui import components
from models.catalog import card_of

UNITS = "/units"


def unit(request: Request) -> JSONResponse:
    """``/units/<network>/<channel>/<layer>``: ``explanation.unit_data``; 404 with a sentence where there is none such."""
    from convlens.ui import caching  # caches are made once there is a runtime, and routes are older than that

    name, layer, channel = (request.path_params[part] for part in ("network", "layer", "channel"))
    try:
        found = next((each for each in caching.layers(card_of(name).name) if each.name == layer), None)
        if found is None or channel >= found.units:
            raise InputError(f"'{name}' has no unit {channel} of '{layer}'.")
        return JSONResponse(unit_data(caching.unit(name, layer, channel)), headers={"Cache-Control": "no-cache"})
    except InputError as error:
        return JSONResponse({"error": str(error)}, status_code=404)


def routes() -> list[Route]:
    """For ``app.py``, once the server's settings are read."""
    return [Route(components.base() + UNITS + "/{network}/{channel:int}/{layer:path}", unit)]
