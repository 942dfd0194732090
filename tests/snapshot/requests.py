"""The HTTP routes as the grid and the browser call them, and what their answers leave in the database."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from starlette.applications import Starlette
from starlette.testclient import TestClient

from . import product
from .apart import run_apart
from .base import facts_of, secret_of
from .database import dump_database
from .moment import DATABASE, NOW
from .normal import normal

SITE = "http://school.example"
OWN = {"origin": SITE}
HEADERS = ("content-type", "content-disposition", "content-security-policy", "cache-control", "set-cookie")
CELLS, TERM_CELLS, ABSENCES = "/api/register/cells", "/api/term-marks/cells", "/api/homeroom/absences"
# What a teacher types: sound marks, several at once, absences, what is refused, what stands there already.
TYPED = (
    "5",
    "4 3",
    "Н",
    "2",
    "н/а",
    "6",
    "",
    "Б",
    "5/4",
    "О",
    "абв",
    "33",
    "У",
    "осв",
    "4",
    "-",
    "10",
    "3 Н",
)


class Browser:
    """Asks the routes and writes every question beside its answer."""

    def __init__(self, out: Path, people: Mapping[str, int]) -> None:
        """Open the routes of the app; ``people``: who asks → user id."""
        self.out, self.people = out, people
        self.app = Starlette(routes=product.ROUTES)
        self.lines: list[str] = []

    def ask(self, person: str | None, address: str, body: Any = None, **headers: str) -> Any:
        """Ask as somebody, or as nobody, and return the answer."""
        client = TestClient(self.app, base_url=SITE)
        if person is not None:
            client.cookies.set(product.COOKIE_NAME, secret_of(person))
        sent = OWN | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            answer = client.get(address, headers=sent)
        elif isinstance(body, bytes):
            answer = client.post(address, content=body, headers=sent)
        else:
            answer = client.post(address, json=body, headers=sent)
        shown = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        question = (
            json.dumps(body, ensure_ascii=False) if not isinstance(body, bytes) else body.decode()[:200]
        )
        self.lines.append(
            f"{person} {address} {headers} {question}\n→ {answer.status_code} {shown}\n{answer.text}\n"
        )
        return answer

    def batch(self, person: str, address: str, edits: list[dict[str, Any]], **more: Any) -> Any:
        """Send a batch of entries."""
        body = {"user_id": str(self.people[person]), "client": "вкладка", "edits": edits, **more}
        return self.ask(person, address, body)

    def written(self, name: str) -> None:
        """Write what was asked so far into a file."""
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / f"{name}.txt").write_text(normal("\n".join(self.lines)), encoding="utf-8")
        self.lines = []


def _edit(column: object, pupil: int, text: str, seq: int, **more: Any) -> dict[str, Any]:
    return {
        "lesson": str(column),
        "pupil": str(pupil),
        "text": text,
        "base": None,
        "seq": seq,
        "reason": "",
        **more,
    }


def _register(browser: Browser, facts: Mapping[str, Any], pupils: list[int], history: str) -> None:
    lesson = facts["lesson"]
    edits = [_edit(lesson, pupils[n % len(pupils)], text, n + 1) for n, text in enumerate(TYPED)]
    browser.batch("teacher", CELLS, edits)
    browser.batch("teacher", CELLS, edits)
    browser.batch("teacher", CELLS, [_edit(lesson, pupils[0], "3", 100, base="5")])
    browser.batch("teacher", CELLS, [_edit(lesson, pupils[0], "3", 101, base="2")])
    browser.batch("teacher", CELLS, [_edit(lesson, pupils[0], "4", 102, base="3", reason="описка")])
    browser.batch("teacher", CELLS, [], attendance=[{"lesson": str(lesson), "seq": 103}])
    browser.batch("teacher", CELLS, [_edit(1, pupils[0], "5", 104), _edit(lesson, 1, "5", 105)])
    for person in ("deputy", "homeroom", "head", "admin", "guardian", "pupil", "late_teacher"):
        browser.batch(person, CELLS, [_edit(lesson, pupils[1], "5", 1)])
        browser.ask(person, f"{history}?lesson={lesson}&pupil={pupils[0]}")
    browser.ask("teacher", f"{history}?lesson={lesson}&pupil={pupils[0]}")
    browser.ask("teacher", f"{history}?lesson=x")


def _refused(browser: Browser, address: str, lesson: int, pupil: int) -> None:
    sound = {
        "user_id": str(browser.people["teacher"]),
        "client": "c",
        "edits": [_edit(lesson, pupil, "5", 1)],
    }
    browser.ask(None, address, sound)
    browser.ask("deputy", address, sound)
    browser.ask("teacher", address, sound, origin="http://evil.example")
    browser.ask("teacher", address, sound, sec_fetch_site="cross-site")
    browser.ask("teacher", address, b"{not json", content_type="application/json")
    browser.ask("teacher", address, b"x" * 300_000, content_type="application/json")
    browser.ask("teacher", address, {"edits": []})
    browser.ask("teacher", address, [])
    browser.ask("teacher", address, {**sound, "edits": [_edit("x", pupil, "5", 1)]})
    browser.ask("teacher", address, {**sound, "edits": [_edit(lesson, pupil, "5", n) for n in range(201)]})


def _term_marks(browser: Browser, facts: Mapping[str, Any], pupils: list[int], term: int) -> None:
    key = f"{facts['lesson_class']}.{facts['lesson_subject']}.0"
    typed = ("5", "4", "н/а", "2", "6", "", "зач", "3")
    for column in (f"{key}.{term}", f"{key}.{facts['first_term']}", f"{key}.0"):
        edits = [_edit(column, pupils[n % len(pupils)], text, n) for n, text in enumerate(typed)]
        browser.batch("teacher", TERM_CELLS, edits)
        reasoned = [_edit(column, pupils[0], "5", 50, base="4", reason="пересдача")]
        browser.batch("teacher", TERM_CELLS, reasoned)
        browser.batch("deputy", TERM_CELLS, [_edit(column, pupils[2], "5", 60, reason="апелляция")])
        browser.batch("pupil", TERM_CELLS, [_edit(column, pupils[2], "5", 70)])
        browser.ask("teacher", f"/api/term-marks/history?lesson={column}&pupil={pupils[0]}")
    _refused(browser, TERM_CELLS, facts["lesson"], pupils[0])


def _absences(browser: Browser, lessons: list[tuple[int, int, str]]) -> None:
    for number, (lesson, pupil, reason) in enumerate(lessons):
        for step, text in enumerate(("Б", "У", "", "О", "5", "Н")):
            edit = _edit(
                lesson, pupil, text, 10 * number + step, reason="справка", base=reason if not step else None
            )
            browser.batch("homeroom", ABSENCES, [edit])
        browser.ask("homeroom", f"{ABSENCES}/history?lesson={lesson}&pupil={pupil}")
        for person in ("deputy", "teacher", "guardian", "head"):
            browser.batch(person, ABSENCES, [_edit(lesson, pupil, "Б", 900)])
    _refused(browser, ABSENCES, lessons[0][0], lessons[0][1])


def _last_absences(database: Path, class_id: int) -> list[tuple[int, int, str]]:
    """Return the last absences of a class: lesson, pupil, reason."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            """SELECT lesson_id, pupil_id, absences.reason FROM absences JOIN lessons USING (lesson_id)
            WHERE class_id = ? ORDER BY held_on DESC, number DESC, pupil_id LIMIT 5""",
            [class_id],
        ).fetchall()


def _sessions(browser: Browser) -> None:
    for person, role in (("teacher", "teacher"), ("guardian", "guardian")):
        ticket = product.ticket_for(secret_of(person), role)
        for _ in range(2):
            browser.ask(None, "/api/session/open", {"ticket": ticket})
        # A ticket is random.
        browser.lines = [line.replace(ticket, "<ticket>") for line in browser.lines]
    for body in ({}, {"ticket": "made up"}, [], 7):
        browser.ask(None, "/api/session/open", body)
    browser.ask(None, "/api/session/open", {}, origin="http://evil.example")
    browser.ask("pupil", "/api/session/close", {}, origin="http://evil.example")
    browser.ask("pupil", "/api/session/close", {})
    browser.ask("pupil", "/api/register/history?lesson=1&pupil=1")


def _diary(browser: Browser, facts: Mapping[str, Any]) -> None:
    """Open the pages of a pupil's diary as everybody who may come to it, and as those who may not."""
    own = f"/family/{facts['pupil']}"
    for person in ("guardian", "guardian_of_two", "pupil", "deputy", "homeroom", "teacher"):
        browser.ask(person, "/family")
        for rest in ("", "/marks", f"/marks?term={facts['first_term']}", "/absences", "/remarks"):
            browser.ask(person, own + rest)


