"""The server's half of the grid's contract, as small as it can be and durable across a kill."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

PUPILS = [f"p{number}" for number in range(1, 29)]
DAYS = [
    f"2026-{month}-{day:02}"
    for month, days in {"10": range(2, 31, 2), "11": range(1, 27, 2)}.items()
    for day in days
]
TODAY = "2026-11-19"
LESSONS = {f"L{number}": day for number, day in enumerate(DAYS, 1)}
GOOD_MOOD: dict[str, Any] = {
    "delay_s": 0.0,
    "page_delay_s": 0.0,
    "status": 200,
    "message": "",
    "refuse": {},
    "late_lessons": [],
    "read_only": False,
    "blocked": {},
}


class SmallRegister:
    """Cells, the edits already taken, and a file `mood.json` by which a test makes the server slow or cross."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._open() as connection:
            connection.execute(
                "create table if not exists cell (key text primary key, text text, author text)"
            )
            connection.execute(
                "create table if not exists taken (client text, seq int, primary key (client, seq))"
            )
            connection.execute(
                "create table if not exists event (n integer primary key, key text, old text, new text, author text, reason text)"
            )

    @classmethod
    def from_environment(cls) -> "SmallRegister":
        return cls(Path(os.environ["SMALL_REGISTER"]))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "register.sqlite")

    def mood(self) -> dict[str, Any]:
        path = self.folder / "mood.json"
        return {**GOOD_MOOD, **(json.loads(path.read_text("utf-8")) if path.exists() else {})}

    def set_mood(self, **changes: Any) -> None:
        path = self.folder / "mood.new"
        path.write_text(json.dumps({**self.mood(), **changes}), "utf-8")
        path.replace(self.folder / "mood.json")

    def log(self, body: dict[str, Any]) -> None:
        with (self.folder / "requests.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(body) + "\n")

    def requests(self) -> list[dict[str, Any]]:
        path = self.folder / "requests.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def cells(self) -> dict[str, str]:
        with self._open() as connection:
            return dict(connection.execute("select key, text from cell where text != ''"))

    def times_written(self) -> dict[str, int]:
        with self._open() as connection:
            return dict(connection.execute("select key, count(*) from event group by key"))

    def clear(self) -> None:
        for name in ("mood.json", "requests.jsonl"):
            (self.folder / name).unlink(missing_ok=True)
        with self._open() as connection:
            for table in ("cell", "taken", "event"):
                connection.execute(f"delete from {table}")

    def version(self) -> int:
        with self._open() as connection:
            return int(connection.execute("select count(*) from event").fetchone()[0])

    def write(self, key: str, text: str, author: str, reason: str | None = None) -> None:
        """What somebody else has done meanwhile, and the end of every accepted edit."""
        with self._open() as connection:
            self._write(connection, key, text, author, reason)

    def _write(
        self, connection: sqlite3.Connection, key: str, text: str, author: str, reason: str | None
    ) -> None:
        old = connection.execute("select text from cell where key = ?", [key]).fetchone()
        connection.execute("insert or replace into cell values (?, ?, ?)", [key, text, author])
        connection.execute(
            "insert into event (key, old, new, author, reason) values (?, ?, ?, ?, ?)",
            [key, old[0] if old else "", text, author, reason],
        )

    def history(self, key: str) -> list[dict[str, Any]]:
        with self._open() as connection:
            rows = connection.execute(
                "select author, old, new, reason from event where key = ? order by n desc", [key]
            )
            names = ("who", "old", "new", "reason")
            return [{"at": "19.11.2026 10:41", **dict(zip(names, row, strict=True))} for row in rows]

    def take(self, body: dict[str, Any], mood: dict[str, Any]) -> dict[str, Any]:
        results = [self._take_edit(body, edit, mood) for edit in body["edits"]]
        presence = body.get("attendance", [])
        results += [{**each, "pupil": None, "status": "saved"} for each in presence]
        rows = {edit["pupil"]: self.figures(edit["pupil"]) for edit in body["edits"]}
        lessons = {each["lesson"]: {"attendance_taken": True} for each in presence}
        return {"results": results, "rows": rows, "lessons": lessons, "version": self.version()}

    def _take_edit(self, body: dict[str, Any], edit: dict[str, Any], mood: dict[str, Any]) -> dict[str, Any]:
        key = f"{edit['lesson']}:{edit['pupil']}"
        answer = {"lesson": edit["lesson"], "pupil": edit["pupil"], "seq": edit["seq"], "late": False}
        with self._open() as connection:
            text, author = connection.execute(
                "select text, author from cell where key = ?", [key]
            ).fetchone() or ("", "")
            seen = connection.execute(
                "select 1 from taken where client = ? and seq = ?", [body["client"], edit["seq"]]
            ).fetchone()
        if seen:
            return {**answer, "status": "saved", "text": text}
        if key in mood["refuse"]:
            return {**answer, "status": "refused", "text": text, "message": mood["refuse"][key]}
        if text != edit["base"]:
            return {**answer, "status": "conflict", "text": text, "by": author}
        if edit["lesson"] in mood["late_lessons"] and text and not edit["reason"]:
            return {**answer, "status": "reason_required", "text": text}
        # Together: killed between the two, a server would know the edit as taken and have lost it.
        with self._open() as connection:
            connection.execute("insert into taken values (?, ?)", [body["client"], edit["seq"]])
            self._write(connection, key, edit["text"], f"user {body['user_id']}", edit["reason"])
        return {**answer, "status": "saved", "text": edit["text"]}

    def figures(self, pupil: str) -> dict[str, Any]:
        texts = [text for key, text in self.cells().items() if key.endswith(f":{pupil}")]
        marks = [int(character) for text in texts for character in text if character in "2345"]
        mean = f"{sum(marks) / len(marks):.2f}".replace(".", ",") if marks else ""
        return {"mean": mean, "count": len(marks), "controls": min(len(marks), 1)}
