"""How the school marks: work types with their weights, and rounding to a term mark."""

from datetime import datetime

from school.records import WorkType
from school.store.reading import Reader, Writer
from school.store.settings import save_setting, setting
from school.store.writing import insert

ROUNDING_SETTING = "marking.rounding"


def school_rounding(reader: Reader) -> str | None:
    """Return the school's own rounding, or None where it was never chosen."""
    return setting(reader, ROUNDING_SETTING)


def subject_roundings(reader: Reader) -> dict[int, str]:
    """Return the roundings of the subjects that differ from the school's."""
    return dict(reader.read("SELECT subject_id, rounding FROM subject_roundings"))


def rounding_of(reader: Reader, subject_id: int) -> str | None:
    """Return the rounding of a subject: its own, else the school's, else None."""
    return subject_roundings(reader).get(subject_id) or school_rounding(reader)


def save_rounding(writer: Writer, subject_id: int | None, rounding: str | None) -> None:
    """Set the school's rounding (``subject_id`` None), or a subject's own; None lets it follow the school's."""
    if subject_id is None:
        save_setting(writer, ROUNDING_SETTING, str(rounding))
    elif rounding is None:
        writer.change("DELETE FROM subject_roundings WHERE subject_id = $subject", {"subject": subject_id})
    else:
        row = {"subject_id": subject_id, "rounding": rounding}
        insert(writer, "subject_roundings", "OR REPLACE", **row)


def save_work_type(writer: Writer, work_type: WorkType) -> None:
    """Add a work type or change the one of the same id."""
    insert(
        writer,
        "work_types",
        "OR REPLACE",
        work_type_id=work_type.work_type_id,
        name=work_type.name,
        short_name=work_type.short_name,
        weight=work_type.weight,
        is_written_control=work_type.is_written_control,
    )


def retire_work_type(writer: Writer, work_type_id: int, at: datetime | None) -> None:
    """Take a work type out of use at a moment, or bring it back with None."""
    if at is None:
        sql = "DELETE FROM retired_work_types WHERE work_type_id = $work_type"
        writer.change(sql, {"work_type": work_type_id})
    else:
        row = {"work_type_id": work_type_id, "retired_at": at}
        insert(writer, "retired_work_types", "OR IGNORE", **row)


def mark_counts_by_work_type(reader: Reader) -> dict[int, int]:
    """Return how many marks stand on each work type."""
    query = """SELECT coalesce(m.work_type_id, l.work_type_id), count(*) FROM marks m JOIN lessons l USING (lesson_id)
        WHERE coalesce(m.work_type_id, l.work_type_id) IS NOT NULL GROUP BY 1"""
    return dict(reader.read(query))
