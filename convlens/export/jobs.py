"""Figures, drawn in a worker: Matplotlib never loads in the web process."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convlens.export.paper import Handout, Paper, Source


def figure(of: "Paper", kind: str, source: "Source") -> bytes:
    """One panel as "svg" or "pdf", as high as it needs."""
    from convlens.export import press

    return press.figure(of, kind, source)


def handout(about: "Handout", papers: "tuple[Paper, ...]", source: "Source") -> bytes:
    """Panels on pages of A4, as PDF."""
    from convlens.export import press

    return press.handout(about, papers, source)
