"""A page's panels on paper: what is remembered of them, and what a handout of the whole page says."""

import re
from datetime import date
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st

from convlens.lessons.lesson import LESSONS
from convlens.ui import papers, rows
from convlens.ui.navigation import PAGES


def noted(app) -> dict:
    """key → (title, what can be drawn), as the page stands."""
    run = app.session_state["_run"]
    return {key: told for shown in run.shown.values() for key, told in shown.items() if not key.startswith("_")}


def figures(app) -> list[str]:
    return [each.label for each in app.get("download_button") if each.label in ("SVG", "PDF")]


@pytest.fixture
def asked(monkeypatch):
    """What a handout asks a worker for, drawn here."""
    found = SimpleNamespace()

    def run(job, *args):
        found.args = args
        return job(*args)

    monkeypatch.setattr("convlens.export.paper.engine.run", run)
    return found


@pytest.mark.parametrize(
    ("page", "still", "moving"),
    [
        ("home", {"stage-1", "stage-5", "answers"}, set()),
        ("layers", {"sheet", "map", "spread", "weights", "particular"}, set()),
        ("regions", {"space", "rules", "by-pixel"}, {"borders"}),
        ("architectures", {"stack", "sizes", "facts"}, {"walk"}),
        ("training", {"film", "matrix"}, set()),
        ("digits", {"confusion", "error"}, {"border"}),
    ],
)
def test_every_panel_of_a_page_can_be_printed_or_is_said_to_be_missing(open_page, asked, page, still, moving):
    app = open_page(page)
    found = noted(app)
    assert still <= {key for key, (_, drawn) in found.items() if drawn}
    assert moving <= {key for key, (_, drawn) in found.items() if not drawn}
    run = app.session_state["_run"]
    pdf = papers._handout(run)
    about, drawn, source = asked.args
    assert pdf.startswith(b"%PDF")
    assert [each.title for each in drawn] == [title for title, there in found.values() if there]
    assert list(about.missing) == [title for title, there in found.values() if not there]
    assert source.link.partition("?")[0] == page
    assert source.said.startswith(f"ConvLens, {about.title}")
    assert ("Cat" in source.said) == (page not in papers.WITHOUT)


def test_a_panels_figure_says_where_it_comes_from(open_page, monkeypatch):
    """Its link carries what its own row has read, though that is still being drawn."""
    sources, files = {}, papers.figures

    def figures_of(of):
        made = files(of)
        if made:
            sources[of.key] = made[0].make.args[2]
        return made

    monkeypatch.setattr(papers, "figures", figures_of)
    app = open_page("layers", layer="conv2d_3", channel="4", picture="frog")
    assert figures(app) == ["SVG", "PDF"] * 5
    source = sources["map"]
    assert source.said == "ConvLens, Layers, Frog, Benchmark"
    assert dict(parse_qsl(urlsplit(source.link).query)) == {"layer": "conv2d_3", "channel": "4", "picture": "frog"}


def test_a_handout_says_what_was_set(open_page, asked):
    app = open_page("compare", picture="frog", a="benchmark", b="dummy-2", layer="pool_2")
    papers._handout(app.session_state["_run"])
    about = asked.args[0]
    facts = dict(about.facts)
    assert about.title == "Compare"
    assert facts["picture"] == "Frog (drawn by scripts/draw_pictures.py, MIT, as ConvLens)"
    assert about.sources == LESSONS["compare"].sources
    assert facts["printed"] == date.today().isoformat()
    assert facts["layer"] == "pool_2"
    assert facts["b"] == "dummy-2"
    assert facts["link"] == "compare?picture=frog&layer=pool_2&b=dummy-2"
    networks = [fact for name, fact in about.facts if name == "network"]
    assert [fact.partition(":")[0] for fact in networks] == ["Benchmark", "Dummy, seed 2"]
    assert all(re.search(r"SHA-256 [0-9a-f]{64}\.$", fact) for fact in networks)


def test_what_a_page_has_not_read_is_no_fact_of_it(open_page, asked):
    app = open_page("pixels", surgery="BUY-NOW.example/spam:silence:0")
    papers._handout(app.session_state["_run"])
    assert "surgery" not in dict(asked.args[0].facts)


