"""A system of the region: let in by the administrator, it asks over real HTTP."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema
import uvicorn
from running_app import free_port
from small_school import NOW
from starlette.applications import Starlette

from pages.my_school import routes
from school.my_school.actions import make_client, turn_route, write_esia_id
from school.my_school.records import MadeClient
from school.records import User
from school.reference import reference_schema
from school.store.connection import Store
from server.http.own_routes import OwnRoutes

ESIA_ID = "1000123456"


@dataclass
class System:
    """The system with what it was given; ``url`` of the school."""

    url: str
    client: MadeClient

    def token(self, **changed: str) -> httpx.Response:
        """Ask for a token."""
        given = {
            "grant_type": "client_credentials",
            "client_id": self.client.client_id,
            "client_secret": self.client.secret,
        }
        return httpx.post(f"{self.url}/my-school/token", data=given | changed)

    def schedule(self, esia_id: str = ESIA_ID, token: str | None = None, **asked: str) -> httpx.Response:
        """Ask for a timetable with a fresh token, or that one; the answer is what the schema says, or an error in it."""
        text = self.token().json()["access_token"] if token is None else token
        answer = httpx.get(
            f"{self.url}/my-school/Schedule/{esia_id}",
            params=asked,
            headers={"Authorization": f"Bearer {text}"},
        )
        jsonschema.validate(answer.json(), reference_schema("my_school_schedule"))
        return answer

    def lessons(self, **asked: str) -> list[dict[str, Any]]:
        """Return the lessons of the one class of the one school."""
        (school,) = self.schedule(**asked).json()["school"]
        (school_class,) = school["class"]
        return list(school_class["lesson"])


def let_in(store: Store, admin: User, pupil_id: int) -> MadeClient:
    """Turn the route on, write the pupil's number and let a system in."""
    turn_route(store, admin, is_on=True, now=NOW)
    write_esia_id(store, admin, pupil_id, ESIA_ID, now=NOW)
    return make_client(store, admin, "Система региона", now=NOW)


@contextmanager
def served() -> Iterator[str]:
    """Serve the product's own routes of «Моя школа» on a port of their own."""
    config = uvicorn.Config(
        OwnRoutes(Starlette(), routes.routes), host="127.0.0.1", port=free_port(), log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join()
