"""Jobs on a Dask cluster, which the engine cannot tell from worker processes of this machine.

What a job takes and gives is packed before Dask sees it: Dask keeps, shows and logs arguments and exceptions, and a photo
may be among them.
"""

import logging
import pickle
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from typing import Any

from distributed import Client, KilledWorker, WorkerPlugin
from distributed import Future as Remote

from convlens.errors import BusyError

PATIENCE = 5.0  # seconds for the scheduler to answer, or to come back
LOG = logging.getLogger(__name__)


class Cluster:
    """The workers of a Dask cluster. Each needs this project at hand, and the same networks.

    Args:
        address: of the scheduler, "tcp://host:8786".

    Raises:
        BusyError: nobody answers there.
    """

    def __init__(self, address: str):
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False, name="ConvLens")
        except (OSError, ValueError) as error:
            LOG.error("No Dask scheduler answers at CONVLENS_CLUSTER=%s: %s", address, error)
            raise BusyError(
                "The machines that compute do not answer just now. Please try again in a moment; your picture is still here."
            ) from error

    def submit(self, job: Callable, /, *args: Any) -> Future:
        """Start a job; the future holds its result, or the exception it raised.

        Raises:
            BrokenExecutor: the connection to the scheduler is lost.
        """
        if self._client.status != "running":
            raise BrokenExecutor("the connection to the scheduler is lost")
        key = f"{job.__name__}-{uuid.uuid4().hex}"
        remote = self._client.submit(_unpack_and_call, pickle.dumps((job, args), protocol=5), key=key, pure=False)
        given: Future = Future()
        given.remote = remote
        self._client.loop.add_callback(_pass_on, remote, given)
        return given

    def warm(self, job: Callable, *args: Any) -> None:
        """Call a job once in every worker, those too that come later, without waiting."""
        self._client.loop.add_callback(self._register, _Warm(job, args))

    async def _register(self, plugin: WorkerPlugin) -> None:
        await self._client.register_plugin(plugin)

    def starts(self) -> bool:
        """Whether its workers are still starting: it is not known, and not ours to wait for."""
        return False

    def end(self, job: Future) -> bool:
        """Stop a job that runs too long, with its worker; a nanny starts another. Returns whether this executor ends."""
        try:
            where = [worker for worker, keys in self._client.processing().items() if job.remote.key in keys]
            job.remote.cancel()  # else Dask gives it to the next worker
            self._client.restart_workers(where, timeout=PATIENCE, raise_for_error=False)
        except (OSError, ValueError) as error:  # the scheduler is gone, or the worker has no nanny
            LOG.error("A job hangs in the cluster, and its worker could not be restarted: %s", error)
        return False

    def stop(self) -> None:
        """Leave the cluster, which goes on; unfinished jobs are lost."""
        self._client.close(timeout=PATIENCE)


async def _pass_on(remote: Remote, given: Future) -> None:
    """The outcome of Dask's future to an ordinary one; then the cluster may forget the job and its result."""
    try:
        value, error = pickle.loads(await remote)
    except KilledWorker:  # Dask has tried it with several already
        sentence = "The workers that computed this stopped. Please try again; your picture is still here."
        value, error = None, BusyError(sentence)
    except CancelledError:
        value, error = None, BrokenExecutor("the connection to the scheduler is lost")
    except Exception as fault:  # whatever it is, somebody waits for it
        value, error = None, _without_code(fault) or fault
    finally:
        remote.release()
    given.set_exception(error) if error else given.set_result(value)


def _without_code(fault: Exception) -> BusyError | None:
    """What to say where a scheduler was started outside of the project, and cannot read what it is sent."""
    missing = next((each for each in (fault, fault.__cause__) if isinstance(each, ModuleNotFoundError)), None)
    if missing is None:
        return None
    LOG.error("The Dask scheduler cannot read what it is sent: %s", missing)
    return BusyError(
        f'The machines that compute are not set up: they say "{missing}". Start the scheduler and its workers in ConvLens\' own '
        "folder, with its packages, as README says under *Several machines*."
    )


def _unpack_and_call(packed: bytes) -> bytes:
    """In the worker: (result, None) or (None, exception), packed."""
    job, args = pickle.loads(packed)
    try:
        outcome = job(*args), None
    except Exception as error:
        error.add_note("In a worker of the cluster:\n" + traceback.format_exc())
        outcome = None, error
    return pickle.dumps(outcome, protocol=5)


class _Warm(WorkerPlugin):
    """Calls a job in every worker, beside its loop: it would not answer while TensorFlow is imported."""

    name = "convlens-warm"

    def __init__(self, job: Callable, args: tuple):
        self._job, self._args = job, args

    def setup(self, worker) -> None:
        worker.executors["default"].submit(self._job, *self._args)  # the thread of its jobs: they wait for it