def test_pages_of_no_picture_name_none(open_page, asked):
    assert set(papers.WITHOUT) < {each.name for each in PAGES}
    app = open_page("networks")
    papers._handout(app.session_state["_run"])
    about, _, source = asked.args
    assert "picture" not in dict(about.facts)
    assert source.said == "ConvLens, Networks"


def test_an_address_of_any_length_is_not_printed(monkeypatch, open_page):
    monkeypatch.setattr(type(st.context), "url", property(lambda _: "http://lens/" + "a" * 20_000 + "/layers?x"))
    app = open_page("layers")
    assert papers._noted(app.session_state["_run"], papers.PLACE).address == "layers"


def test_one_networks_moment_is_named(open_page, asked):
    app = open_page("layers", after="391")
    papers._handout(app.session_state["_run"])
    assert "Benchmark after 391 updates" in asked.args[2].said


def test_what_a_row_showed_before_is_forgotten_when_it_is_drawn_anew(open_page):
    app = open_page("layers")
    run = app.session_state["_run"]
    before = {key: set(shown) for key, shown in run.shown.items()}
    assert papers._drawn(run) is run
    key = next(key for key, shown in before.items() if "map" in shown)
    run.shown[key]["gone"] = ("Gone", None)
    app.session_state["layer"] = "dense_2"
    app.run()
    found = noted(app)
    assert "vector" in found
    assert "map" not in found
    assert "gone" not in found


def test_what_stands_in_no_row_has_a_place_of_its_own(monkeypatch):
    run = rows.Run()
    monkeypatch.setattr(rows, "last", lambda: run)
    rows.note("first", 1)
    with rows.row("row"):
        rows.note("second", 2)
        rows.note("third", 3)
    rows.note("fourth", 4)
    with rows.row("row"):
        rows.note("third", 5)
    assert run.shown == {"first": {"first": 1}, "row": {"third": 5}, "fourth": {"fourth": 4}}
    assert list(run.shown) == ["first", "row", "fourth"]


@pytest.mark.parametrize(("page", "network"), [("map", "LeNet"), ("teach", "Benchmark"), ("explorer", "Benchmark")])
def test_the_networks_that_were_chosen_are_named(open_page, asked, page, network):
    app = open_page(page)
    papers._handout(app.session_state["_run"])
    about, _, source = asked.args
    assert [fact.partition(":")[0] for name, fact in about.facts if name == "network"] == [network]
    assert network in source.said


def test_a_handout_waits_for_its_page(monkeypatch):
    """Asked for while another run draws: that one is on paper, once it stands there."""
    before, after = rows.Run(is_whole=True), rows.Run(asked={"row"})
    before.following = after

    def wait(_seconds):
        after.asked.clear()
        after.is_whole = True

    monkeypatch.setattr(papers.time, "sleep", wait)
    assert papers._drawn(before) is after
    assert after.is_whole


def test_a_page_that_is_never_done_is_printed_as_it_is(monkeypatch):
    run = rows.Run()
    monkeypatch.setattr(papers, "PATIENCE", 0.2)
    assert papers._drawn(run) is run


def test_a_row_that_is_drawn_anew_is_on_paper_as_it_was_until_it_is_done(monkeypatch):
    run = rows.Run()
    monkeypatch.setattr(rows, "last", lambda: run)
    with rows.row("row"):
        rows.note("panel", "before")
    with rows.row("row"):
        rows.note("panel", "after")
        assert run.shown == {"row": {"panel": "before"}}
    assert run.shown == {"row": {"panel": "after"}}


def test_a_rows_link_is_found_once_for_all_that_have_read_the_same(monkeypatch):
    run, asked = rows.Run(), []
    monkeypatch.setattr(rows, "last", lambda: run)
    monkeypatch.setattr(papers.state, "in_the_link", lambda: asked.append(1) or {"layer": str(len(asked))})
    rows.note(papers.PLACE, papers.Place(papers.page("layers"), "layers", "Cat", ""))
    for _ in range(2):  # drawn anew, it may be another
        with rows.row("row"):
            first = papers._of_the_row()
            assert papers._of_the_row() is first
            rows.reading().add("layer")
            assert papers._of_the_row() != first
        rows.last().rows.clear()
    assert len(asked) == 4
