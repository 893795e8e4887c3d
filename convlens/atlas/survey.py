"""A map of a large folder, without the page: a part at a time, with bounded memory, going on after an interruption."""

import hashlib
import json
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convlens.atlas import atlas, jobs, projection
from convlens.atlas.atlas import Atlas, source_of
from convlens.errors import InputError
from convlens.pictures import gathering
from convlens.work.engine import Engine

PART = 32  # pictures a job
AHEAD = 2  # jobs for each worker that wait or are under way: what is in memory besides the results
MOST = atlas.MOST  # pictures, as many as the page can open
LIMIT = 3600.0  # seconds for the projection


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
        _keep(survey.file(part), future.result())
        done += len(_paths(survey, part))
        report(done, len(survey.paths))


def finish(
    survey: Survey, engine: Engine, out: Path, way: str, near: int, apart: float, smallest: int
) -> tuple[Atlas, list[str]]:
    """Project, cluster and write the map's file. Returns the atlas and why pictures were left out."""
    titles, vectors, thumbnails, left = [], [], [], []
    for part in range(survey.parts):
        with np.load(survey.file(part)) as file:
            titles += file["titles"].tolist()
            vectors.append(file["vectors"])
            thumbnails.append(file["thumbnails"])
            left += file["left"].tolist()
    if not titles:
        raise InputError(f"No picture of {survey.folder} can be read. {gathering.left_out(left)}")
    found = np.concatenate([each for each in vectors if each.size])
    folders = [Path(title).parent.name for title in titles]
    labels = tuple(folders) if 1 < len(set(folders)) < len(titles) / 2 else ()
    pictures = Atlas(found, tuple(titles), np.concatenate(thumbnails), labels, source_of(survey.title, found.shape[1]))
    placed = engine.run(projection.project, pictures.vectors, way, near, apart, limit=LIMIT)
    clusters = engine.run(projection.cluster, placed.points, smallest, limit=LIMIT)
    partial = out.with_name(out.name + ".part")
    partial.write_bytes(pictures.file(placed.points, clusters.labels, clusters.strengths))
    partial.replace(out)
    return pictures, left


def _paths(survey: Survey, part: int) -> tuple[str, ...]:
    return survey.paths[part * PART : (part + 1) * PART]


def _keep(file: Path, found: tuple) -> None:
    vectors, titles, thumbnails, left = found
    partial = file.with_suffix(".part")
    with partial.open("wb") as handle:
        np.savez(handle, vectors=vectors, titles=np.array(titles, str), thumbnails=thumbnails, left=np.array(left, str))
    partial.replace(file)
