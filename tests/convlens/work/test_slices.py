"""Work in slices: what there is, and the next one, asked for once whoever watches."""

from concurrent.futures import Future

import pytest

from convlens.work import memory
from convlens.work.slices import Slices


class Work:
    """Counts to ``last``; a slice comes when it is let."""

    def __init__(self, key: str, last: int = 6, size: int = 2):
        self.asked: list[tuple[object, int, Future]] = []
        self.slices = Slices(("slices", key), size, last, self.submit, lambda before, given: (*(before or ()), given))

    def submit(self, found: object, at: int) -> Future:
        self.asked.append((found, at, Future()))
        return self.asked[-1][2]


def test_it_goes_on_from_what_there_is():
    work = Work("whole")
    assert work.slices.reached() == (None, 0)
    for at in (0, 2, 4):
        work.slices.go_on()
        found, asked_at, promise = work.asked[-1]
        assert asked_at == at
        assert found == (tuple(range(0, at, 2)) or None)
        promise.set_result(at)
        assert work.slices.reached() == (tuple(range(0, at + 2, 2)), at + 2)
    assert work.slices.go_on() is None
    assert len(work.asked) == 3


def test_two_who_watch_ask_once():
    work = Work("two")
    one, other = work.slices.go_on(), work.slices.go_on()
    assert one is other
    assert len(work.asked) == 1
    assert work.slices.reached() == (None, 0)  # it has not come yet
    work.asked[0][2].set_result(7)
    assert work.slices.reached() == ((7,), 2)


def test_what_failed_is_asked_for_anew():
    work = Work("failed")
    promise = work.slices.go_on()
    work.asked[0][2].set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        promise.result()
    work.slices.go_on()
    assert len(work.asked) == 2


def test_but_the_last_two_slices_are_let_go():
    work = Work("kept", last=8)
    for at in (2, 4, 6):
        work.slices.go_on()
        work.asked[-1][2].set_result(at)
    there = [key[-1] for key in memory.MEMORY.known() if key[:2] == ("slices", "kept")]
    assert sorted(there) == [4, 6]
    work.slices.go_on()
    work.asked[-1][2].set_result(8)
    assert work.slices.go_on() is None
    there = [key[-1] for key in memory.MEMORY.known() if key[:2] == ("slices", "kept")]
    assert there == [8]  # of what is over the end alone
