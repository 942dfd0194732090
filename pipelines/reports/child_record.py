"""«Что мы храним о ребёнке» as a document for the family (152-ФЗ, ст. 14)."""

from pipelines.reports.document import Document, DocumentColumn, DocumentTable, Kind, Section, table
from school.privacy.lookups.child_record import ChildRecord, FactRows
from school.privacy.rules.facts import FACTS

NOT_SAID = "школа ещё не указала"
MADE_OF = (
    "Сведения по ст. 14 ч. 7 Федерального закона от 27.07.2006 № 152-ФЗ. Если что-то неверно, попросите классного руководителя или "
    "секретаря исправить: школа исправляет в течение 7 рабочих дней (ст. 21 ч. 2). Обжаловать можно в Роскомнадзор или в суд (ст. 17)."
)
KINDS = (
    DocumentColumn("Что", 38),
    DocumentColumn("Строк", 14, Kind.NUMBER),
    DocumentColumn("Зачем", 44),
    DocumentColumn("На каком основании", 48),
    DocumentColumn("Сколько хранится", 34),
)
READERS = (
    DocumentColumn("Кто", 36),
    DocumentColumn("Чьи записи", 26),
    DocumentColumn("Что может", 98),
    DocumentColumn("Человек", 16, Kind.NUMBER),
)
# A column of longer words is so many times wider than one of short ones.
LONG, SHORT = 60.0, 22.0
LONG_TITLES = {
    "Дни и отметки",
    "Дни и уроки",
    "Текст",
    "Задание",
    "Пояснение",
    "Примечание",
    "Кто",
    "Что",
    "Чей вход",
}
VIEWINGS_SHOWN = 300


def child_record_document(record: ChildRecord) -> Document:
    """Return the document of a child."""
    return Document(
        title="Что мы храним о ребёнке",
        school_name=record.school_name,
        about=", ".join(part for part in (record.pupil_name, record.class_name) if part),
        span=f"на {record.made_at:%d.%m.%Y}",
        made_at=record.made_at,
        made_by=record.made_by,
        made_of=MADE_OF,
        sections=(_operator(record), _overview(record), _readers(record), *map(_facts, record.facts)),
    )


def _operator(record: ChildRecord) -> Section:
    said = record.operator
    lines = (
        f"Оператор: {record.school_name}. ИНН: {said.tax_number or NOT_SAID}. Адрес: {said.address or NOT_SAID}.",
        f"За персональные данные отвечает: {said.responsible or NOT_SAID}. Связаться: {said.contact or NOT_SAID}.",
        f"Где лежат данные: {said.hosting or NOT_SAID}. Кому передаются: {said.recipients or NOT_SAID}. "
        "За границу журнал ничего не передаёт.",
        "Цель: вести учёт успеваемости и посещаемости, сообщать о них семье. Обработка смешанная: в программе и на бумаге. "
        "Решений, которые меняют права ребёнка, программа сама не принимает: прогноз — только подсказка учителю (ст. 16).",
        "Откуда данные: от родителей при приёме в школу, от учителей, из загруженных школой файлов.",
    )
    return Section("Кто хранит и зачем", lines)


def _overview(record: ChildRecord) -> Section:
    rows = [
        (
            FACTS[each.fact].title,
            len(each.rows),
            FACTS[each.fact].purpose,
            FACTS[each.fact].basis,
            FACTS[each.fact].term,
        )
        for each in record.facts
    ]
    return Section("Что хранится, зачем и сколько", tables=(table("", KINDS, rows),))


def _readers(record: ChildRecord) -> Section:
    rows = [(each.title, each.scopes, each.actions, each.people) for each in record.readers]
    note = "«Человек» — у скольких людей сейчас есть эта роль. Учителя смотрят журнал своих уроков каждый день, это отдельно не записывается."
    return Section("Кому это доступно", tables=(table("", READERS, rows, note=note),))


def _facts(found: FactRows) -> Section:
    columns = [DocumentColumn(title, LONG if title in LONG_TITLES else SHORT) for title in found.columns]
    shown = found.rows[:VIEWINGS_SHOWN]
    left = len(found.rows) - len(shown)
    note = f"Показаны последние {len(shown)}, ещё {left} — у администратора журнала." if left > 0 else ""
    made: DocumentTable = table("", columns, shown, empty="Ничего не хранится.", note=note)
    return Section(FACTS[found.fact].title, tables=(made,))
