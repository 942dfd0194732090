"""What the server does beside its visitors: opens the school, keeps its forecast, makes its reports, collects garbage, closes the school."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from school.register.actions.entries import forget_old_receipts
from school.sign_in.lookups.sessions import needs_first_admin
from server.forecast_job import ForecastKeeper
from server.report_job import ReportKeeper
from server.session import first_code, school

SECONDS_BETWEEN_COLLECTIONS = 60
SECONDS_BETWEEN_FORGETTING = 24 * 60 * 60
# A save asks the database a dozen short questions and waits for the interpreter after each: with the usual 5 ms a turn,
# dashboards drawn at the same time would hold every answer back.
SECONDS_A_TURN = 0.0005


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the school before the first visitor; collect garbage by the clock, never after each rerun."""
    store = school().store
    if needs_first_admin(store):
        sys.stdout.write(f"Код первого входа: {first_code()}\n")
        sys.stdout.flush()
    keepers = (ForecastKeeper(school()), ReportKeeper(school()))
    for keeper in keepers:
        keeper.start()
    gc.freeze()
    sys.setswitchinterval(SECONDS_A_TURN)
    chores = [asyncio.create_task(chore()) for chore in (_collect_garbage, _forget_receipts)]
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
        for keeper in keepers:
            keeper.stop()
        store.close()


async def _collect_garbage() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


async def _forget_receipts() -> None:
    while True:
        await asyncio.to_thread(forget_old_receipts, school().store, school().clock())
        await asyncio.sleep(SECONDS_BETWEEN_FORGETTING)