def dump_requests(school: Path, scratch: Path, out: Path) -> str:
    """Ask everything on a copy of the school; returns what went wrong."""
    return run_apart("tests.snapshot.requests", school, scratch / "requests", out)


def main(folder: Path, out: Path) -> None:
    """Ask everything at the school of a folder."""
    database, texts = folder / DATABASE, out / "requests"
    facts = facts_of(database)
    with duckdb.connect(str(database), read_only=True) as connection:
        pupils = [
            row[0]
            for row in connection.execute(
                """SELECT pupil_id FROM enrolments WHERE class_id = ?
                AND starts_on <= ? AND (ends_on IS NULL OR ends_on >= ?) ORDER BY 1""",
                [facts["lesson_class"], NOW.date(), NOW.date()],
            ).fetchall()
        ]
        (term,) = connection.execute(
            "SELECT term_id FROM lessons WHERE lesson_id = ?", [facts["lesson"]]
        ).fetchone()
    absences = _last_absences(database, facts["class"])
    with product.opened_school(folder):
        browser = Browser(texts, facts["people"])
        _register(browser, facts, pupils, "/api/register/history")
        _refused(browser, CELLS, facts["lesson"], pupils[0])
        browser.written("register")
        _term_marks(browser, facts, pupils, term)
        browser.written("term_marks")
        _absences(browser, absences)
        browser.written("absences")
        for person in (None, *facts["people"]):
            browser.ask(person, f"/api/homework/files/{facts['file']}")
        browser.ask("teacher", "/api/homework/files/1000000000")
        browser.written("homework")
        _diary(browser, facts)
        browser.written("diary")
        _sessions(browser)
        browser.written("sessions")
    dump_database(database, texts / "database")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
