"""What has been computed is remembered: one table from typed keys to values, and who asks while one is being made waits for it.

A key holds all that a value depends on: of an array shape, type and content, of everything else its type, too. A value belongs to
all, or to the one visitor something of whom went into it, and goes with them. Each share of the table is bounded in bytes; what was
used last stays. What comes out of it is everybody's: arrays cannot be written to. Behind what belongs to all stands what ships, see ``shipped``:
what is there need not be computed.
"""

import dataclasses
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import CancelledError, Future
from contextlib import nullcontext
from typing import Any, Protocol

import numpy as np

from convlens.work import engine, turns
from convlens.work.digest import digest

# bytes: of what belongs to all, to one visitor, and to all visitors together
SHARED, OWN, OWNED = 400 << 20, 60 << 20, 600 << 20
UNUSED = 3600.0  # seconds after which something is dropped that nobody has asked for


class Abandoned(Exception):  # noqa: N818 - nobody's fault
    """Whoever made it has left: a visitor who waits for it makes it anew."""


@dataclasses.dataclass(eq=False)
class Entry:
    """One value, or the promise of it; ``elsewhere``: whether it was computed in a worker."""

    future: Future
    size: int = 0
    used: float = 0.0
    elsewhere: bool = False


class Behind(Protocol):
    """Values that were computed before."""

    def find(self, key: tuple) -> tuple:
        """(value,), or () where nothing is under that key."""


class Nothing:
    """Of which there is none."""

    def find(self, _: tuple) -> tuple:
        return ()


class Memory:
    """The table. Every method may be called from any thread, with a run or without."""

    def __init__(self, shared: int = SHARED, own: int = OWN, owned: int = OWNED):
        self.most = {None: shared}
        self.own, self.owned = own, owned
        self._shares: dict[str | None, OrderedDict[tuple, Entry]] = {}  # owner → key → entry, used last is last
        self._lock = threading.RLock()
        self._behind: Behind = Nothing()

    def stand_before(self, behind: Behind) -> None:
        """What belongs to all and is not here is looked for there before it is made; until it is asked for it takes no room here."""
        self._behind = behind

    def of(self, key: tuple, make: Callable[[], Any], *, owner: str | None = None, elsewhere: bool = False) -> Any:
        """What ``make()`` gives for this key: made now, or before, or by somebody else at this moment.

        An exception is not remembered; whoever waits gets it, too.

        Args:
            key: of hashable parts, see ``typed``.
            owner: whose it is; None where all may share it.
            elsewhere: whether ``make`` waits for what is computed elsewhere. Others go on meanwhile, and those who wait for the
                value have it before this run has its turn again.
        """
        while True:
            found, mine = self._entry(key, owner, elsewhere=elsewhere)
            if mine:
                if ships := self._ships(key, owner):
                    return self._make(key, lambda ships=ships: ships[0], owner, found)
                with turns.aside() if elsewhere else nullcontext():
                    return self._make(key, make, owner, found)
            try:
                with nullcontext() if found.future.done() else turns.aside():  # who makes it may need a turn
                    return found.future.result()
            except Abandoned:
                continue

    def _ships(self, key: tuple, owner: str | None) -> tuple:
        return self._behind.find(key) if owner is None else ()

    def _entry(self, key: tuple, owner: str | None, *, elsewhere: bool = False) -> tuple[Entry, bool]:
        """What is under a key, used now, and whether it was begun by this call, who then has to see to it."""
        with self._lock:
            share = self._shares.setdefault(owner, OrderedDict())
            found = share.get(key)
            if mine := found is None:
                found = share[key] = Entry(Future(), elsewhere=elsewhere)
            share.move_to_end(key)
            found.used = time.monotonic()
            return found, mine

    def _make(self, key: tuple, make: Callable[[], Any], owner: str | None, entry: Entry) -> Any:
        try:
            value = frozen(make())
        except BaseException as error:
            self.drop(key, owner=owner, entry=entry)
            entry.future.set_exception(error if isinstance(error, Exception) else Abandoned())
            raise
        self._keep(key, value, owner, entry)
        return value

    def _keep(self, key: tuple, value: Any, owner: str | None, entry: Entry) -> None:
        entry.future.set_result(value)
        with self._lock:
            if self._shares.get(owner, {}).get(key) is entry:  # not forgotten meanwhile
                self._measure(key, owner, entry)

    def ask(self, job: Callable, *args: Any, key: tuple = (), owner: str | None = None) -> Any:
        """``of`` what a job gives in a worker; others go on meanwhile.

        Args:
            key: what the job depends on besides its arguments.
        """
        known = (job.__module__, job.__qualname__, *key, *map(typed, args))
        return self.of(known, lambda: engine.run(job, *args), owner=owner, elsewhere=True)

    def begin(
        self,
        key: tuple,
        submit: Callable[[], Future],
        kept: Callable[[Any], Any] = lambda value: value,
        *,
        owner: str | None = None,
    ) -> Future:
        """The promise of what is computed elsewhere, for who does not wait for it: begun now, or before, or by somebody else.

        Args:
            submit: starts it; an exception is not remembered.
            kept: of its future's value, what is remembered.
        """
        entry, mine = self._entry(key, owner)
        if not mine:
            return entry.future

        def come(done: Future) -> None:
            try:
                value = frozen(kept(done.result()))
            except BaseException as error:
                self.drop(key, owner=owner, entry=entry)
                entry.future.set_exception(Abandoned() if isinstance(error, CancelledError) else error)
            else:
                self._keep(key, value, owner, entry)

        try:
            submit().add_done_callback(come)
        except BaseException as error:
            self.drop(key, owner=owner, entry=entry)
            entry.future.set_exception(error if isinstance(error, Exception) else Abandoned())
            raise
        return entry.future

    def get(self, key: tuple, *, owner: str | None = None) -> Any:
        """What is there under a key; None where nothing is."""
        with self._lock:
            found = self._shares.get(owner, {}).get(key)
            if found is not None:
                if not found.future.done():
                    return None
                self._shares[owner].move_to_end(key)
                found.used = time.monotonic()
                return found.future.result()
        if not (ships := self._ships(key, owner)):
            return None
        self.put(key, ships[0])
        return ships[0]

    def put(self, key: tuple, value: Any, *, owner: str | None = None) -> None:
        """Keep something that was made elsewhere."""
        entry = Entry(Future(), used=time.monotonic(), elsewhere=True)
        entry.future.set_result(frozen(value))
        with self._lock:
            share = self._shares.setdefault(owner, OrderedDict())
            share[key] = entry
            share.move_to_end(key)
            self._measure(key, owner, entry)

    def drop(self, key: tuple, *, owner: str | None = None, entry: Entry | None = None) -> None:
        """Forget one thing; with ``entry``, only if it is still that one."""
        with self._lock:
            share = self._shares.get(owner, {})
            if key in share and (entry is None or share[key] is entry):
                del share[key]

    def forget(self, owner: str, *, but: tuple[str, ...] = ()) -> None:
        """Drop everything of a visitor; ``but``: the kinds that stay, the first part of their keys."""
        with self._lock:
            share = self._shares.pop(owner, {})
            if kept := OrderedDict((key, entry) for key, entry in share.items() if key[0] in but):
                self._shares[owner] = kept

    def tidy(self, here: Iterable[str]) -> None:
        """Drop what belongs to visitors who are not here, and what nobody has asked for in a long time."""
        with self._lock:
            for owner in self._shares.keys() - {None, *here}:
                del self._shares[owner]
            old = time.monotonic() - UNUSED
            for share in self._shares.values():
                for key in [key for key, entry in share.items() if entry.used < old and entry.future.done()]:
                    del share[key]

    def known(self, owner: str | None = None) -> list[tuple]:
        """The keys of what is there."""
        with self._lock:
            return list(self._shares.get(owner, {}))

    def of_all(self) -> dict[tuple, tuple[Any, bool]]:
        """key → (value, whether it was computed in a worker) of what is there and belongs to all."""
        with self._lock:
            share = self._shares.get(None, {})
            return {key: (each.future.result(), each.elsewhere) for key, each in share.items() if each.future.done()}

    def bytes(self, owner: str | None = None) -> int:
        with self._lock:
            return sum(entry.size for entry in self._shares.get(owner, {}).values())

    def _measure(self, key: tuple, owner: str | None, entry: Entry) -> None:
        """See how large a value is that has come, and make room for it: alone it goes if there is never so much."""
        entry.size, most = size_of(entry.future.result()), self.most.get(owner, self.own)
        if entry.size > most:
            del self._shares[owner][key]
            return
        _shrink([self._shares[owner]], most)
        if owner is not None:
            _shrink([share for name, share in self._shares.items() if name is not None], self.owned)


