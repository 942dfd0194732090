"""What the server does beside its visitors: opens the school, collects garbage, closes the school."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from pages.shared.session import school
from pages.shared.sign_in import first_code
from school.lookups.sign_in import needs_first_admin

SECONDS_BETWEEN_COLLECTIONS = 60


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the school before the first visitor; collect garbage by the clock, never after each rerun."""
    store = school().store
    if needs_first_admin(store):
        sys.stdout.write(f"Код первого входа: {first_code()}\n")
        sys.stdout.flush()
    gc.freeze()
    collecting = asyncio.create_task(_collect_garbage())
    try:
        yield
    finally:
        collecting.cancel()
        store.close()


async def _collect_garbage() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()
