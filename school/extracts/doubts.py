"""What a set says that can hardly be meant: loaded as it stands, since it may be true, and said, since nobody would see it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from school.extracts.format import TABLES, Kind
from school.extracts.staging import Staging
from school.extracts.values import NOTHING
from school.numbers import number_text
from school.register.rules.cells import MARKS_IN_A_CELL
from school.year.rules.teaching_load import MOST_HOURS_A_WEEK

NAMED = 3
_DAY_OF = {"lessons": "held_on", "marks": "given_on", "absences": "missed_on"}
# Letters that look alike in both alphabets, after lower().
_CYRILLIC, _LATIN = "авекмнорстух", "abekmhopctyx"


def doubts_of(staging: Staging, now: datetime) -> list[str]:
    """Return what is doubtful in the checked tables, each with how often and where first."""
    return [*(words for find in _DOUBTS for words in find(staging)), *_times_to_come(staging, now)]


def said_nothings(staging: Staging) -> list[str]:
    """Return which texts of the tables that are not checked yet are read as empty: a program's word for nothing, or meant."""
    notes = []
    for table in TABLES.values():
        for column in table.columns:
            if column.kind is Kind.TEXT:
                rows = staging.rows(
                    f"""SELECT '«' || trim({column.name}) || '» (первая — ' || arg_min(file, (file, line)) || ', строка '
                        || arg_min(line, (file, line)) || ')', count(*) FROM {staging.catalog}.raw_{table.name}
                        WHERE lower(trim({column.name})) IN (SELECT unnest($1::VARCHAR[])) GROUP BY trim({column.name}) ORDER BY 1""",
                    [list(NOTHING)],
                )
                if rows:
                    count = number_text(sum(row[1] for row in rows))
                    notes.append(
                        f"{table.name}, {column.name}: вместо текста написано {_listed(rows)}, строк: {count}. Прочитано как пустое."
                    )
    return notes


