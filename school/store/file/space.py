"""Room on the disk, and what a write that failed for want of it looks like."""

import errno
import os
from pathlib import Path

# Below this the log is no longer taken into the database: that writes up to as much as the log holds, and a disk that runs
# full in the middle of it stops the engine. Entries still go into the log, to the last free byte.
RESERVED_BYTES = 64 * 1024 * 1024
# The engine's own default, and a size that no log reaches.
CHECKPOINT_AT, NEVER_CHECKPOINT = "16MB", "1TB"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CAUSES = (*FULL, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENOENT)


def free_bytes(folder: Path) -> int:
    """Return how many bytes a file in this folder may still take."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def has_room(folder: Path) -> bool:
    """Whether there is room for a checkpoint; a folder that cannot be asked has none."""
    try:
        return free_bytes(folder) >= RESERVED_BYTES
    except OSError:
        return False


def cause_of(problem: BaseException) -> int | None:
    """Return the errno behind a failure of the engine, which words it as the system does; None where there is none."""
    if isinstance(problem, OSError) and problem.errno is not None:
        return problem.errno
    text = str(problem)
    return next((number for number in _CAUSES if os.strerror(number) in text), None)


def cause_text(number: int | None) -> str:
    """Return an errno for the log: «ENOSPC (No space left on device)»."""
    return "no errno" if number is None else f"{errno.errorcode.get(number, number)} ({os.strerror(number)})"
