"""The school that is looked at: made by the product's own command, with a model, reports and a session for everybody."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from . import product
from .moment import DATABASE, MORE_PEOPLE, NOW, PEOPLE, PUPILS, ROLES, ROOT, SEED, YEARS

# One thread and one order of sets: a difference between two snapshots is then one of the program, not of the machine.
QUIET = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command at the snapshot's moment."""
    return os.environ | QUIET | {"SCHOOL_NOW": NOW.isoformat(), "PYTHONPATH": str(ROOT)} | more


def secret_of(person: str) -> str:
    """Return the secret of a person's session; a fixed one, so that nothing random comes into the database."""
    return f"session-of-{person}"


def made_school(folder: Path) -> None:
    """Make the school in a folder, with the database as the demonstration leaves it beside it."""
    options = ["--pupils", str(PUPILS), "--years", str(YEARS), "--seed", str(SEED), "--data", str(folder)]
    command = [sys.executable, "-m", product.DEMO, *options]
    made = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(made.stderr)
    shutil.copy(folder / DATABASE, folder.with_name("demo.duckdb"))
    product.fit_and_remember(folder)
    product.make_scheduled_reports(folder)
    _sign_everybody_in(folder / DATABASE)
    with product.opened_school(folder) as here:
        _make_reports(here)


def _sign_everybody_in(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        for person, user_id in people_of(connection).items():
            connection.execute(
                "INSERT INTO sessions (session_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
                [product.secret_hash(secret_of(person)), user_id, NOW, NOW + timedelta(days=1)],
            )


def _make_reports(here: Any) -> None:
    """Make what the schedule does not: each kind of report of the running term and of the year before."""
    for person, spans in (("deputy", ("now", "2025-year")), ("homeroom", ("now",)), ("teacher", ("now",))):
        user = product.user_of(here, secret_of(person))
        for kind in product.kinds_to_make(user):
            begun = [
                row for row in product.periods_for(here.store, user, kind) if row.starts_on <= NOW.date()
            ]
            wanted = {"now": begun[-1], **{f"{row.school_year}-{row.kind}": row for row in begun}}
            for period in (wanted[span] for span in spans if span in wanted):
                about = next(iter(product.subjects_of_report(here.store, user, kind, period)), None)
                order = product.ReportOrder(kind, product.span_of(period), about)
                product.make_report(here, user, order)


def people_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the people who look: name → user id."""
    settings = dict(connection.execute("SELECT name, value FROM settings").fetchall())
    people = {role: int(settings[f"demo.user.{role}"]) for role in ROLES}
    planted = json.loads(settings["demo.planted"])
    more = {
        "guardian_of_two": """
            SELECT min(user_id) FROM users JOIN
            (SELECT guardian_id FROM guardian_pupils GROUP BY ALL HAVING count(*) > 1) USING (guardian_id)""",
        "late_teacher": f"SELECT user_id FROM users WHERE staff_id = {planted['fills_late']}",
    }
    for name in MORE_PEOPLE:
        (row,) = connection.execute(more[name]).fetchall()
        people[name] = row[0]
    assert set(people) == set(PEOPLE)
    return people


def facts_of(database: Path) -> Mapping[str, Any]:
    """Return the ids that pages are opened with by link, chosen so that the same school gives the same ones."""
    with duckdb.connect(str(database), read_only=True) as connection:
        people = people_of(connection)

        def one(sql: str, **values: Any) -> tuple[Any, ...]:
            (row,) = connection.execute(sql, values or None).fetchall()
            return row

        (staff,) = one("SELECT staff_id FROM users WHERE user_id = $id", id=people["teacher"])
        year = one("SELECT max(school_year) FROM classes")[0]
        load = """
            SELECT class_id, subject_id, subgroup_id FROM teaching_load JOIN classes USING (class_id)
            WHERE teacher_id = $staff AND classes.school_year = $year AND {} ORDER BY ALL LIMIT 1"""
        whole = one(load.format("subgroup_id IS NULL"), staff=staff, year=year)
        group = connection.execute(
            """SELECT class_id, subject_id, subgroup_id FROM teaching_load WHERE school_year = $year
            AND subgroup_id IS NOT NULL ORDER BY ALL LIMIT 1""",
            {"year": year},
        ).fetchone()
        class_id = one(
            """SELECT min(class_id) FROM classes JOIN users ON staff_id = homeroom_id
            WHERE user_id = $id AND school_year = $year""",
            id=people["homeroom"],
            year=year,
        )[0]
        pupil = one(
            "SELECT min(pupil_id) FROM enrolments WHERE class_id = $id AND ends_on IS NULL", id=class_id
        )
        if pupil[0] is None:
            pupil = one("SELECT min(pupil_id) FROM enrolments WHERE class_id = $id", id=class_id)
        return {
            "people": people,
            "staff": staff,
            "year": year,
            "class": class_id,
            "pupil": pupil[0],
            "lesson_class": whole[0],
            "lesson_subject": whole[1],
            "group": group,
            "first_term": one(
                """SELECT min(term_id) FROM class_terms JOIN terms USING (term_id)
                WHERE class_id = $id AND number = 1""",
                id=whole[0],
            )[0],
            "lesson": one(
                """SELECT max(lesson_id) FROM lessons WHERE class_id = $class AND subject_id = $subject
                AND subgroup_id IS NULL AND held_on < $day""",
                **{"class": whole[0], "subject": whole[1], "day": NOW.date()},
            )[0],
            "inspection": one("SELECT min(inspection_id) FROM inspections")[0],
            "absent": one(
                "SELECT regular_teacher_id FROM substitutions ORDER BY assigned_at DESC, substitution_id LIMIT 1"
            )[0],
            "file": one("SELECT min(file_id) FROM homework_files")[0],
        }
