"""Letters to families without a computer: each child's marks, absences, remarks and homework on pages of their own (п. 2.8, 4.3)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pipelines.reports.typesetting import typeset
from school.calendar import MONTHS, term_title
from school.families.lookups.letter import FamilyLetter
from school.families.lookups.marks import DiarySubject
from school.families.rules import FEWEST_FOR_MEAN, REMARK_TITLES
from school.homework.lookups import PupilHomework
from school.numbers import DASH
from school.records import AbsenceReason, RemarkKind, Term
from school.register.rules.marks import mean_text


def letters_pdf(school_name: str, letters: Sequence[FamilyLetter], *, made_at: datetime) -> bytes:
    """Return letters as one PDF of A4, those of a child on pages of their own."""
    made = f"{made_at.day} {MONTHS[made_at.month - 1]} {made_at.year} года"
    return typeset(
        "family_letter",
        {"school_name": school_name, "made": made, "letters": [_letter(each) for each in letters]},
    )


def _letter(letter: FamilyLetter) -> dict[str, Any]:
    pupil, term = letter.marks.pupil, letter.marks.term
    return {
        "pupil": pupil.name,
        "class": pupil.class_name,
        "term": f"{_title(term)}, по {term.ends_on:%d.%m.%Y}" if term else "",
        "waits_until": f"{pupil.hold.until:%H:%M}" if pupil.hold else "",
        "subjects": [_subject(each) for each in letter.marks.subjects],
        **_final(letter),
        "absences": _absences(letter),
        "remarks": [
            {
                "day": _day(each.remark.written_at),
                "kind": REMARK_TITLES[RemarkKind(each.remark.kind)],
                "text": each.remark.text,
                "author": ", ".join(part for part in (each.remark.author, each.remark.subject_name) if part),
            }
            for each in letter.remarks
        ],
        "ahead": _ahead(letter),
    }


def _title(term: Term) -> str:
    return term_title(term.kind, term.number)


def _day(day: date) -> str:
    return f"{day:%d.%m}"


def _subject(subject: DiarySubject) -> list[str]:
    """Return the subject, its marks with their weights where these are not 1, the mean and N (п. 5.2)."""
    marks = [mark for day in subject.days for mark in day.marks]
    texts = [str(each.value) + (f"×{_weight(each.weight)}" if each.weight != 1 else "") for each in marks]
    is_short = subject.minimum is not None and subject.count < subject.minimum
    count = f"{subject.count} из {subject.minimum}" if is_short else str(subject.count)
    mean = mean_text(subject.mean) if subject.count >= FEWEST_FOR_MEAN else "мало отметок" if marks else DASH
    return [subject.name, "  ".join(texts) or DASH, mean, count]


def _weight(weight: float) -> str:
    return f"{weight:g}".replace(".", ",")


def _final(letter: FamilyLetter) -> dict[str, Any]:
    terms = letter.marks.closed_terms
    has_year = any(row.year_mark is not None for row in letter.marks.final_marks)
    rows = [
        [
            row.subject_name,
            *(str(row.by_term.get(term.term_id, DASH)) for term in terms),
            *([str(row.year_mark or DASH)] if has_year else []),
        ]
        for row in letter.marks.final_marks
    ]
    return {"final_columns": [*map(_title, terms), *(["Год"] if has_year else [])], "final": rows}


def _absences(letter: FamilyLetter) -> list[list[str]]:
    found = letter.absences
    late = found.by_reason.get(AbsenceReason.LATE, 0)
    lessons = sum(found.by_reason.values()) - late
    return [
        ["Полных дней", str(found.whole_days), str(found.whole_days_ill)],
        ["Уроков", str(lessons), str(found.by_reason.get(AbsenceReason.ILLNESS, 0))],
        ["Опозданий", str(late), ""],
    ]


def _ahead(letter: FamilyLetter) -> list[list[str]]:
    """Return what is to be done, homework and the child's own tasks alike, by day."""
    rows = [(each.due_on, _work(each)) for each in letter.ahead]
    rows += [
        (each.due_on, [_day(each.due_on) if each.due_on else "", each.subject_name, f"лично: {each.text}"])
        for each in letter.tasks
    ]
    return [row for _, row in sorted(rows, key=lambda row: row[0] or date.max)]


def _work(work: PupilHomework) -> list[str]:
    texts = [work.lesson.homework, *(f"лично: {task.text}" for task in work.tasks)]
    if work.files and not work.lesson.homework:
        texts.append("задание в файле, спросите у учителя")
    return [
        _day(work.due_on) if work.due_on else "",
        work.subject_name,
        "; ".join(text for text in texts if text),
    ]
