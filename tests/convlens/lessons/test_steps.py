"""What is to be done on each page can be done."""

import pytest

from convlens.lessons.lesson import LESSONS
from convlens.lessons.steps import STEPS
from convlens.ui.navigation import PAGES
from convlens.ui.state import STATE

EACH = [(page, step) for page, steps in STEPS.items() for step in steps]


def test_every_lesson_has_three_steps():
    assert STEPS.keys() == LESSONS.keys() == {entry.name for entry in PAGES}
    assert all(len(steps) == 3 for steps in STEPS.values())


@pytest.mark.parametrize(("page", "step"), EACH)
def test_a_step_sets_what_there_is(page, step):
    assert step.sets
    assert all(STATE[name].permits(value) for name, value in step.sets.items())
    assert any(value != STATE[name].default for name, value in step.sets.items())  # on a fresh page it does something
    assert step.page != page
    assert step.page in {"", *STEPS}
    assert len(step.do) <= 30
    assert step.look[-1] in ".?"


def test_no_two_steps_of_a_page_do_the_same():
    for steps in STEPS.values():
        assert len({step.do for step in steps}) == 3
        assert len({str(step.sets) for step in steps}) == 3
