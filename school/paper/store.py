"""Made documents, their files, and the queue of those asked for."""

from collections.abc import Collection
from datetime import datetime

from school.paper.records import Correction, OrderState, Paper, PaperClass, PaperForm, PaperOrder, QueuedOrder
from school.records import YEAR
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_value
from school.store.writing import insert

# Changes of these kinds are no change of the register: they say that it was printed.
PRINTED, ASKED = "paper", "paper_orders"

_PAPER = f"""SELECT p.paper_id, p.kind, p.class_id, p.made_at, p.made_by, {surname_and_initials("s")} AS made_by_name,
        p.made_from, p.pages
    FROM papers p LEFT JOIN users u ON u.user_id = p.made_by LEFT JOIN staff s USING (staff_id)"""
_ORDER = "SELECT order_id, kind, class_id, asked_at, asked_by, state, attempts, problem FROM paper_orders"


def classes_of_year(reader: Reader, school_year: int) -> list[PaperClass]:
    """Return the classes of a school year with the newest change of each, by grade level and name."""
    query = f"""WITH changes AS (
            SELECT coalesce(e.class_id, l.class_id, n.class_id) AS class_id, max(e.event_id) AS newest_event
            FROM events e LEFT JOIN lessons l USING (lesson_id)
                LEFT JOIN (SELECT pupil_id, class_id FROM enrolments JOIN classes USING (class_id)
                    WHERE school_year = $year) n
                    ON n.pupil_id = e.pupil_id AND e.class_id IS NULL AND l.class_id IS NULL
            WHERE e.kind NOT IN ('{PRINTED}', '{ASKED}') GROUP BY 1)
        SELECT c.class_id, c.name, c.grade_level, c.school_year, coalesce(h.newest_event, 0) AS newest_event
        FROM classes c LEFT JOIN changes h USING (class_id) WHERE c.school_year = $year
        ORDER BY c.grade_level NULLS LAST, c.name COLLATE ru"""
    return read_as(reader, PaperClass, query, {"year": school_year})


def years_with_classes(reader: Reader) -> list[int]:
    """Return the school years that have classes, newest first."""
    return read_column(reader, "SELECT DISTINCT school_year FROM classes ORDER BY 1 DESC")


def known_classes(reader: Reader, class_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those of the classes that there are."""
    query = "SELECT class_id, name FROM classes WHERE class_id IN (SELECT unnest($ids::BIGINT[]))"
    return dict(reader.read(query, {"ids": sorted(class_ids)}))


def papers_of_year(reader: Reader, school_year: int) -> list[Paper]:
    """Return the documents made of the classes of a school year."""
    query = (
        f"{_PAPER} JOIN classes c ON c.class_id = p.class_id WHERE c.school_year = $year ORDER BY p.paper_id"
    )
    made = read_as(reader, Paper, query, {"year": school_year})
    return staff_apart(reader, made, "made_by_name", "made_by", is_user=True)


def file_of(reader: Reader, order: PaperOrder, form: PaperForm) -> tuple[str, str] | None:
    """Return the stored name and the SHA-256 of a document's form, or None."""
    query = """SELECT stored_name, sha256 FROM paper_files
        WHERE kind = $kind AND class_id = $class_id AND form = $form"""
    return next(iter(reader.read(query, {**vars(order), "form": form})), None)


def stored_names(reader: Reader, order: PaperOrder) -> list[str]:
    """Return the names that the files of a document are stored under."""
    query = "SELECT stored_name FROM paper_files WHERE kind = $kind AND class_id = $class_id"
    return read_column(reader, query, vars(order))


def save_paper(writer: Writer, paper: Paper, files: dict[PaperForm, tuple[str, str]]) -> None:
    """Keep a document in place of the earlier one; ``files``: stored name and SHA-256 by form."""
    insert(
        writer,
        "papers",
        "OR REPLACE",
        paper_id=paper.paper_id,
        **vars(paper.order),
        made_at=paper.made_at,
        made_by=paper.made_by,
        made_from=paper.made_from,
        pages=paper.pages,
    )
    for form, (stored_name, sha256) in files.items():
        insert(
            writer,
            "paper_files",
            "OR REPLACE",
            **vars(paper.order),
            form=form,
            stored_name=stored_name,
            sha256=sha256,
        )


def corrections_after_closing(reader: Reader, class_id: int) -> list[Correction]:
    """Return what was changed in marks and absences of a class after their term had been closed, oldest first.

    Of a lesson, or of a mark for a term or (``term_id`` YEAR) for the year, which closes with the last term.
    """
    query = f"""WITH closing AS (SELECT term_id, closed_at FROM class_terms JOIN terms USING (term_id)
            WHERE class_terms.class_id = $class),
        changes AS (
            SELECT e.*, l.term_id, l.subject_id AS of_subject FROM events e JOIN lessons l USING (lesson_id)
            WHERE e.kind = 'cell' AND l.class_id = $class
            UNION ALL BY NAME
            SELECT *, record_id AS term_id, subject_id AS of_subject FROM events
            WHERE kind = 'term_mark' AND class_id = $class
            UNION ALL BY NAME
            SELECT *, {YEAR} AS term_id, subject_id AS of_subject FROM events
            WHERE kind = 'year_mark' AND class_id = $class)
        SELECT g.pupil_id, g.of_subject AS subject_id, g.lesson_id, g.term_id, g.happened_at,
            coalesce(g.old_value, '') AS old_text, coalesce(g.new_value, '') AS new_text, g.reason
        FROM changes g JOIN (SELECT * FROM closing UNION ALL
            SELECT {YEAR}, max(closed_at) FROM closing HAVING bool_and(closed_at IS NOT NULL)) c USING (term_id)
        WHERE g.happened_at > c.closed_at AND coalesce(g.old_value, '') <> coalesce(g.new_value, '')
        ORDER BY g.event_id"""
    return read_as(reader, Correction, query, {"class": class_id})


def newest_event(reader: Reader) -> int:
    """Return the number of the newest event of all, 0 where there is none."""
    return read_value(reader, "SELECT max(event_id) FROM events") or 0


def orders_in_queue(reader: Reader) -> list[QueuedOrder]:
    """Return the orders of the queue, finished ones of its last run included, first asked first."""
    return read_as(reader, QueuedOrder, f"{_ORDER} ORDER BY order_id")


def add_order(writer: Writer, order_id: int, order: PaperOrder, user_id: int, now: datetime) -> None:
    """Put an order at the end of the queue."""
    insert(
        writer,
        "paper_orders",
        order_id=order_id,
        **vars(order),
        asked_at=now,
        asked_by=user_id,
        state=OrderState.WAITING,
    )


def drop_orders(writer: Writer, order_ids: Collection[int]) -> None:
    """Take orders out of the queue."""
    sql = "DELETE FROM paper_orders WHERE list_contains($ids::BIGINT[], order_id)"
    writer.change(sql, {"ids": list(order_ids)})


def note_order(writer: Writer, order_id: int, state: OrderState, *, attempts: int, problem: str = "") -> None:
    """Note how far an order is: the job's own books."""
    writer.keep(
        "UPDATE paper_orders SET state = $state, attempts = $attempts, problem = $problem WHERE order_id = $id",
        {"id": order_id, "state": state, "attempts": attempts, "problem": problem},
    )
