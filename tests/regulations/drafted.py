"""A document of the school for the tests, and its way to the head."""

from dataclasses import replace
from typing import Any

from small_school import NOW, People

from school.audiences.rules import Target
from school.regulations.actions import approve_document, save_draft, submit_draft
from school.regulations.records import RegulationDraft, RegulationKind
from school.store.connection import Store

DRAFT = RegulationDraft(
    RegulationKind.STATUTE,
    "О ведении журнала",
    Target.SCHOOL,
    body="1. Общие положения\nЧто | Срок\nотметки | 16:00\n2. Контроль",
)


def approved(
    store: Store,
    people: People,
    draft: RegulationDraft = DRAFT,
    number: str = "1",
    newer_than: int | None = None,
    **changed: Any,
) -> int:
    """Return the id of a document that the deputy has written and the head has approved."""
    document = save_draft(store, people.deputy, replace(draft, **changed), newer_than=newer_than, now=NOW)
    submit_draft(store, people.deputy, document, now=NOW)
    approve_document(store, people.head, document, number, NOW.date(), now=NOW)
    return document
