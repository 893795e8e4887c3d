"""The photos that a visitor teaches with, by class. Nothing is kept but small copies, in the visit."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count

import numpy as np

from convlens.drawing.encoding import encode_png
from convlens.errors import InputError
from convlens.pictures import shapes

CLASSES, PHOTOS = 6, 100  # at most: classes, and photos of each
FEWEST = 2  # bursts of a class, so that one can be left out
NAMED = 24  # letters of a class's name
SIDE = 160  # pixels, the longest of what is kept of a photo
EXAMPLE = shapes.Recipe(colours="red circles")  # a shortcut to be found out: circles are red, and nothing else is
SHOWN = ("circle", "star"), 6  # its kinds of shapes, and how many of each


@dataclass(frozen=True)
class Photo:
    """One photo.

    Attributes:
        data: a small copy, JPEG or PNG bytes.
        title: the file's name, or how it came.
        burst: photos with the same number were taken one right after the other: never are some of them learned from and others asked.
    """

    data: bytes
    title: str
    burst: int


@dataclass(frozen=True)
class Project:
    """``names`` of the classes; ``photos``: of each."""

    names: tuple[str, ...]
    photos: tuple[tuple[Photo, ...], ...]

    @property
    def all(self) -> tuple[Photo, ...]:
        """The photos, class by class."""
        return sum(self.photos, ())

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(map(len, self.photos))

    @property
    def labels(self) -> np.ndarray:
        """int (photos,): the class of each of ``all``."""
        return np.repeat(np.arange(len(self.names)), self.counts)

    @property
    def bursts(self) -> np.ndarray:
        """int (photos,)"""
        return np.array([photo.burst for photo in self.all], int)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The classes that have too few photos from which to learn: see ``FEWEST``."""
        bursts = [len({photo.burst for photo in some}) for some in self.photos]
        return tuple(name for name, count in zip(self.names, bursts, strict=True) if count < FEWEST)

    @property
    def next_burst(self) -> int:
        return max((photo.burst for photo in self.all), default=-1) + 1

    def named(self, at: int, name: str) -> "Project":
        """With another name for a class.

        Raises:
            InputError: it is no name, or another class has it.
        """
        name = checked(name)
        self._check(at)
        if name in self.names[:at] + self.names[at + 1 :]:
            raise InputError(f"Another class is called {name}. Expected a name of its own.")
        return replace(self, names=(*self.names[:at], name, *self.names[at + 1 :]))

    def with_class(self) -> "Project":
        """With one class more, empty.

        Raises:
            InputError: there are as many as there may be.
        """
        if len(self.names) >= CLASSES:
            raise InputError(f"{CLASSES} classes are all there can be. Take one away first.")
        name = next(f"class {n}" for n in range(len(self.names) + 1, 99) if f"class {n}" not in self.names)
        return Project((*self.names, name), (*self.photos, ()))

    def without_class(self, at: int) -> "Project":
        """Without a class and its photos.

        Raises:
            InputError: no two would be left, or it is gone already.
        """
        self._check(at)
        if len(self.names) <= 2:
            raise InputError("Two classes are the least there can be. Add another one first.")
        return Project(self.names[:at] + self.names[at + 1 :], self.photos[:at] + self.photos[at + 1 :])

    def with_photos(self, at: int, more: Iterable[Photo]) -> "Project":
        """With more photos of a class, as far as there is room; the same photo once more belongs to the burst of the first.

        Raises:
            InputError: there is none.
        """
        self._check(at)
        room, more = PHOTOS - len(self.photos[at]), tuple(more)
        if more and room <= 0:
            raise InputError(
                f"{self.names[at]} has {PHOTOS} photos, and that is all it can have. Take some away first."
            )
        known = {photo.data: photo.burst for photo in self.all}
        return self._of(
            at, self.photos[at] + tuple(replace(each, burst=known.get(each.data, each.burst)) for each in more[:room])
        )

    def without_last(self, at: int) -> "Project":
        """Without the photos of a class that came last, one or a burst."""
        self._check(at)
        last = max((photo.burst for photo in self.photos[at]), default=None)
        return self._of(at, tuple(photo for photo in self.photos[at] if photo.burst != last))

    def without(self, title: str) -> "Project":
        """Without the photos that are called so."""
        return replace(
            self, photos=tuple(tuple(photo for photo in some if photo.title != title) for some in self.photos)
        )

    def _check(self, at: int) -> None:
        """
        Raises:
            InputError: there is no such class: a late click, say, on one that is gone.
        """
        if at >= len(self.names):
            raise InputError("This class is gone. Choose one of those that are there.")

    def _of(self, at: int, photos: tuple[Photo, ...]) -> "Project":
        return replace(self, photos=(*self.photos[:at], photos, *self.photos[at + 1 :]))