def _ids_nearly_alike(staging: Staging) -> Iterator[str]:
    """A table program takes zeros off the front; people mix cases and alphabets."""
    holders: dict[str, list[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            if column.kind is Kind.ID:
                holders.setdefault(column.name, []).append(table.name)
    for name, tables in holders.items():
        ids = " UNION ".join(
            f"SELECT school_id, {name} AS id FROM {staging.catalog}.{table}" for table in tables
        )
        alike = f"translate(lower(id), '{_CYRILLIC}', '{_LATIN}')"
        bare = f"CASE WHEN regexp_full_match(id, '0*[0-9]+') THEN coalesce(nullif(ltrim(id, '0'), ''), '0') ELSE {alike} END"
        of_school = "" if name == "school_id" else "school_id, "
        rows = staging.rows(
            f"""SELECT string_agg(DISTINCT '«' || left(id, 40) || '»', ' и ' ORDER BY '«' || left(id, 40) || '»')
                FROM (SELECT {of_school}id, {bare} AS bare FROM ({ids}) WHERE id IS NOT NULL)
                GROUP BY {of_school}bare HAVING count(DISTINCT id) > 1 ORDER BY 1"""
        )
        if rows:
            yield (
                f"{name}: почти одинаковые обозначения: {_listed(rows)}. Загружаются как разные. Если это одно и то же "
                "(пропали нули впереди, другой регистр или алфавит), исправьте набор."
            )


def _names_twice(staging: Staging) -> Iterator[str]:
    for table, within in (("classes", "school_id, school_year"), ("subjects", "school_id")):
        rows = staging.rows(
            f"""SELECT '«' || left(any_value(name), 40) || '»' FROM {staging.catalog}.{table}
                GROUP BY {within}, upper(name) HAVING count(*) > 1 ORDER BY 1"""
        )
        if rows:
            yield f"{table}: одно название у разных обозначений: {_listed(rows)}. Загружаются как разные."


def _grades_unlike_names(staging: Staging) -> Iterator[str]:
    rows = staging.rows(
        rf"""SELECT '«' || left(name, 40) || '» — ' || grade_level FROM {staging.catalog}.classes
            WHERE grade_level <> TRY_CAST(nullif(regexp_extract(name, '^(\d+)\s*[-–—]?\s*[«"]?\pL[»"]?$', 1), '') AS BIGINT)
            ORDER BY file, line"""
    )
    if rows:
        yield f"classes: название и grade_level расходятся: {_listed(rows)}. Параллель берётся из grade_level."


def _terms_that_disagree(staging: Staging) -> Iterator[str]:
    """Courses run side by side; of other kinds a day has one term, and a year has one of a number."""
    other = f"""{staging.catalog}.terms a JOIN {staging.catalog}.terms b ON a.school_id = b.school_id
        AND a.school_year = b.school_year AND a.kind = b.kind AND a.term_id < b.term_id AND a.kind <> 'course'"""
    pair = "'«' || left(a.term_id, 40) || '» и «' || left(b.term_id, 40) || '»'"
    for condition, words in (
        ("a.starts_on <= b.ends_on AND b.starts_on <= a.ends_on", "периоды одного вида пересекаются"),
        ("a.number = b.number", "один номер у разных периодов"),
    ):
        if rows := staging.rows(f"SELECT {pair} FROM {other} WHERE {condition} ORDER BY 1"):
            yield f"terms: {words}: {_listed(rows)}."
    rows = staging.rows(
        f"""SELECT '«' || left(term_id, 40) || '» — ' || school_year FROM {staging.catalog}.terms
            WHERE starts_on < make_date(school_year, 1, 1) OR ends_on >= make_date(school_year + 1, 9, 1) ORDER BY file, line"""
    )
    if rows:
        yield f"terms: дни периода не в его учебном году: {_listed(rows)}."


def _facts_of_the_absent(staging: Staging) -> Iterator[str]:
    for table in ("marks", "absences"):
        day = _DAY_OF[table]
        rows = staging.rows(
            f"""SELECT count(*), arg_min(f.file, (f.file, f.line)), arg_min(f.line, (f.file, f.line))
                FROM {staging.catalog}.{table} f WHERE NOT EXISTS (SELECT 1 FROM {staging.catalog}.enrolments e
                    WHERE e.school_id = f.school_id AND e.class_id = f.class_id AND e.pupil_id = f.pupil_id
                        AND coalesce(e.starts_on <= f.{day}, true) AND coalesce(f.{day} < e.ends_on, true))"""
        )
        for count, file, line in rows:
            if count:
                yield (
                    f"{table}: строк о днях, когда ученик в классе не числился: {count} (первая — {file}, строка {line}). "
                    "Они загружаются; их перечисляет «Проверка данных»."
                )


def _crowded_cells(staging: Staging) -> Iterator[str]:
    """Marks have no key: a file that was put together of two copies doubles them."""
    cell = "school_id, class_id, subject_id, teacher_id, term_id, pupil_id, given_on"
    lesson = "school_id, class_id, subject_id, held_on"
    rows = staging.rows(
        f"""SELECT count(*), arg_min(file, (file, line)), arg_min(line, (file, line)) FROM (
                SELECT {cell}, count(*) AS marks, min(file) AS file, min(line) AS line
                FROM {staging.catalog}.marks GROUP BY ALL HAVING count(*) > {MARKS_IN_A_CELL}) c
            LEFT JOIN (SELECT {lesson}, count(*) AS lessons FROM {staging.catalog}.lessons GROUP BY ALL) l
                ON l.school_id = c.school_id AND l.class_id = c.class_id AND l.subject_id = c.subject_id
                    AND l.held_on = c.given_on
            WHERE marks > {MARKS_IN_A_CELL} * coalesce(lessons, 1)"""
    )
    for count, file, line in rows:
        if count:
            yield (
                f"marks: больше {MARKS_IN_A_CELL} отметок ученика за урок: {count} раз (первый — {file}, строка {line}). "
                "Загружаются все; проверьте, нет ли в файле повторов."
            )
    yield from _equal_rows(staging)


def _equal_rows(staging: Staging) -> Iterator[str]:
    own = ", ".join(TABLES["marks"].names)
    rows = staging.rows(
        f"""SELECT count(*), sum(marks), (SELECT count(*) FROM {staging.catalog}.marks)
            FROM (SELECT count(*) AS marks FROM {staging.catalog}.marks GROUP BY {own} HAVING count(*) > 1)"""
    )
    for groups, repeated, everything in rows:
        # Two equal marks at a lesson are usual; most of a file's are not.
        if groups and repeated * 2 > everything:
            yield (
                f"marks: одинаковых строк {repeated} из {everything}. Загружаются как отдельные отметки (5/5). Если файл "
                "вошёл в набор дважды, уберите повтор."
            )


def _hours_beyond_a_week(staging: Staging) -> Iterator[str]:
    rows = staging.rows(
        f"""SELECT count(*), max(hours_a_week), arg_min(file, (file, line)), arg_min(line, (file, line))
            FROM {staging.catalog}.teaching_load WHERE hours_a_week > {MOST_HOURS_A_WEEK}"""
    )
    for count, most, file, line in rows:
        if count:
            yield (
                f"teaching_load: больше {MOST_HOURS_A_WEEK} часов в неделю: строк {count}, до {number_text(most)} (первая — {file}, "
                f"строка {line}). Загружаются как есть; проверьте, не часы ли это за год."
            )


def _times_to_come(staging: Staging, now: datetime) -> Iterator[str]:
    """Nothing is given, missed or written down before its time; a lesson to come is a timetable's."""
    times = [(table, _DAY_OF[table], "$1::DATE") for table in ("marks", "absences")]
    times += [(table, "recorded_at", "$1") for table in ("lessons", "marks")]
    for table, column, today in times:
        rows = staging.rows(
            f"""SELECT count(*), arg_min(file, (file, line)), arg_min(line, (file, line))
                FROM {staging.catalog}.{table} WHERE {column} > {today}""",
            [now],
        )
        for count, file, line in rows:
            if count:
                yield (
                    f"{table}: {column} позже сегодняшнего дня, {now:%d.%m.%Y %H:%M}: строк {count} (первая — {file}, "
                    f"строка {line}). Загружаются как есть; проверьте часы программы, которая их записала."
                )


def _listed(rows: list[tuple[Any, ...]]) -> str:
    return ", ".join(row[0] for row in rows[:NAMED]) + (
        f" и ещё {len(rows) - NAMED}" if len(rows) > NAMED else ""
    )


_DOUBTS: tuple[Callable[[Staging], Iterator[str]], ...] = (
    _ids_nearly_alike,
    _names_twice,
    _grades_unlike_names,
    _terms_that_disagree,
    _facts_of_the_absent,
    _crowded_cells,
    _hours_beyond_a_week,
)
