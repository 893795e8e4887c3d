"""What a map of pictures is made of: vectors, thumbnails, titles; its file, and one's own vectors from a file."""

import io
import zipfile
from dataclasses import dataclass, replace

import cv2
import numpy as np

from convlens import files
from convlens.atlas.projection import Clusters, Projection
from convlens.drawing.sheets import tiled
from convlens.errors import InputError
from convlens.lazy import cached_property
from convlens.statistics import evenly
from convlens.work.digest import digest as digest_of

MOST = 20_000  # pictures of a file
MOST_VALUES = 60_000_000  # of vectors, 240 MB
SHOWN = 5_000  # pictures of a map on the page
BLOCK = 500_000  # values at a time
PARTS = ("vectors", "titles", "thumbnails", "labels", "points")


@dataclass(frozen=True)
class Made:
    """What was computed with a map: its places, ``way``, with ``near`` and ``apart``; their clusters of ``smallest`` pictures at least."""

    way: str
    near: int
    apart: float
    laid: Projection
    smallest: int
    clusters: Clusters


@dataclass(frozen=True)
class Atlas:
    """Pictures as vectors.

    Attributes:
        vectors: float32 (n, d).
        titles: one a picture.
        thumbnails: uint8 (n, side, side, 3) or (n, side, side).
        labels: one a picture, where they are known; otherwise empty.
        source: what the vectors are, as part of a sentence: "the 64 values of dense_1 in LeNet".
        points: float32 (n, 2) of a projection that was computed elsewhere, or None.
        owner: the visitor something of whom went into it: it is theirs, and what is made of it; None where all may share it.
        digest: of the vectors, and of the points where there are some.
        made: what need not be computed again; None for most.
    """

    vectors: np.ndarray
    titles: tuple[str, ...]
    thumbnails: np.ndarray
    labels: tuple[str, ...] = ()
    source: str = ""
    points: np.ndarray | None = None
    owner: str | None = None
    digest: str = ""
    made: Made | None = None

    def __post_init__(self):
        if not self.digest:
            arrays = (self.vectors,) if self.points is None else (self.vectors, self.points)
            object.__setattr__(self, "digest", digest_of(*arrays))

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def looks(self) -> str:
        """A digest of thumbnails and titles."""
        return digest_of(self.thumbnails, np.array(self.titles))

    @cached_property
    def usual(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of each value over all pictures, float64 (d,); a block at a time, as all at once would be twice the vectors."""
        mean = self.vectors.mean(axis=0, dtype=float)
        blocks = np.array_split(self.vectors, max(1, self.vectors.size // BLOCK))
        return mean, np.sqrt(sum(((block - mean) ** 2).sum(axis=0) for block in blocks) / len(self))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The labels that there are, sorted."""
        return tuple(sorted(set(self.labels)))

    def some(self, most: int = SHOWN) -> "Atlas":
        """This map, or one of ``most`` of its pictures at equal distances."""
        if len(self) <= most:
            return self
        chosen = evenly(len(self), most)
        return replace(
            self,
            vectors=self.vectors[chosen],
            titles=tuple(self.titles[i] for i in chosen),
            thumbnails=self.thumbnails[chosen],
            labels=tuple(self.labels[i] for i in chosen) if self.labels else (),
            points=None if self.points is None else self.points[chosen],
            digest="",
            made=None,
        )

    @cached_property
    def sprites(self) -> tuple[bytes, int]:
        """All thumbnails in one picture, and how many stand in a row: a PNG where they are small, a JPEG otherwise."""
        columns = int(np.ceil(np.sqrt(len(self))))
        picture = tiled(self.thumbnails, columns)
        if picture.ndim == 3:
            picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        return cv2.imencode(".png" if self.thumbnails.shape[1] <= 16 else ".jpg", picture)[1].tobytes(), columns

    def file(self, points: np.ndarray, clusters: np.ndarray, strengths: np.ndarray) -> bytes:
        """An NPZ that ``read`` takes: everything of the map, and what was computed from it."""
        arrays = {
            "vectors": self.vectors,
            "titles": np.array(self.titles),
            "thumbnails": self.thumbnails,
            "points": points.astype(np.float32),
            "clusters": clusters,
            "membership": strengths,
            "source": np.array(self.source),
        }
        return files.npz(arrays | ({"labels": np.array(self.labels)} if self.labels else {}))


def source_of(network: str, values: int) -> str:
    """What the vectors of a network are, by its title."""
    return f"the {values:,} values that {network} computes its classes from"


def read(data: bytes, name: str) -> Atlas:
    """A map's file, or one's own vectors: an NPZ with "vectors" (n, d), and with "titles", "thumbnails", "labels" if wished.

    Nothing that is pickled is ever read, and no array is made before its size is known.

    Raises:
        InputError: the file is no such NPZ, or is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {part: _array(archive, part) for part in (*PARTS, "source") if f"{part}.npy" in archive.namelist()}
    except files.BROKEN as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{name:.80} is no NPZ that can be read ({type(error).__name__}). Save one with numpy.savez(file, vectors=…)."
        ) from error
    vectors = found.get("vectors")
    if (
        vectors is None
        or vectors.ndim != 2
        or vectors.dtype.kind not in "fiu"
        or len(vectors) < 3
        or vectors.shape[1] < 1
    ):
        said = (
            "no array 'vectors'" if vectors is None else f"'vectors' of shape {vectors.shape} and type {vectors.dtype}"
        )
        raise InputError(
            f"{name:.80} holds {said}. Expected numbers of shape (pictures, values), three pictures at least."
        )
    vectors = np.ascontiguousarray(vectors, np.float32)
    if not np.isfinite(vectors).all():
        raise InputError(f"The vectors of {name:.80} hold values that are not finite. Replace them, and try again.")
    n = len(vectors)
    for part, array in found.items():
        if part != "source" and len(np.atleast_1d(array)) != n:
            raise InputError(f"{name:.80} holds {n} vectors, but {len(np.atleast_1d(array))} {part}. Expected as many.")
    titles = found.get("titles", np.array([f"picture {i}" for i in range(n)]))
    labels = found.get("labels", np.array([], str))
    return Atlas(
        vectors=vectors,
        titles=tuple(str(title)[:200] for title in titles.tolist()),
        thumbnails=_thumbnails(found.get("thumbnails"), n, name),
        labels=tuple(str(label)[:60] for label in labels.tolist()),
        source=str(found.get("source", f"the vectors of {name:.80}"))[:200],
        points=_points(found.get("points"), name),
    )


def _array(archive: zipfile.ZipFile, part: str) -> np.ndarray:
    if archive.getinfo(f"{part}.npy").compress_type not in files.PACKED:
        raise NotImplementedError("compression")
    with archive.open(f"{part}.npy") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):  # of numbers and text; in others a header may have gigabytes
            raise ValueError(f"version {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.hasobject:
            raise InputError(f"'{part}' is pickled, which could run anything. Save it as plain numbers or text.")
        values = int(np.prod(shape, dtype=object)) if shape else 1
        if (shape and shape[0] > MOST) or values * dtype.itemsize > 4 * MOST_VALUES:
            raise InputError(
                f"'{part}' has the shape {shape}. Expected {MOST:,} pictures and {4 * MOST_VALUES // 10**6} MB at most: take a part."
            )
        data = file.read(values * dtype.itemsize + 1)
        if len(data) != values * dtype.itemsize:
            raise ValueError("length")
        array = np.frombuffer(data, dtype, values)
        return array.reshape(shape, order="F" if fortran else "C")


def _thumbnails(given: np.ndarray | None, n: int, name: str) -> np.ndarray:
    if given is None:
        return np.full((n, 8, 8), 225, np.uint8)
    side = given.shape[1] if given.ndim > 1 else 0
    fits = given.dtype == np.uint8 and given.shape in ((n, side, side), (n, side, side, 3)) and 1 <= side <= 96
    if not fits:
        raise InputError(
            f"The thumbnails of {name:.80} have the shape {given.shape} and the type {given.dtype}. Expected uint8 of shape "
            "(pictures, side, side, 3) with a side of 96 pixels at most."
        )
    return given


def _points(given: np.ndarray | None, name: str) -> np.ndarray | None:
    if given is None:
        return None
    if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "fiu" or not np.isfinite(given).all():
        raise InputError(
            f"The points of {name:.80} have the shape {given.shape}. Expected finite numbers of shape (pictures, 2)."
        )
    return given.astype(np.float32)
