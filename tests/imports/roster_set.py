"""A small OneRoster 1.1 set: one school, two quarters and two more, a homeroom class, two courses, their results."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

COLUMNS: dict[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
    "academicSessions": (
        "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear",
    ),
    "users": (
        "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds",
        "givenName", "familyName", "middleName",
    ),
    "courses": ("sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId"),
    "classes": (
        "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects",
    ),
    "enrollments": (
        "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
        "primary", "beginDate", "endDate",
    ),
    "categories": ("sourcedId", "status", "dateLastModified", "title", "weight"),
    "lineItems": (
        "sourcedId", "status", "dateLastModified", "title", "description", "assignDate", "dueDate", "classSourcedId",
        "categorySourcedId", "gradingPeriodSourcedId", "resultValueMin", "resultValueMax",
    ),
    "results": (
        "sourcedId", "status", "dateLastModified", "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score",
        "scoreDate", "comment", "textScore", "inProgress", "incomplete", "late", "missing",
    ),
    "manifest": ("propertyName", "value"),
    "roles": ("sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
    "scoreScales": ("sourcedId", "status", "dateLastModified", "title", "type", "classSourcedId", "scoreScaleValue"),
    "lineItemScoreScales": ("sourcedId", "status", "dateLastModified", "lineItemSourcedId", "scoreScaleSourcedId"),
    "resultScoreScales": ("sourcedId", "status", "dateLastModified", "resultSourcedId", "scoreScaleSourcedId"),
    "resources": ("sourcedId", "status", "dateLastModified", "vendorResourceId"),
    "demographics": ("sourcedId", "status", "dateLastModified", "birthDate", "sex"),
}  # fmt: skip
Rows = Mapping[str, Sequence[Mapping[str, str]]]
TERMS = (
    ("q1", "2025-09-01", "2025-10-26"),
    ("q2", "2025-11-05", "2025-12-28"),
    ("q3", "2026-01-12", "2026-03-22"),
    ("q4", "2026-04-01", "2026-05-29"),
)


def small_set() -> dict[str, list[dict[str, str]]]:
    """Return the files of the set: 6В with three pupils and a fourth who has no homeroom."""
    pupils = [
        ("p1", "Петров", "Пётр"),
        ("p2", "Ветрова", "Вера"),
        ("p3", "Ершов", "Егор"),
        ("p4", "Гость", "Глеб"),
    ]
    return {
        "orgs": [{"sourcedId": "s1", "name": "Школа на горе", "type": "school"}, {"sourcedId": "d", "type": "district"}],
        "academicSessions": [
            {"sourcedId": key, "title": key, "type": "gradingPeriod", "startDate": start, "endDate": end, "schoolYear": "2026"}
            for key, start, end in TERMS
        ],
        "users": [
            *({"sourcedId": key, "role": "student", "familyName": last, "givenName": first} for key, last, first in pupils),
            {"sourcedId": "t1", "role": "teacher", "familyName": "Учителева", "givenName": "Ульяна"},
        ],
        "courses": [{"sourcedId": "c1", "title": "Алгебра"}, {"sourcedId": "c2", "title": "Химия"}],
        "classes": [
            _class("h6", "6В", "", "homeroom"),
            _class("k1", "Алгебра 6В", "c1", "scheduled"),
            _class("k2", "Химия, кружок", "c2", "scheduled"),
        ],
        "enrollments": [
            *(_in("h6", key) for key, _, _ in pupils[:3]),
            *(_in("k1", key) for key, _, _ in pupils[:3]),
            _in("k2", "p4"),
            {**_in("k1", "t1"), "role": "teacher"},
        ],
        "categories": [{"sourcedId": "cat", "title": "Контрольная работа"}],
        "lineItems": [
            {"sourcedId": "w1", "classSourcedId": "k1", "dueDate": "2025-09-15", "categorySourcedId": "cat", "gradingPeriodSourcedId": "q1"},
            {"sourcedId": "w2", "classSourcedId": "k2", "dueDate": "2025-11-10", "gradingPeriodSourcedId": "q2"},
        ],
        "results": [
            _result("w1", "p1", "5"),
            _result("w1", "p2", "4.0"),
            _result("w1", "p3", ""),
            _result("w2", "p4", "3"),
        ],
    }  # fmt: skip


def _class(key: str, title: str, course: str, kind: str) -> dict[str, str]:
    terms = ",".join(term for term, _, _ in TERMS)
    return {
        "sourcedId": key,
        "title": title,
        "grades": "06",
        "courseSourcedId": course,
        "classType": kind,
        "schoolSourcedId": "s1",
        "termSourcedIds": terms,
    }


def _in(class_id: str, user: str) -> dict[str, str]:
    return {
        "sourcedId": f"{class_id}-{user}",
        "classSourcedId": class_id,
        "schoolSourcedId": "s1",
        "userSourcedId": user,
        "role": "student",
    }


def _result(work: str, pupil: str, score: str) -> dict[str, str]:
    return {
        "sourcedId": f"{work}-{pupil}",
        "lineItemSourcedId": work,
        "studentSourcedId": pupil,
        "scoreStatus": "fully graded" if score else "not submitted",
        "score": score,
    }


def csv_texts(files: Rows) -> dict[str, str]:
    """Return each file of the set as CSV, by its name."""
    texts = {}
    for name, rows in files.items():
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS[name], restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        texts[f"{name}.csv"] = text.getvalue()
    return texts


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zipped(files: Rows) -> bytes:
    """Return the set as a ZIP of CSV files."""
    return packed({name: text.encode() for name, text in csv_texts(files).items()})


def manifest(version: str, **files: str) -> list[dict[str, str]]:
    """Return a manifest: the version, and whether each file is absent, bulk or delta."""
    said = {"manifest.version": "1.0", "oneroster.version": version} | {
        f"file.{name}": mode for name, mode in files.items()
    }
    return [{"propertyName": name, "value": value} for name, value in said.items()]