def _shrink(shares: list[OrderedDict], most: int) -> None:
    """Drop what was used least recently in these shares until they hold ``most`` bytes together."""
    held = sum(entry.size for share in shares for entry in share.values())
    while held > most:
        oldest = [(next((key for key, entry in share.items() if entry.future.done()), None), share) for share in shares]
        key, share = min((each for each in oldest if each[0]), key=lambda each: each[1][each[0]].used)
        held -= share.pop(key).size


def run(job: Callable, *args: Any) -> Any:
    """A job's answer, not remembered; others go on while this visitor waits."""
    with turns.aside():
        return engine.run(job, *args)


def typed(value: Any) -> Hashable:
    """What a key holds of a value: 1, 1.0 and True differ, and so do arrays of the same bytes in another shape."""
    if isinstance(value, np.ndarray):
        return "array", digest(value)
    if isinstance(value, dict):
        return "dict", tuple((typed(name), typed(each)) for name, each in value.items())
    if isinstance(value, tuple | list):
        return type(value).__name__, tuple(map(typed, value))
    if isinstance(value, bytes):
        return "bytes", digest(np.frombuffer(value, np.uint8))
    return type(value).__name__, value


def frozen(value: Any) -> Any:
    """The value; arrays in it cannot be written to any more."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    else:
        for part in _parts(value):
            frozen(part)
    return value


def size_of(value: Any) -> int:
    """Bytes that a value takes, about."""
    if isinstance(value, np.ndarray):
        return value.nbytes + 100
    return sys.getsizeof(value) + sum(map(size_of, _parts(value)))


def _parts(value: Any) -> Iterable:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, tuple | list):
        return value
    if isinstance(value, Future):  # of an order, whose result has come
        return [value.result()] if value.done() and not value.cancelled() and not value.exception() else ()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return ()


MEMORY = Memory()
of, ask, begin, get, put = MEMORY.of, MEMORY.ask, MEMORY.begin, MEMORY.get, MEMORY.put
drop, forget, tidy = MEMORY.drop, MEMORY.forget, MEMORY.tidy
