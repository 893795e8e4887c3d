"""What ConvLens answers beside Streamlit: what is the same for all visitors, and holds nothing of theirs."""

import re
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from convlens.drawing import encoding
from convlens.drawing.scales import weight_scale
from convlens.drawing.sheets import map_png
from convlens.errors import InputError
from convlens.explorer.book import unit_data
from convlens.filters.named import KERNELS
from convlens.panel import THUMBNAILS, UNITS
from convlens.pictures.bundled import bundled, thumbnail
from convlens.pictures.digits import LARGEST, digits
from convlens.slices.view import layers
from convlens.slices.view import unit as unit_of
from convlens.ui import parts
from convlens.ui.navigation import PAGES
from models.catalog import card_of

DAY = 86_400  # seconds
NUMBER = re.compile(r"[0-9]{1,7}")  # of a digit, of a unit; Python refuses to read one of 4,301 figures


def small_picture(request: Request) -> Response:
    """``/thumbnails/<picture, kernel or digit>/<name>``: a JPEG, or a PNG of the weights or values."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    if kind == "picture" and name in bundled():
        data, form = thumbnail(name), "image/jpeg"
    elif kind == "kernel" and name in KERNELS:
        data, form = _kernel_png(name), "image/png"
    elif kind == "digit" and NUMBER.fullmatch(name) and int(name) < len(digits().labels):
        data, form = encoding.encode_png(digits().images[int(name)] / LARGEST, enlarged=6), "image/png"
    else:
        return PlainTextResponse(f"There is no small picture '{name:.40}' of a '{kind:.40}'.", 404)
    return Response(data, media_type=form, headers={"Cache-Control": f"public, max-age={DAY}"})


@cache
def _kernel_png(name: str) -> bytes:
    weights = KERNELS[name].weights
    return map_png(weights, weight_scale(weights), enlarged=8)


def unit(request: Request) -> JSONResponse:
    """``/units/<network>/<channel>/<layer>``: ``book.unit_data``; 404 with a sentence where there is none such."""
    name, layer, channel = (request.path_params[part] for part in ("network", "layer", "channel"))
    try:
        card = card_of(name)
        found = next((each for each in layers(card) if each.name == layer), None)
        if found is None or not NUMBER.fullmatch(channel) or int(channel) >= found.units:
            raise InputError(f"'{name}' has no unit {channel:.40} of '{layer:.160}'.")
        return JSONResponse(unit_data(unit_of(card, layer, int(channel))), headers={"Cache-Control": "no-cache"})
    except InputError as error:
        return JSONResponse({"error": str(error)}, status_code=404)


def first_page(request: Request) -> RedirectResponse:
    """``/home``: the first page by its name, with all that the link carries. Streamlit knows it by "/" alone."""
    return RedirectResponse(f"./?{request.url.query}".rstrip("?"))


def routes() -> list[Route]:
    """For ``app.py``, once the server's settings are read."""
    return [
        Route(f"{parts.base()}/{PAGES[0].name}", first_page),
        Route(parts.base() + UNITS + "/{network}/{channel}/{layer:path}", unit),
        Route(parts.base() + THUMBNAILS + "/{kind}/{name}", small_picture),
    ]
