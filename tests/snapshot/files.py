"""Files as a school brings them, sound and bad rows together, made from the people and classes of the school."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

PUPILS = ("ФИО", "Класс", "Дата рождения", "Мать", "Телефон родителя")
STAFF = ("ФИО", "Должность", "Роли", "Принят")
LOAD = ("Учитель", "Класс", "Подгруппа", "Предмет", "Часов в неделю")
TIMETABLE = ("День недели", "Урок", "Класс", "Подгруппа", "Предмет", "Учитель", "Кабинет")
FACTS = (
    "ФИО",
    "Класс",
    "Предмет",
    "Дата урока",
    "Отметка",
    "Вес",
    "Пропуск",
    "Учебный период",
    "Отметка за период",
)


def workbook_of(sheets: dict[str, Iterable[Sequence[Any]]]) -> bytes:
    """Return an XLSX file: rows by sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return buffer.getvalue()


def csv_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ";") -> bytes:
    """Return a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def given_files(database: Path, year: int) -> dict[tuple[str, str], bytes]:
    """Return what is brought: kind of import and name of the file → contents."""
    with duckdb.connect(str(database), read_only=True) as connection:
        taught = connection.execute(
            """SELECT DISTINCT concat_ws(' ', s.last_name, s.first_name, s.middle_name), c.name, u.name
            FROM teaching_load t JOIN staff s ON s.staff_id = t.teacher_id JOIN classes c USING (class_id)
            JOIN subjects u USING (subject_id) WHERE c.school_year = ? AND t.subgroup_id IS NULL
            ORDER BY ALL LIMIT 6""",
            [year],
        ).fetchall()
        pupils = connection.execute(
            """SELECT concat_ws(' ', p.last_name, p.first_name, p.middle_name), c.name, strftime(born_on, '%d.%m.%Y')
            FROM pupils p JOIN enrolments USING (pupil_id) JOIN classes c USING (class_id)
            WHERE c.school_year = ? ORDER BY ALL LIMIT 6""",
            [year],
        ).fetchall()
    (teacher, class_name, subject), other = taught[0], taught[1]
    pupil, own_class, born = pupils[0]
    facts = [
        (pupil, own_class, subject, "17.11.2026", "5", "", "", "", ""),
        (pupil, own_class, subject, "18.11.2026", "7", "2", "", "", ""),
        (pupil, own_class, subject, "31.11.2026", "4", "", "", "", ""),
        (pupil, own_class, "Алхимия", "17.11.2026", "4", "", "", "", ""),
        ("Никто Нигде", own_class, subject, "17.11.2026", "4", "", "", "", ""),
        (pupil, own_class, subject, "19.11.2026", "", "", "Б", "", ""),
        (pupil, own_class, subject, "", "", "", "", "1 четверть", "4"),
        (pupil, own_class, subject, "22.11.2026", "4", "", "", "", ""),
    ]
    lists = [
        *((*row, "", "") for row in pupils[:3]),
        ("Новиков Лев Ильич", class_name.lower(), "01.02.2014", "Новикова Анна", "+7 900 000-00-00"),
        ("Чужов Ян", "9Я", "01.02.2012", "", ""),
        ("", class_name, "", "", ""),
        ("Зуева Ася", class_name, "вчера", "", "телефона нет"),
        (pupil, class_name, born, "", ""),
    ]
    return {
        ("pupils", "список.xlsx"): workbook_of({"Список": [PUPILS, *lists]}),
        ("pupils", "список.csv"): csv_of([PUPILS, *lists], "cp1251"),
        ("pupils", "меню.xlsx"): workbook_of({"Меню": [("Блюдо", "Цена"), ("Борщ", "80")]}),
        ("pupils", "фото.xlsx"): b"PK\x03\x04" + b"\0" * 99,
        ("pupils", "пустой.csv"): b"",
        ("staff", "сотрудники.xlsx"): workbook_of(
            {
                "Л": [
                    STAFF,
                    (teacher, "учитель", "учитель", ""),
                    ("Новая Анна Ильинична", "завуч", "заместитель директора", "01.09.2026"),
                    ("Кто То", "маг", "волшебник", "завтра"),
                    ("", "учитель", "учитель", ""),
                ]
            }
        ),
        ("load", "нагрузка.xlsx"): workbook_of(
            {
                "Л": [
                    LOAD,
                    *((who, where, "", what, 3) for who, where, what in taught),
                    (teacher, class_name, "", other[2], 2),
                    ("Никто Нигде", class_name, "", subject, 2),
                    (teacher, "99Я", "", subject, "много"),
                ]
            }
        ),
        ("timetable", "расписание.csv"): csv_of(
            [
                TIMETABLE,
                ("понедельник", "1", class_name, "", subject, teacher, "12"),
                ("понедельник", "1", other[1], "", other[2], teacher, "12"),
                ("воскресенье", "1", class_name, "", subject, teacher, ""),
                ("вторник", "99", class_name, "", subject, teacher, ""),
            ]
        ),
        ("facts", "отметки.xlsx"): workbook_of({"Лист1": [FACTS, *facts]}),
        ("journal", "журнал.xlsx"): workbook_of(
            {
                f"{own_class} {subject}": [
                    (f"Класс: {own_class}", "", "", "", ""),
                    (f"Предмет: {subject}", "", "", "", ""),
                    ("№", "ФИО", "17.11", "18.11", "19.11"),
                    (1, pupil, 5, "Н", "4/3"),
                    (2, "Никто Нигде", 4, "", "7"),
                ]
            }
        ),
        ("one_roster", "roster.zip"): _roster(),
    }


def _roster() -> bytes:
    tables: dict[str, list[Sequence[str]]] = {
        "orgs": [("sourcedId", "name", "type"), ("s1", "Школа на горе", "school")],
        "academicSessions": [
            ("sourcedId", "title", "type", "startDate", "endDate", "schoolYear"),
            ("q1", "q1", "gradingPeriod", "2025-09-01", "2025-10-26", "2026"),
            ("q2", "q2", "gradingPeriod", "2025-11-05", "2025-12-28", "2026"),
        ],
        "users": [
            ("sourcedId", "role", "familyName", "givenName", "enabledUser"),
            ("p1", "student", "Петров", "Пётр", "true"),
            ("p2", "student", "", "Вера", "true"),
            ("t1", "teacher", "Учителева", "Ульяна", "true"),
        ],
        "courses": [("sourcedId", "title"), ("c1", "Алгебра")],
        "classes": [
            (
                "sourcedId",
                "title",
                "grades",
                "courseSourcedId",
                "classType",
                "schoolSourcedId",
                "termSourcedIds",
            ),
            ("h6", "6В", "06", "", "homeroom", "s1", "q1,q2"),
            ("k1", "Алгебра 6В", "06", "c1", "scheduled", "s1", "q1,q2"),
        ],
        "enrollments": [
            ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
            ("e1", "h6", "s1", "p1", "student"),
            ("e2", "k1", "s1", "p1", "student"),
            ("e3", "k1", "s1", "t1", "teacher"),
            ("e4", "k9", "s1", "p2", "student"),
        ],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"{name}.csv", csv_of(rows, delimiter=","))
    return buffer.getvalue()
