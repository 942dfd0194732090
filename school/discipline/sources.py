"""What the register knows about an employee that a measure may point to: findings of inspections, gap requests (п. 4.3, 6.4)."""

from dataclasses import dataclass
from datetime import date

from school.control.store import requests_to_teacher
from school.discipline.records import Source
from school.inspections.rules import words_of
from school.inspections.store import findings_of, inspections_naming
from school.store.reading import Reader


@dataclass(frozen=True)
class FoundWords:
    """A finding or a request in words, with the day it was made known."""

    source: Source
    source_id: int
    words: str
    found_on: date


def words_about(reader: Reader, staff_id: int) -> list[FoundWords]:
    """Return the findings made known about an employee and the open requests to them, the newest first."""
    found = []
    for inspection in inspections_naming(reader, staff_id):
        assert inspection.published_at is not None
        for each in findings_of(reader, inspection.inspection_id):
            if each.is_kept and each.found.teacher_id == staff_id:
                words = f"{inspection.title}: {words_of(each.found)}. {each.note}".strip()
                found.append(
                    FoundWords(Source.FINDING, each.finding_id, words, inspection.published_at.date())
                )
    for request in requests_to_teacher(reader, staff_id):
        words = f"{request.class_name}, {request.subject_name}: журнал не заполнен, срок {request.due_on:%d.%m.%Y}. {request.comment}"
        found.append(FoundWords(Source.REQUEST, request.request_id, words.strip(), request.sent_at.date()))
    return sorted(found, key=lambda each: each.found_on, reverse=True)
