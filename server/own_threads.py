"""The threads that answer the product's own routes: few, since the interpreter runs one at a time anyway.

In forty threads fifty people's answers took turns with one another, and each turn cost more than it brought. Entries have
threads of their own: they never stand behind those who read.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from starlette.requests import Request

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
READING, _ENTERING = ThreadPoolExecutor(2, "reading"), ThreadPoolExecutor(2, "entering")


async def in_own_thread(
    request: Request, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Run what answers a request in a thread of its kind: of those who enter, or of those who read."""
    threads = READING if request.method in {"GET", "HEAD"} else _ENTERING
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*args, **kwargs))
