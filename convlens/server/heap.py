"""Memory that was freed is overwritten, and goes back to the machine. For glibc (Linux); elsewhere these do nothing.

Without it, pictures of a few megabytes land between small things in the heaps of a hundred threads, and a process that
once had 200 visitors keeps their memory for ever, although it is free.
"""

import ctypes
import sys

from convlens.work import engine

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_PERTURB, M_ARENA_MAX = -1, -3, -6, -8  # of glibc's malloc.h
PIECE = 128 << 10  # bytes: what is larger is a mapping of its own, which goes as soon as it is freed


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None  # musl has neither


LIBRARY = _glibc()


def settle() -> None:
    """Once, before there are threads: few heaps, large pieces apart, and nothing of a photo left in what was freed."""
    if LIBRARY:
        LIBRARY.mallopt(M_MMAP_THRESHOLD, PIECE)
        LIBRARY.mallopt(M_TRIM_THRESHOLD, 1 << 20)
        LIBRARY.mallopt(M_ARENA_MAX, 2)
        LIBRARY.mallopt(M_PERTURB, engine.OVERWRITTEN)


def give_back() -> None:
    """What is free at the ends of the heaps, and whole pages between."""
    if LIBRARY:
        LIBRARY.malloc_trim(0)
