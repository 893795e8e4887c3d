"""The one kind of panel that every drawing sits in: title and actions, the drawing, its scale, a sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from convlens.markup import colour_bar
from convlens.montage import Scale


@dataclass(frozen=True)
class Download:
    """A file that is made when somebody asks for it. ``name`` must differ for different contents."""

    label: str
    name: str
    make: Callable[[], bytes]


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
) -> Iterator[None]:
    """Draw the body of the ``with`` block as a panel.

    Args:
        title: what is shown, of which layer.
        key: unique on the page.
        downloads: as PNG and as numbers.
        code: a runnable snippet that gives the numbers on screen.
        scale, scope: the legend under the drawing and what it holds for.
        caption: one sentence with this picture's real numbers.
    """
    with st.container(border=True, key=f"panel-{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head-{key}"):
            st.markdown(f"**{title}**", width="stretch")
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
                    st.caption("These lines give the numbers shown here.")
                    st.code(code, language="python")
        yield
        if scale:
            st.html(colour_bar(scale, scope))
        if caption:
            st.caption(caption)
