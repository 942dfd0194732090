"""Drafts of the two notices about an incident with personal data, for Word (152-ФЗ, ст. 21 ч. 3.1)."""

from datetime import datetime

from pipelines.reports.document import Document, Section
from school.privacy.lookups.keeping import Operator
from school.privacy.rules.incidents import HOURS, NOTICE_TITLES, Incident, Notice

TO_WRITE = "____________________________________________"


def incident_notice(
    incident: Incident,
    notice: Notice,
    operator: Operator,
    school_name: str,
    *,
    made_at: datetime,
    made_by: str,
) -> Document:
    """Return the draft of a notice; what the school has not written yet is left to be filled in."""
    parts = {Notice.FIRST: _first, Notice.SECOND: _second}[notice](incident)
    return Document(
        title=f"{NOTICE_TITLES[notice]} с персональными данными"
        if notice is Notice.FIRST
        else NOTICE_TITLES[notice],
        school_name=school_name,
        about="В Роскомнадзор",
        span=f"происшествие обнаружено {incident.draft.found_at:%d.%m.%Y в %H:%M}",
        made_at=made_at,
        made_by=made_by,
        made_of=f"Проект. Отправить в течение {HOURS[notice]} часов с момента обнаружения: 152-ФЗ, ст. 21 ч. 3.1; форма — pd.rkn.gov.ru.",
        sections=(
            _sender(operator, school_name),
            *(Section(title, (text or TO_WRITE,)) for title, text in parts),
        ),
        signature="Директор",
    )


def _sender(operator: Operator, school_name: str) -> Section:
    lines = (
        f"{school_name}, ИНН {operator.tax_number or TO_WRITE}, адрес: {operator.address or TO_WRITE}.",
        f"Взаимодействовать с Роскомнадзором уполномочен(а): {operator.responsible or TO_WRITE}, {operator.contact or TO_WRITE}.",
    )
    return Section("Оператор", lines)


def _first(incident: Incident) -> list[tuple[str, str]]:
    draft = incident.draft
    people = f"Затронуто людей: {draft.people_count}." if draft.people_count is not None else ""
    return [
        ("Что произошло", draft.what),
        ("Чьи данные", " ".join(part for part in (draft.whose, people) if part)),
        ("Предполагаемые причины", draft.cause),
        ("Предполагаемый вред", draft.harm),
        ("Что сделано для устранения последствий", draft.measures),
    ]


def _second(incident: Incident) -> list[tuple[str, str]]:
    draft = incident.draft
    sent = incident.first_notice_at
    return [
        ("Первое уведомление", f"Отправлено {sent:%d.%m.%Y в %H:%M}." if sent else ""),
        ("Что произошло", draft.what),
        ("Результаты внутреннего расследования и лица, чьи действия стали причиной", draft.findings),
        ("Что сделано", draft.measures),
        ("Кому сообщено", draft.told),
    ]
