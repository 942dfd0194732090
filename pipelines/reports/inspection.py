"""«Справка по итогам проверки ведения электронного журнала» as a document (п. 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.reports.document import Document, DocumentColumn, DocumentTable, Kind, Section, table

WHOSE = (DocumentColumn("Учитель", 32), DocumentColumn("Класс", 12), DocumentColumn("Предмет", 30))
FINDINGS = (*WHOSE, DocumentColumn("Выявлено", 70), DocumentColumn("Срок", 18, Kind.DAY))
RECHECKED = (*WHOSE, DocumentColumn("Было выявлено", 62), DocumentColumn("Сейчас", 26))
COUNTS = (
    DocumentColumn("Направление", 90),
    DocumentColumn("Замечаний", 22, Kind.NUMBER),
    DocumentColumn("Учителей", 20, Kind.NUMBER),
)
READINGS = (DocumentColumn("Учитель", 60), DocumentColumn("Ознакомлен(а)", 30), DocumentColumn("Ответ", 90))


@dataclass(frozen=True)
class FindingLine:
    """A finding as the report prints it."""

    aspect: str
    teacher: str
    school_class: str
    subject: str
    text: str
    mend_until: date | None = None


@dataclass(frozen=True)
class InspectionReport:
    """Everything that the report of an inspection says; the aspects in their order, with those where nothing was found."""

    title: str
    school_name: str
    span: str
    scope: str
    made_at: datetime
    made_by: str
    aspects: Sequence[str]
    findings: Sequence[FindingLine]
    rechecked: Sequence[FindingLine]
    rechecked_states: Sequence[str]
    before_title: str
    conclusion: str
    recommendations: str
    readings: Sequence[tuple[str, str, str]]


def inspection_document(report: InspectionReport) -> Document:
    """Return the report as a document of A4 pages, a workbook or a Word file."""
    return Document(
        title="Справка по итогам проверки ведения электронного журнала",
        school_name=report.school_name,
        about=report.title,
        span=report.span,
        made_at=report.made_at,
        made_by=report.made_by,
        made_of=report.scope,
        sections=tuple(_sections(report)),
        signature="С результатами проверки ознакомлены учителя, названные в справке (п. 6.4).",
    )


def _sections(report: InspectionReport) -> list[Section]:
    parts = [Section("Итоги по направлениям (п. 6.3)", tables=(_counts(report),))]
    for aspect in report.aspects:
        rows = [line for line in report.findings if line.aspect == aspect]
        cells = [(line.teacher, line.school_class, line.subject, line.text, line.mend_until) for line in rows]
        text = () if rows else ("Замечаний нет.",)
        parts.append(Section(aspect, text, (table("", FINDINGS, cells),) if rows else ()))
    if report.rechecked:
        parts.append(_rechecked(report))
    parts.append(Section("Вывод", (report.conclusion or "Вывод ещё не написан.",)))
    if report.recommendations:
        parts.append(Section("Рекомендации", (report.recommendations,)))
    if report.readings:
        parts.append(Section("Ознакомление", tables=(table("", READINGS, report.readings),)))
    return parts


def _counts(report: InspectionReport) -> DocumentTable:
    rows = []
    for aspect in report.aspects:
        lines = [line for line in report.findings if line.aspect == aspect]
        rows.append((aspect, len(lines), len({line.teacher for line in lines if line.teacher})))
    return table("", COUNTS, rows)


def _rechecked(report: InspectionReport) -> Section:
    cells = [
        (line.teacher, line.school_class, line.subject, line.text, state)
        for line, state in zip(report.rechecked, report.rechecked_states, strict=True)
    ]
    heading = f"Что стало с замечаниями прошлой проверки: {report.before_title}"
    return Section(heading, tables=(table("", RECHECKED, cells),))
