"""What a sound row means in the register's own words: reasons of absence, weights, and whose lesson it was."""

from school.calendar import TERM_WORDS
from school.extracts.staging import Staging
from school.records import AbsenceReason, TermKind

ABSENCE_WORDS: dict[str, AbsenceReason] = {
    **{reason.value: reason for reason in AbsenceReason},
    "н": AbsenceReason.UNKNOWN,
    "не выяснено": AbsenceReason.UNKNOWN,
    "б": AbsenceReason.ILLNESS,
    "болезнь": AbsenceReason.ILLNESS,
    "у": AbsenceReason.VALID,
    "уважительная": AbsenceReason.VALID,
    "о": AbsenceReason.LATE,
    "опоздание": AbsenceReason.LATE,
}
# How other programs call the kinds of terms.
TERM_KIND_WORDS: dict[str, str] = {
    "четверть": TermKind.QUARTER,
    "триместр": TermKind.TRIMESTER,
    "полугодие": TermKind.HALF,
    "half_year": TermKind.HALF,
    "semester": TermKind.HALF,
    "год": TermKind.YEAR,
    "курс": TermKind.COURSE,
}
_LESSON_DAY = ("school_id", "class_id", "subject_id", "term_id")
_DAY_OF = {"lessons": "held_on", "marks": "given_on", "absences": "missed_on"}


def put_in_register_words(staging: Staging) -> list[str]:
    """Fill in what the format leaves open and return notes about words that the register does not have."""
    staging.run(f"UPDATE {staging.catalog}.marks SET weight = 1 WHERE weight IS NULL")
    notes = [*_name_terms(staging), *_name_absences(staging)]
    _join_lone_lessons(staging)
    return notes


def _name_terms(staging: Staging) -> list[str]:
    x = staging.catalog
    words = {"words": list(TERM_KIND_WORDS), "kinds": list(TERM_KIND_WORDS.values())}
    given = "(SELECT unnest($words::VARCHAR[]) AS word, unnest($kinds::VARCHAR[]) AS kind)"
    for table, column in (("terms", "kind"), ("classes", "term_kind")):
        staging.run(
            f"""UPDATE {x}.{table} SET {column} = coalesce(
                (SELECT g.kind FROM {given} g WHERE g.word = lower({table}.{column})), lower({column}))
                WHERE {column} IS NOT NULL""",
            words,
        )
    strange = staging.rows(
        f"SELECT kind, count(*) FROM {x}.terms WHERE kind NOT IN (SELECT unnest($1::VARCHAR[])) GROUP BY ALL ORDER BY ALL",
        [list(TERM_WORDS)],
    )
    return [
        f"terms: вида периода «{kind[:40]}» в журнале нет, строк с ним {count}; показывается как «1-й период»."
        for kind, count in strange
    ]


def _name_absences(staging: Staging) -> list[str]:
    x = staging.catalog
    words = {"words": list(ABSENCE_WORDS), "reasons": [reason.value for reason in ABSENCE_WORDS.values()]}
    known = "(SELECT unnest($words::VARCHAR[]) AS word, unnest($reasons::VARCHAR[]) AS reason)"
    strange = staging.rows(
        f"""SELECT reason, count(*) FROM {x}.absences
            WHERE lower(reason) NOT IN (SELECT unnest($words::VARCHAR[])) GROUP BY ALL ORDER BY ALL""",
        {"words": words["words"]},
    )
    staging.run(
        f"""UPDATE {x}.absences SET reason = coalesce(
            (SELECT k.reason FROM {known} k WHERE k.word = lower(absences.reason)), '{AbsenceReason.UNKNOWN}')""",
        words,
    )
    return [
        f"absences: причины «{reason}» в журнале нет, строк с ней {count}; записано «не выяснено»."
        for reason, count in strange
    ]


def _join_lone_lessons(staging: Staging) -> None:
    """Where a class had one lesson of a subject on a day, a row that leaves the teacher out means that lesson."""
    for table in ("marks", "absences"):
        _take_teacher_of_lesson(staging, table)
    _take_teacher_of_facts(staging)


def _take_teacher_of_lesson(staging: Staging, table: str) -> None:
    x, day = staging.catalog, _DAY_OF[table]
    staging.run(
        f"""UPDATE {x}.{table} SET teacher_id = lone.teacher_id
            FROM (SELECT {", ".join(_LESSON_DAY)}, held_on, any_value(teacher_id) AS teacher_id FROM {x}.lessons
                  GROUP BY ALL HAVING count(*) = 1) lone
            WHERE {table}.teacher_id IS NULL AND lone.teacher_id IS NOT NULL AND lone.held_on = {table}.{day}
                AND {_same_course(table, "lone")}"""
    )


def _take_teacher_of_facts(staging: Staging) -> None:
    x = staging.catalog
    facts = " UNION ALL ".join(
        f"SELECT {', '.join(_LESSON_DAY)}, {_DAY_OF[table]} AS held_on, teacher_id FROM {x}.{table}"
        for table in ("marks", "absences")
    )
    staging.run(
        f"""UPDATE {x}.lessons SET teacher_id = lone.teacher_id
            FROM (SELECT {", ".join(_LESSON_DAY)}, held_on, min(teacher_id) AS teacher_id FROM ({facts})
                  GROUP BY ALL HAVING count(DISTINCT teacher_id) = 1 AND count(teacher_id) = count(*)) lone,
                 (SELECT {", ".join(_LESSON_DAY)}, held_on FROM {x}.lessons
                  GROUP BY ALL HAVING count(*) = 1 AND count(teacher_id) = 0) single
            WHERE lone.held_on = lessons.held_on AND single.held_on = lessons.held_on
                AND {_same_course("lessons", "lone")} AND {_same_course("lessons", "single")}"""
    )


def _same_course(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} = {right}.{name}" for name in _LESSON_DAY)
