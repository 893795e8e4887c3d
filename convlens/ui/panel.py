"""The one kind of panel that every drawing sits in: title and actions, the drawing, its scale, a sentence."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st

from convlens import files
from convlens.components.part import data_url
from convlens.drawing.markup import colour_bar
from convlens.drawing.scales import Scale
from convlens.text import plain


@dataclass(frozen=True)
class Download:
    """A file that is made when somebody asks for it. Different contents need different names: see platform finding 8."""

    label: str
    name: str
    make: Callable[[], bytes]


def png(stem: str, make: Callable[[], bytes]) -> Download:
    return Download("PNG", f"{stem}.png", make)


def npz(stem: str, arrays: Callable[[], dict[str, np.ndarray]]) -> Download:
    """``arrays`` is asked for them then: what a download holds is held for every visitor, until the next click."""
    return Download("NPZ", f"{stem}.npz", lambda: files.npz(arrays()))


def csv(stem: str, header: list[str], *columns: Iterable) -> Download:
    """A table given by its columns."""
    return Download("CSV", f"{stem}.csv", lambda: files.table(header, zip(*columns, strict=True)))


@contextmanager
def panel(
    title: str,
    *,
    key: str,
    downloads: tuple[Download, ...] = (),
    code: str | None = None,
    scale: Scale | None = None,
    scope: str = "",
    caption: str = "",
    note: str = "",
) -> Iterator[None]:
    """Draw the body of the ``with`` block as a panel.

    Args:
        title: what is shown, of which layer.
        key: unique on the page.
        downloads: as PNG and as numbers.
        code: a runnable snippet that gives the numbers on screen.
        scale, scope: the legend under the drawing and what it holds for.
        caption: the finding, one sentence with this picture's real numbers.
        note: what was left out or clipped; set smaller.
    """
    with st.container(border=True, key=f"panel-{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head-{key}"):
            st.markdown(f"**{plain(title)}**", width="stretch")
            for download in downloads:
                st.download_button(
                    download.label,
                    download.make,
                    file_name=download.name,
                    key=f"{key}.{download.label}",
                    help=f"Download as {download.label}",
                    type="tertiary",
                    on_click="ignore",
                )
            if code:
                with st.popover("Code", type="tertiary", key=f"{key}.code"):
                    told = " picture.png is the PNG that the page Pixels offers." * ("picture.png" in code)
                    st.caption(f"These lines give the numbers shown here.{told}")
                    st.code(code, language="python")
        yield
        if scale:
            st.html(colour_bar(scale, scope))
        if caption:
            st.caption(plain(caption) + (f" :small[{plain(note)}]" if note else ""))


def picture(data: bytes, alt: str, *, fleeting: bool = False, **options) -> None:
    """A PNG, pixel by pixel as it is; Streamlit would make a JPEG of it. The pointer brings up a button to enlarge.

    ``fleeting``: of a small one that changes while one draws. It is sent along, because a browser would ask for it when the
    next stroke has replaced it already.
    """
    st.image(
        data_url(data, "png") if fleeting else data, alt=alt, output_format="PNG", **({"width": "stretch"} | options)
    )


def chart(figure, key: str, alt: str) -> None:
    """One of ``figures``; Plotly's own bar enlarges it and saves it as PNG."""
    config = {"displaylogo": False, "toImageButtonOptions": {"filename": f"convlens-{key}", "scale": 2}}
    st.plotly_chart(figure, key=f"{key}.chart", alt=alt, config=config)
