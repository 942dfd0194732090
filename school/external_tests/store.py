"""Results of national tests, and the marks of the same pupils to compare them with."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from school.external_tests.records import (
    EnrolledName,
    ExternalMark,
    ExternalResult,
    ExternalTestKey,
    ExternalTestKind,
    LoadedTest,
)
from school.records import PersonName
from school.store.connection import Cursor, Relation
from school.store.reading import Reader, Writer
from school.store.selection import is_there

# A mark given longer before a test says little of it.
DAYS_BEFORE = 400
# Of each result the newest term mark in the subject whose term had ended by the day of the test.
_COMPARED = f"""SELECT t.test_id, t.kind, t.subject_id, t.held_on, r.pupil_id, r.mark AS test_mark, r.score,
        m.class_id, m.teacher_id, m.value AS mark, c.grade_level
    FROM external_test_results r JOIN external_tests t USING (test_id)
        JOIN term_marks m ON m.pupil_id = r.pupil_id AND m.subject_id = t.subject_id
        JOIN terms p ON p.term_id = m.term_id JOIN classes c ON c.class_id = m.class_id
    WHERE p.ends_on <= t.held_on AND p.ends_on > t.held_on - {DAYS_BEFORE}
    QUALIFY row_number() OVER (PARTITION BY r.test_id, r.pupil_id ORDER BY p.ends_on DESC, m.class_id) = 1"""


def compared_results(cursor: Cursor, first_day: date, last_day: date) -> Relation:
    """Return the results of tests held between two days (both inclusive), each with the mark before the test.

    Columns: test_id, kind, subject_id, held_on, pupil_id, test_mark (empty: a score only), score, class_id, teacher_id,
    grade_level, mark. Results of pupils without such a mark are left out.
    """
    sql = f"""SELECT * FROM ({_COMPARED})
              WHERE held_on BETWEEN DATE '{first_day:%Y-%m-%d}' AND DATE '{last_day:%Y-%m-%d}'"""
    return cursor.sql(sql)


def loaded_tests(reader: Reader) -> list[LoadedTest]:
    """Return the tests with results, the newest first."""
    rows = reader.read(
        f"""WITH results AS (SELECT test_id, count(*) AS results FROM external_test_results GROUP BY test_id),
                compared AS (SELECT test_id, count(*) AS compared FROM ({_COMPARED}) GROUP BY test_id)
            SELECT t.test_id, t.kind, t.subject_id, t.held_on, s.name, coalesce(results, 0), coalesce(compared, 0)
            FROM external_tests t JOIN subjects s USING (subject_id) LEFT JOIN results r USING (test_id)
                LEFT JOIN compared k ON k.test_id = t.test_id
            ORDER BY t.held_on DESC, s.name COLLATE ru, t.kind"""
    )
    return [
        LoadedTest(
            test_id, ExternalTestKey(ExternalTestKind(kind), subject_id, held_on), name, count, compared
        )
        for test_id, kind, subject_id, held_on, name, count, compared in rows
    ]


def newest_results_of_class(
    reader: Reader, class_id: int, today: date, fewest: int
) -> dict[tuple[int, int], ExternalMark]:
    """Return by subject and pupil of a class the newest mark of a national test of the last ``DAYS_BEFORE`` days.

    Only of tests that so many pupils of the class wrote at the least.
    """
    query = f"""SELECT t.subject_id, r.pupil_id, t.kind, t.held_on, r.mark, count(*) OVER (PARTITION BY r.test_id) AS written
        FROM external_test_results r JOIN external_tests t USING (test_id)
            JOIN enrolments e ON e.pupil_id = r.pupil_id AND e.class_id = $class_id AND {is_there("e", "$today")}
        WHERE r.mark IS NOT NULL AND t.held_on <= $today AND t.held_on > $since
        QUALIFY written >= $fewest
            AND row_number() OVER (PARTITION BY t.subject_id, r.pupil_id ORDER BY t.held_on DESC, t.test_id) = 1"""
    since = today - timedelta(DAYS_BEFORE)
    rows = reader.read(query, {"class_id": class_id, "today": today, "since": since, "fewest": fewest})
    return {
        (subject_id, pupil_id): ExternalMark(ExternalTestKind(kind), held_on, mark, written)
        for subject_id, pupil_id, kind, held_on, mark, written in rows
    }


def known_results(reader: Reader) -> list[ExternalResult]:
    """Return all results, in one order."""
    rows = reader.read(
        """SELECT t.kind, t.subject_id, t.held_on, r.pupil_id, r.mark, r.score
           FROM external_test_results r JOIN external_tests t USING (test_id)
           ORDER BY t.held_on, t.test_id, r.pupil_id"""
    )
    return [
        ExternalResult(ExternalTestKey(ExternalTestKind(kind), subject_id, held_on), pupil_id, mark, score)
        for kind, subject_id, held_on, pupil_id, mark, score in rows
    ]


def enrolled_names(reader: Reader) -> list[EnrolledName]:
    """Return everybody who ever was in a class, with the spans."""
    rows = reader.read(
        """SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name, c.name, c.school_year, e.starts_on, e.ends_on,
               p.born_on
           FROM enrolments e JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id)
           ORDER BY e.enrolment_id"""
    )
    return [
        EnrolledName(
            pupil_id, PersonName(last, first, middle), class_name, year, (starts_on, ends_on), born_on
        )
        for pupil_id, last, first, middle, class_name, year, starts_on, ends_on, born_on in rows
    ]


def ids_of_tests(reader: Reader) -> dict[ExternalTestKey, int]:
    """Return the ids of the tests."""
    rows = reader.read("SELECT kind, subject_id, held_on, test_id FROM external_tests")
    return {
        ExternalTestKey(ExternalTestKind(kind), subject_id, held_on): test_id
        for kind, subject_id, held_on, test_id in rows
    }


def save_tests(writer: Writer, tests: dict[ExternalTestKey, int]) -> None:
    """Add tests under new ids."""
    writer.change(
        """INSERT INTO external_tests (test_id, kind, subject_id, held_on)
           SELECT unnest($ids), unnest($kinds), unnest($subjects), unnest($days)""",
        {
            "ids": list(tests.values()),
            "kinds": [str(key.kind) for key in tests],
            "subjects": [key.subject_id for key in tests],
            "days": [key.held_on for key in tests],
        },
    )


def save_results(
    writer: Writer, results: Sequence[tuple[int, ExternalResult]], *, at: datetime, user_id: int | None
) -> None:
    """Add results (each with its test's id) or put them in the place of earlier ones."""
    writer.change(
        """INSERT OR REPLACE INTO external_test_results (test_id, pupil_id, mark, score, recorded_at, recorded_by)
           SELECT unnest($tests), unnest($pupils), unnest($marks)::TINYINT, unnest($scores)::DOUBLE, $at, $user""",
        {
            "tests": [test_id for test_id, _ in results],
            "pupils": [result.pupil_id for _, result in results],
            "marks": [result.mark for _, result in results],
            "scores": [result.score for _, result in results],
            "at": at,
            "user": user_id,
        },
    )


def delete_test(writer: Writer, test_id: int) -> None:
    """Delete a test with its results."""
    writer.change("DELETE FROM external_test_results WHERE test_id = $test", {"test": test_id})
    writer.change("DELETE FROM external_tests WHERE test_id = $test", {"test": test_id})