def in_folders(of: Project) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of each photo: "photos/0-cup/003-01.jpg" is of the class 0, and of burst 3."""
    for kind, (name, photos) in enumerate(zip(of.names, of.photos, strict=True)):
        plain = "".join(letter if letter.isalnum() else "_" for letter in name)
        for at, photo in enumerate(photos):
            ending = "png" if photo.data.startswith(b"\x89PNG") else "jpg"
            yield f"photos/{kind}-{plain}/{photo.burst:03d}-{at:02d}.{ending}", photo.data


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of (path, bytes) each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path, data in entries:
            packed.writestr(path, data)
    return out.getvalue()


def from_folders(found: Iterable[tuple[str, bytes]]) -> Project:
    """A project of ("folder/file", small copy) each: a class for each folder, as ``in_folders`` has them or anybody.

    Raises:
        InputError: there are fewer than two folders, or too many.
    """
    folders: dict[str, list[tuple[str, bytes]]] = {}
    for title, data in found:
        folder, _, file = title.rpartition("/")
        if folder:
            folders.setdefault(folder, []).append((file, data))
    if not 2 <= len(folders) <= CLASSES:
        raise InputError(
            f"Expected a zip with a folder of photos for each class, 2 to {CLASSES} of them. Received {len(folders)}."
        )
    out, burst = Project((), ()), 1000  # above those that files may name
    for folder, files in sorted(folders.items()):
        photos = []
        for file, data in sorted(files)[:PHOTOS]:
            named = _BURST.match(file)
            photos.append(Photo(data, file, int(named[1]) if named else burst))
            burst += 1
        name = (
            " ".join(_NUMBERED.sub("", folder).replace("_", " ").split())[:NAMED].strip()
            or f"class {len(out.names) + 1}"
        )
        if name in out.names:
            name = next(other for k in count(2) if (other := f"{name[: NAMED - 2]} {k}") not in out.names)
        out = Project((*out.names, name), (*out.photos, tuple(photos)))
    return out


def checked(name: str) -> str:
    """A class's name as it is kept.

    Raises:
        InputError: nothing can be read of it, or it is too long.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > NAMED:
        raise InputError(f"Expected a name of 1 to {NAMED} letters for a class. Received {len(name)}.")
    return name


_BURST, _NUMBERED = re.compile(r"([0-9]{3})-[0-9]{2}\."), re.compile(r"^[0-9]-")  # as ``in_folders`` has them
EMPTY = Project(("class 1", "class 2"), ((), ()))


@cache
def example() -> Project:
    """What the page opens with: shapes drawn by the program of Made up, so that something is learned before anybody has brought a photo."""
    (names, most), drawn = SHOWN, shapes.drawn(EXAMPLE, 100)
    photos = []
    for k, name in enumerate(names):
        some = np.flatnonzero(drawn.labels == shapes.KINDS.index(name))[:most]
        photos.append(
            tuple(
                Photo(encode_png(drawn.pictures[n], enlarged=4), f"{name} {i + 1}", most * k + i)
                for i, n in enumerate(some)
            )
        )
    return Project(names, tuple(photos))
