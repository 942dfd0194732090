"""A school of one class around the grid: the real component over a small register kept in a file."""

import asyncio
import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parent))

from small_register import SmallRegister

from pages.grid.requests import script_route
from server.http.quiet_outage import QuietOutage

register = SmallRegister.from_environment()


async def save(request: Request) -> JSONResponse:
    body = await request.json()
    mood = register.mood()
    register.log(body)
    await asyncio.sleep(mood["delay_s"] / 2)
    if mood["status"] != 200:
        return JSONResponse({"message": mood["message"]}, status_code=mood["status"])
    answer = register.take(body, mood)
    await asyncio.sleep(mood["delay_s"] / 2)
    return JSONResponse(answer)


async def history(request: Request) -> JSONResponse:
    key = f"{request.query_params['lesson']}:{request.query_params['pupil']}"
    return JSONResponse({"events": register.history(key)})


app = st.App(
    str(Path(__file__).parent / "grid_page.py"),
    routes=[
        script_route,
        Route("/api/register/cells", save, methods=["POST"]),
        Route("/api/register/history", history),
    ],
    middleware=[Middleware(QuietOutage)],
)
