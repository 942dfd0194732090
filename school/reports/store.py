"""Made reports and what the schedule needs to know of ended periods."""

from collections.abc import Collection
from datetime import datetime

from school.reports.records import EndedSpan, MadeReport, Span
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_one
from school.store.writing import insert

_MADE = f"""SELECT r.report_id, r.kind, r.school_year, r.term_kind, r.term_number, r.about_id, r.about_name, r.made_at,
        r.made_by, {surname_and_initials("s")} AS made_by_name, r.made_of, r.stored_name, r.sha256
    FROM made_reports r LEFT JOIN users u ON u.user_id = r.made_by LEFT JOIN staff s USING (staff_id)"""


def made_reports(reader: Reader) -> list[MadeReport]:
    """Return all made reports, newest first; of one day what people asked for, then the schedule's about the school."""
    order = "r.made_at::DATE DESC, r.made_by IS NULL, r.made_by IS NULL AND r.about_id IS NOT NULL"
    made = read_as(reader, MadeReport, f"{_MADE} ORDER BY {order}, r.made_at DESC, r.report_id DESC")
    return staff_apart(reader, made, "made_by_name", "made_by", is_user=True)


def made_report(reader: Reader, report_id: int) -> MadeReport | None:
    """Return a made report, or None."""
    return read_one(reader, MadeReport, f"{_MADE} WHERE r.report_id = $id", {"id": report_id})


def keys_made(reader: Reader, keys: Collection[str]) -> set[str]:
    """Return those of the schedule's keys that a report was made for."""
    query = "SELECT schedule_key FROM made_reports WHERE schedule_key IN (SELECT unnest($keys::VARCHAR[]))"
    return set(read_column(reader, query, {"keys": sorted(keys)}))


def save_report(
    writer: Writer, made: MadeReport, *, made_by: int | None, schedule_key: str | None = None
) -> None:
    """Add a made report."""
    insert(
        writer,
        "made_reports",
        report_id=made.report_id,
        kind=made.order.kind,
        **vars(made.order.span),
        about_id=made.order.about_id,
        about_name=made.about_name,
        made_at=made.made_at,
        made_by=made_by,
        made_of=made.made_of,
        stored_name=made.stored_name,
        sha256=made.sha256,
        schedule_key=schedule_key,
    )


def ended_spans(reader: Reader, now: datetime) -> list[EndedSpan]:
    """Return the periods that classes report by, and the school years of several, that were over before a day began."""
    query = """WITH reported AS (SELECT DISTINCT t.* FROM terms t JOIN class_terms USING (term_id)),
            spans AS (SELECT school_year, kind, number, max(ends_on) AS ended_on,
                          bool_and(closed_at IS NOT NULL) AS is_closed FROM reported GROUP BY ALL)
        SELECT * FROM spans WHERE ended_on < $today
        UNION SELECT school_year, 'year', 1, max(ended_on), bool_and(is_closed) FROM spans
            GROUP BY school_year HAVING max(ended_on) < $today AND count(*) > 1 AND bool_and(kind <> 'year')
        ORDER BY 4, 1, 2, 3"""
    rows = reader.read(query, {"today": now.date()})
    return [
        EndedSpan(Span(year, kind, number), ended_on, closed) for year, kind, number, ended_on, closed in rows
    ]


def classes_of_span(reader: Reader, span: Span) -> dict[int, int | None]:
    """Return the classes that report by a period (of a year: all of its classes) with their grade levels."""
    query = """SELECT DISTINCT c.class_id, c.grade_level FROM class_terms k JOIN terms t USING (term_id)
        JOIN classes c ON c.class_id = k.class_id
        WHERE t.school_year = $year AND ($kind = 'year' OR (t.kind = $kind AND t.number = $number))"""
    return dict(
        reader.read(query, {"year": span.school_year, "kind": span.term_kind, "number": span.term_number})
    )


def teachers_of_classes(reader: Reader, class_ids: Collection[int]) -> set[int]:
    """Return who teaches these classes by the load."""
    query = """SELECT DISTINCT teacher_id FROM teaching_load
        WHERE teacher_id IS NOT NULL AND class_id IN (SELECT unnest($ids::BIGINT[]))"""
    return set(read_column(reader, query, {"ids": sorted(class_ids)}))
