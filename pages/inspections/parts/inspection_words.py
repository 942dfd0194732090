"""Findings of an inspection with the names that people read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pages.ui.typed_text import Markdown
from school.analytics.lookups.readers import FigureReader, choices_of
from school.inspections.lookups import Inspection, InspectionFinding
from school.inspections.rules import ASPECT_TITLES, CHECKS, words_of
from school.records import RegisterFinding

WHOLE_SCHOOL = "вся школа"


@dataclass(frozen=True)
class Names:
    """Names of the classes, subjects and teachers of an inspection's terms."""

    classes: Mapping[int, str] = field(default_factory=dict)
    subjects: Mapping[int, str] = field(default_factory=dict)
    teachers: Mapping[int, str] = field(default_factory=dict)

    def of_class(self, key: int | None) -> str:
        """The name of a class; empty where there is none."""
        return self.classes.get(key, "") if key is not None else ""

    def of_subject(self, key: int | None) -> str:
        """The name of a subject; empty where there is none."""
        return self.subjects.get(key, "") if key is not None else ""

    def of_teacher(self, key: int | None) -> str:
        """The name of a teacher; empty where there is none."""
        return self.teachers.get(key, "") if key is not None else ""


def names_of(reader: FigureReader, term_ids: tuple[int, ...]) -> Names:
    """Return the names within these terms."""
    found = choices_of(reader, term_ids)
    return Names({row.class_id: row.name for row in found.classes}, found.subjects, found.teachers)


def aspect_title(found: RegisterFinding) -> str:
    """Return the aspect of a finding in words."""
    return ASPECT_TITLES[CHECKS[found.check].aspect]


def place_words(found: RegisterFinding, names: Names) -> str:
    """Return «7А, Алгебра»."""
    parts = [names.of_class(found.class_id), names.of_subject(found.subject_id)]
    return ", ".join(part for part in parts if part) or WHOLE_SCHOOL


def finding_sentence(row: InspectionFinding, names: Names) -> str:
    """Return a finding as the report words it: where, what, the inspector's note, the deadline."""
    note = f" {row.note.rstrip('.')}." if row.note else ""
    until = f" Срок: {row.mend_until:%d.%m.%Y}." if row.mend_until else ""
    return f"{place_words(row.found, names)}: {words_of(row.found).rstrip('.')}.{note}{until}"


def span_words(inspection: Inspection) -> Markdown:
    """Return «02.11.2026–29.12.2026»."""
    return Markdown(f"{inspection.starts_on:%d.%m.%Y}–{inspection.ends_on:%d.%m.%Y}")
