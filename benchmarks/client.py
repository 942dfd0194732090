"""Saving marks over HTTP as the register grid does."""

import httpx

from benchmarks.school_facts import TeacherLesson
from benchmarks.server import Server
from server.session import COOKIE_NAME


def save(client: httpx.Client, user_id: int, tab: str, edits: list[dict[str, object]], **more: object) -> int:
    """Send a batch to the register and return how many entries were saved."""
    body = {"user_id": str(user_id), "client": tab, "edits": edits, **more}
    answer = client.post("/api/register/cells", json=body)
    answer.raise_for_status()
    return sum(result["status"] == "saved" for result in answer.json()["results"])


def edit(lesson: TeacherLesson, pupil: int, text: str, seq: int) -> dict[str, object]:
    """Return one entry as the grid sends it."""
    return {"lesson": str(lesson.lesson_id), "pupil": str(pupil), "text": text, "seq": seq}


def client_of(server: Server, secret: str) -> httpx.Client:
    """Return an HTTP client of a signed-in user, as a page of the app would send."""
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE_NAME}={secret}"}
    return httpx.Client(base_url=f"http://localhost:{server.port}", headers=headers, timeout=60)
