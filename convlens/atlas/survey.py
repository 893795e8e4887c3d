"""A map of a large folder, without the page: a part at a time, with bounded memory, going on after an interruption."""

import hashlib
import json
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convlens.atlas import atlas, jobs
from convlens.atlas.atlas import Atlas, source_of
from convlens.errors import BusyError, InputError
from convlens.pictures import gathering
from convlens.statistics import evenly
from convlens.work.engine import Engine

PART = 32  # pictures a job
AHEAD = 2  # jobs for each worker that wait or are under way: what is in memory besides the results
MOST = 1_000_000  # pictures; the file holds as many of them as a page opens
PATIENCE = 600.0  # seconds for a part
LIMIT = 24 * 3600.0  # seconds for the projection


@dataclass(frozen=True)
class Survey:
    """Where a folder's vectors are gathered: one file a part, complete or not there at all.

    Attributes:
        folder: of the pictures.
        work: of the parts.
        network: a name of the catalog.
        title: the network's, for reading.
        paths: below ``folder``, in order.
    """

    folder: Path
    work: Path
    network: str
    title: str
    paths: tuple[str, ...]

    @property
    def parts(self) -> int:
        return -(-len(self.paths) // PART)

    def file(self, part: int) -> Path:
        return self.work / f"part-{part:06}.npz"


def begin(folder: Path, work: Path, network: str, most: int, *, restart: bool = False) -> Survey:
    """List the pictures, ``most`` at equal distances, and take up what was done before.

    Raises:
        InputError: there are no pictures, no such network, or ``work`` holds parts of another survey.
    """
    title, weights = jobs.identity(network)
    paths = gathering.in_folder(folder, most)
    survey = Survey(folder, work, network, title, tuple(str(path.relative_to(folder)) for path in paths))
    told = {
        "network": network,
        "weights": weights,
        "pictures": hashlib.sha256("\n".join(survey.paths).encode()).hexdigest(),
    }
    if restart:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    note = work / "survey.json"
    if note.exists() and json.loads(note.read_text()) != told:
        raise InputError(
            f"{work} holds parts of another survey: other pictures or another network. Name another place, or begin anew with --restart."
        )
    note.write_text(json.dumps(told))
    return survey


def gather(survey: Survey, engine: Engine, report: Callable[[int, int], None]) -> None:
    """Compute every part that is not there yet; ``report(pictures done, of all)`` after each."""
    missing = [part for part in range(survey.parts) if not survey.file(part).exists()]
    under_way: deque = deque()
    done = len(survey.paths) - sum(len(_paths(survey, part)) for part in missing)
    while missing or under_way:
        while missing and len(under_way) < AHEAD * max(1, engine.workers):
            part = missing.pop(0)
            files = [(path, (survey.folder / path).read_bytes()) for path in _paths(survey, part)]
            under_way.append((part, engine.submit(jobs.survey_part, survey.network, files)))
        part, future = under_way.popleft()
        try:
            _keep(survey.file(part), future.result(PATIENCE))
        except TimeoutError as error:
            raise BusyError(
                f"No worker has answered for {PATIENCE / 60:.0f} minutes. Look at their logs: each must run in ConvLens' own folder, "
                "with its packages. The same command goes on from here."
            ) from error
        done += len(_paths(survey, part))
        report(done, len(survey.paths))


def finish(
    survey: Survey, engine: Engine, out: Path, way: str, near: int, apart: float, smallest: int
) -> tuple[Atlas, int, list[str]]:
    """Project, cluster and write the map's file; the vectors are read a piece at a time, see ``jobs.lay_out``. Returns the atlas, of how
    many pictures it shows some, and why others were left out.

    Args:
        engine: of this machine: it reads the vectors from the disk.
    """
    told = [_part(survey, part, "titles", "left") for part in range(survey.parts)]
    titles = [title for part in told for title in part["titles"].tolist()]
    left = [why for part in told for why in part["left"].tolist()]
    if not titles:
        raise InputError(f"No picture of {survey.folder} can be read. {gathering.left_out(left)}")
    gathered = survey.work / "vectors.npy"
    values = _gather_vectors(survey, gathered, len(titles))
    laid = engine.run(jobs.lay_out, str(gathered), way, near, apart, smallest, limit=LIMIT)
    some = evenly(len(titles), atlas.MOST)
    folders = [Path(titles[i]).parent.name for i in some]
    labels = tuple(folders) if 1 < len(set(folders)) < len(some) / 2 else ()
    source = source_of(survey.title, values)
    if laid.vectors is None:
        vectors = np.array(np.load(gathered, mmap_mode="r")[some])
    else:
        vectors, source = (
            laid.vectors[some],
            f"about the first {laid.vectors.shape[1]} principal components of {source}",
        )
    pictures = Atlas(vectors, tuple(titles[i] for i in some), _thumbnails(survey, some), labels, source)
    partial = out.with_name(out.name + ".part")
    partial.write_bytes(pictures.file(laid.points[some], laid.labels[some], laid.strengths[some]))
    partial.replace(out)
    return pictures, len(titles), left


def _part(survey: Survey, part: int, *names: str) -> dict[str, np.ndarray]:
    with np.load(survey.file(part)) as file:
        return {name: file[name] for name in names}


def _gather_vectors(survey: Survey, file: Path, count: int) -> int:
    """All vectors in one .npy file (count, values), written a part at a time; returns how many values each has."""
    values = 0
    with file.open("wb") as handle:
        for part in range(survey.parts):
            vectors = _part(survey, part, "vectors")["vectors"]
            if not len(vectors):
                continue
            if not values:
                values = vectors.shape[1]
                shape = {"descr": "<f4", "fortran_order": False, "shape": (count, values)}
                np.lib.format.write_array_header_1_0(handle, shape)
            handle.write(np.ascontiguousarray(vectors, "<f4").tobytes())
    return values


def _thumbnails(survey: Survey, some: np.ndarray) -> np.ndarray:
    """Of the pictures with these numbers, which rise."""
    found, first = [], 0
    for part in range(survey.parts):
        thumbnails = _part(survey, part, "thumbnails")["thumbnails"]
        here = some[(some >= first) & (some < first + len(thumbnails))] - first
        if len(here):
            found.append(thumbnails[here])
        first += len(thumbnails)
    return np.concatenate(found)


def _paths(survey: Survey, part: int) -> tuple[str, ...]:
    return survey.paths[part * PART : (part + 1) * PART]


def _keep(file: Path, found: tuple) -> None:
    vectors, titles, thumbnails, left = found
    partial = file.with_suffix(".part")
    with partial.open("wb") as handle:
        np.savez(handle, vectors=vectors, titles=np.array(titles, str), thumbnails=thumbnails, left=np.array(left, str))
    partial.replace(file)
