"""A diary as HTML for narrow screens: marks are chips that open on a tap."""

from collections.abc import Sequence
from html import escape

from pages.ui.charts import MARK_COLOURS
from pages.ui.links import file_address
from pages.ui.typed_text import plain_number
from school.calendar import MONTHS, term_title
from school.families.lookups.diary import Diary, DiaryDay, DiaryMark, DiarySubject
from school.homework.lookups import DueHomework, HomeworkFile
from school.records import AbsenceReason, HomeworkState
from school.register.rules.marks import mean_text

DARK_TEXT_MARKS = frozenset({3, 4})
STYLE = (
    """<style>
.diary { font-size: 1rem; line-height: 1.4; }
.diary .row { border-bottom: 1px solid #e3e7ec; padding: .5rem 0; }
.diary .head { display: flex; justify-content: space-between; gap: .75rem; margin-bottom: .3rem; }
.diary .mean { color: #55606d; white-space: nowrap; }
.diary .chips { display: flex; flex-wrap: wrap; gap: .35rem; }
.diary details { display: contents; }
.diary summary { list-style: none; cursor: pointer; min-width: 2.25rem; height: 2.25rem; border-radius: .5rem;
    display: inline-flex; align-items: center; justify-content: center; font-weight: 600; padding: 0 .3rem; }
.diary summary::-webkit-details-marker { display: none; }
.diary summary sup { font-size: .65rem; font-weight: 400; margin-left: .15rem; }
.diary details[open] summary { outline: 2px solid #1f2933; }
.diary details > div { order: 1; flex-basis: 100%; background: #f4f6f8; border-radius: .5rem; padding: .4rem .6rem; }
.diary table { border-collapse: collapse; width: 100%; }
.diary td, .diary th { padding: .35rem .3rem; border-bottom: 1px solid #e3e7ec; text-align: center; font-weight: 400; }
.diary th { color: #55606d; font-size: .85rem; }
.diary td:first-child, .diary th:first-child { text-align: left; }
.diary .quiet { color: #55606d; }
.diary .own { background: #eef3f8; border-radius: .5rem; padding: .4rem .6rem; margin-top: .35rem; }
.diary a.file { display: block; padding: .45rem 0; overflow-wrap: anywhere; color: #2f5d8a; }
.diary a.file::before { content: "↓ "; }
"""
    + "\n".join(
        f".diary .m{mark} {{ background: {colour}; color: {'#1f2933' if mark in DARK_TEXT_MARKS else 'white'}; }}"
        for mark, colour in MARK_COLOURS.items()
    )
    + "\n</style>"
)
SHORT_TERMS = {"quarter": "четв.", "half": "полуг."}
HOMEWORK_WORDS = {HomeworkState.UNSET: "задание не записано", HomeworkState.NONE: "не задано"}
REASON_WORDS = {
    AbsenceReason.ILLNESS: "по болезни",
    AbsenceReason.VALID: "по уважительной причине",
    AbsenceReason.UNKNOWN: "причина не выяснена",
}


def diary_html(body: str) -> str:
    """Return a part of the diary with its look."""
    return f"{STYLE}<div class='diary'>{body}</div>"


def marks_html(subjects: Sequence[DiarySubject]) -> str:
    """Return the marks by subject: a chip a mark, the weighted mean at the right."""
    return "".join(
        f"<div class='row'><div class='head'><b>{escape(subject.name)}</b>"
        f"<span class='mean'>ср. {mean_text(subject.mean)}</span></div>"
        f"<div class='chips'>{''.join(map(_chip, subject.marks))}</div></div>"
        for subject in subjects
    )


def _chip(mark: DiaryMark) -> str:
    weight = "" if mark.weight == 1 else f"<sup>×{plain_number(mark.weight)}</sup>"
    parts = [f"{mark.given_on.day} {MONTHS[mark.given_on.month - 1]}", mark.work_type or "Работа на уроке"]
    if mark.weight != 1:
        parts.append(f"вес {plain_number(mark.weight)}")
    topic = f"<br><span class='quiet'>{escape(mark.topic)}</span>" if mark.topic else ""
    return (
        f"<details name='mark'><summary class='m{mark.value}'>{mark.value}{weight}</summary>"
        f"<div>{escape(' · '.join(parts))}{topic}</div></details>"
    )


def day_html(day: DiaryDay) -> str:
    """Return a day's lessons with the homework to be ready by then."""
    return "".join(
        f"<div class='row'>{_number_html(work.number)}<b>{escape(work.subject_name)}</b><br>"
        f"{_homework(work.homework_state, work.homework)}{''.join(map(_beside, work.due))}</div>"
        for work in day.lessons
    )


def _number_html(number: int | None) -> str:
    return "" if number is None else f"<span class='quiet'>{number}.</span> "


def later_html(due: Sequence[DueHomework]) -> str:
    """Return homework that is due after the days shown, by day."""
    return "".join(
        f"<div class='row'><div class='head'><b>{escape(each.lesson.subject_name)}</b>"
        f"<span class='mean'>к {each.lesson.due_on.day} {MONTHS[each.lesson.due_on.month - 1]}</span></div>"
        f"{escape(each.lesson.text).replace(chr(10), '<br>')}{_beside(each)}</div>"
        for each in due
    )


def _beside(due: DueHomework) -> str:
    """The files for everybody and the pupil's own tasks with theirs."""
    tasks = (
        f"<div class='own'><b>Лично:</b> {escape(task.text).replace(chr(10), '<br>')}{_files(task.files)}</div>"
        for task in due.tasks
    )
    return _files(due.files) + "".join(tasks)


def _files(files: Sequence[HomeworkFile]) -> str:
    return "".join(
        f"<a class='file' href='{file_address(file.file_id)}' target='_blank'>{escape(file.title)}</a>"
        for file in files
    )


def _homework(state: str, text: str) -> str:
    words = HOMEWORK_WORDS.get(HomeworkState(state))
    return f"<span class='quiet'>{words}</span>" if words else escape(text).replace("\n", "<br>")


def absences_text(missed: dict[AbsenceReason, int]) -> str:
    """Return the lessons missed by reason in a sentence; coming late is not missing."""
    reasons = [f"{words} — {missed[reason]}" for reason, words in REASON_WORDS.items() if reason in missed]
    total = sum(missed.get(reason, 0) for reason in REASON_WORDS)
    late = missed.get(AbsenceReason.LATE, 0)
    in_detail = f" ({', '.join(reasons)})" if reasons else ""
    sentences = [f"Пропущено уроков: **{total}**{in_detail}."]
    if late:
        sentences.append(f"Опозданий: **{late}**.")
    return " ".join(sentences)


def final_marks_html(diary: Diary) -> str:
    """Return the marks for the terms that are over: subjects × terms, and the year."""
    has_year = any(row.year_mark is not None for row in diary.final_marks)
    heads = [
        f"{term.number} {SHORT_TERMS[term.kind]}"
        if term.kind in SHORT_TERMS
        else term_title(term.kind, term.number)
        for term in diary.closed_terms
    ] + ["Год"] * has_year
    lines = [f"<tr><th>Предмет</th>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"]
    for row in diary.final_marks:
        values = [row.by_term.get(term.term_id) for term in diary.closed_terms]
        values += [row.year_mark] * has_year
        cells = "".join(f"<td>{'—' if value is None else value}</td>" for value in values)
        lines.append(f"<tr><td>{escape(row.subject_name)}</td>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"
