"""Incidents with personal data, and the hours in which the supervisor is told (152-ФЗ, ст. 21 ч. 3.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from school.errors import RuleRefused

LONGEST_TEXT, MOST_PEOPLE = 4000, 1_000_000


class Notice(StrEnum):
    """What is sent to Роскомнадзор."""

    FIRST = "first"
    SECOND = "second"


HOURS: dict[Notice, int] = {Notice.FIRST: 24, Notice.SECOND: 72}
NOTICE_TITLES: dict[Notice, str] = {
    Notice.FIRST: "Уведомление о происшествии",
    Notice.SECOND: "Уведомление о результатах расследования",
}


@dataclass(frozen=True)
class IncidentDraft:
    """What is written of an incident: ``is_leak`` says that data came to strangers, which starts the clocks."""

    found_at: datetime
    is_leak: bool
    what: str
    whose: str = ""
    people_count: int | None = None
    cause: str = ""
    harm: str = ""
    measures: str = ""
    told: str = ""
    findings: str = ""


@dataclass(frozen=True)
class Incident:
    """An incident as it is kept, with when which notice was sent and when it was closed."""

    incident_id: int
    draft: IncidentDraft
    first_notice_at: datetime | None = None
    second_notice_at: datetime | None = None
    closed_at: datetime | None = None

    def sent_at(self, notice: Notice) -> datetime | None:
        """When a notice was sent, None while it was not."""
        return self.first_notice_at if notice is Notice.FIRST else self.second_notice_at


def deadline(incident: Incident, notice: Notice) -> datetime | None:
    """Return until when a notice must be sent; None where nobody need be told."""
    return incident.draft.found_at + timedelta(hours=HOURS[notice]) if incident.draft.is_leak else None


def hours_left(incident: Incident, notice: Notice, now: datetime) -> int | None:
    """Return the hours that remain for a notice, negative once it is late; None where it is sent or not needed."""
    until = deadline(incident, notice)
    if until is None or incident.sent_at(notice) is not None:
        return None
    left = (until - now) / timedelta(hours=1)
    return int(left) if left >= 0 else -ceil(-left)


def check_incident(draft: IncidentDraft, now: datetime) -> None:
    """Raise RuleRefused for an incident without words, of the future, or with texts that no form holds."""
    if not draft.what.strip():
        raise RuleRefused(
            "Не сказано, что произошло.", next_step="Опишите происшествие одним-двумя предложениями."
        )
    if draft.found_at > now:
        raise RuleRefused("Этого времени ещё не было.", next_step="Укажите, когда происшествие обнаружили.")
    if draft.people_count is not None and not 0 <= draft.people_count <= MOST_PEOPLE:
        raise RuleRefused("Столько людей не бывает.", next_step="Укажите число людей, чьи данные затронуты.")
    texts = (draft.what, draft.whose, draft.cause, draft.harm, draft.measures, draft.told, draft.findings)
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise RuleRefused(f"Текст длиннее {LONGEST_TEXT} знаков.", next_step="Сократите его.")


def check_may_send(incident: Incident, notice: Notice) -> None:
    """Raise RuleRefused for a notice that nobody is owed, that is sent already, or that lacks the one before it."""
    if not incident.draft.is_leak:
        raise RuleRefused("Данные к посторонним не попали: уведомлять не о чем (152-ФЗ, ст. 21 ч. 3.1).")
    if incident.sent_at(notice) is not None:
        raise RuleRefused("Это уведомление уже отмечено отправленным.", next_step="Обновите страницу.")
    if notice is Notice.SECOND and incident.first_notice_at is None:
        raise RuleRefused("Сначала отправляют первое уведомление.", next_step="Отметьте его отправленным.")


def check_may_close(incident: Incident) -> None:
    """Raise RuleRefused while a notice is owed, or where it is closed already."""
    if incident.closed_at is not None:
        raise RuleRefused("Происшествие уже закрыто.", next_step="Обновите страницу.")
    owed = [
        NOTICE_TITLES[each] for each in Notice if incident.draft.is_leak and incident.sent_at(each) is None
    ]
    if owed:
        raise RuleRefused(
            "Роскомнадзору отправлено не всё.",
            f"Не отмечено отправленным: {'; '.join(owed)}.",
            "Отправьте, отметьте и закройте.",
        )
