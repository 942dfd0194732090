"""How long each kind of personal data is kept, by what, and what is erased after it (152-ФЗ, ст. 5 ч. 7, ст. 21 ч. 4; п. 6.6)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from school.errors import RuleRefused

A_YEAR = 365
# At night, when nobody waits for the writer: the hours of the school's clock in which the job works.
NIGHT_HOURS = range(1, 6)


class Erased(StrEnum):
    """What is erased after its term."""

    SESSIONS = "sessions"
    SIGN_INS = "sign_ins"
    INVITATIONS = "invitations"
    REQUESTS = "requests"
    VIEWINGS = "viewings"
    EXCUSES = "excuses"
    PAPERS = "papers"
    CONSULTATIONS = "consultations"
    CONTACTS = "contacts"
    LETTERS = "letters"
    STAFF_LETTERS = "staff_letters"
    HELP = "help"
    COMPLAINTS = "complaints"
    ANNOUNCEMENTS = "announcements"


@dataclass(frozen=True)
class ErasureTerm:
    """What is erased, from when its days are counted, how many at first and at most, by what, and whether unasked."""

    title: str
    counted_from: str
    days: int
    most_days: int
    source: str
    is_always_erased: bool = False


_PURPOSE = "152-ФЗ, ст. 5 ч. 7: не дольше, чем нужно для цели"

ERASED: dict[Erased, ErasureTerm] = {
    Erased.SESSIONS: ErasureTerm("Завершённые сеансы", "от конца сеанса", 90, 90, _PURPOSE, is_always_erased=True),
    Erased.SIGN_INS: ErasureTerm(
        "Входы и попытки входа с сетевыми адресами", "от попытки", 90, 90, _PURPOSE, is_always_erased=True
    ),
    Erased.INVITATIONS: ErasureTerm("Коды приглашения (отпечатки)", "от конца действия", A_YEAR, 3 * A_YEAR, _PURPOSE),
    Erased.REQUESTS: ErasureTerm(
        "Закрытые обращения о незаполненных журналах", "от закрытия", A_YEAR, 5 * A_YEAR, "п. 6.4: до следующей проверки"
    ),
    Erased.VIEWINGS: ErasureTerm(
        "Записи о том, кто смотрел данные учеников", "от просмотра", A_YEAR, 3 * A_YEAR, "152-ФЗ, ст. 19; срок школы"
    ),
    Erased.EXCUSES: ErasureTerm(
        "Пояснения к пропускам (текст; причина остаётся)", "от конца пропуска", A_YEAR, 5 * A_YEAR,
        "152-ФЗ, ст. 10: могут говорить о здоровье",
    ),
    Erased.PAPERS: ErasureTerm(
        "Снимки справок, которые прислали семьи", "от конца пропуска", 90, A_YEAR, "152-ФЗ, ст. 10: сведения о здоровье"
    ),
    Erased.CONSULTATIONS: ErasureTerm(
        "Вопросы семей и заметки к консультациям (текст; сами записи остаются)", "от встречи", A_YEAR, 3 * A_YEAR, _PURPOSE
    ),
    Erased.CONTACTS: ErasureTerm(
        "Телефоны и вход семей выбывших учеников", "от выбытия последнего ребёнка", A_YEAR, 3 * A_YEAR,
        "152-ФЗ, ст. 21 ч. 4: цель достигнута",
    ),
    Erased.LETTERS: ErasureTerm(
        "Переписка с семьями и учениками, с файлами", "от выбытия ребёнка", 3 * A_YEAR, 5 * A_YEAR, "срок школы: п. 2.9; 152-ФЗ, ст. 5 ч. 7"
    ),
    Erased.STAFF_LETTERS: ErasureTerm(
        "Переписка сотрудников между собой, с файлами", "от последнего сообщения", 3 * A_YEAR, 5 * A_YEAR, "срок школы: п. 2.9; 152-ФЗ, ст. 5 ч. 7"
    ),
    Erased.HELP: ErasureTerm(
        "Решённые обращения за помощью, с файлами", "от последнего сообщения", A_YEAR, 3 * A_YEAR, "срок школы: п. 8.1; 152-ФЗ, ст. 5 ч. 7"
    ),
    Erased.COMPLAINTS: ErasureTerm(
        "Разобранные жалобы с копиями сообщений, ограничения переписки, чтения по обращению", "от ответа, конца, чтения", 3 * A_YEAR, 5 * A_YEAR, "срок школы: п. 2.9; 152-ФЗ, ст. 5 ч. 7"
    ),
    Erased.ANNOUNCEMENTS: ErasureTerm(
        "Объявления с файлами и кто с ними ознакомлен", "от последнего дня показа", 5 * A_YEAR, 5 * A_YEAR, "срок школы: п. 2.9; 152-ФЗ, ст. 5 ч. 7"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class KeptTerm:
    """What the nightly job never touches, how long it is kept, and by what."""

    title: str
    term: str
    source: str


KEPT: tuple[KeptTerm, ...] = (
    KeptTerm(
        "Журнал: уроки, отметки, пропуски, домашние и личные задания с ответами, материалы, события",
        "5 лет",
        "п. 6.6",
    ),
    KeptTerm(
        "Записи об изменениях журнала: кто, когда, что было и стало", "5 лет, вместе с журналом", "п. 6.6"
    ),
    KeptTerm("Отметки за период и за год (сводные ведомости)", "25 лет", "п. 6.6"),
    KeptTerm("Имя, дата рождения, классы и движение", "25 лет, вместе со сводными ведомостями", "п. 6.6"),
    KeptTerm(
        "Замечания и рекомендации, результаты ВПР, ОГЭ и ЕГЭ, прогнозы", "5 лет, вместе с журналом", "п. 6.6"
    ),
    KeptTerm(
        "Архивы учебных лет с подписями и отметками о бумаге", "25 лет, журналы — 5 лет, по описи", "п. 6.6"
    ),
    KeptTerm("Акты о стёртом", "3 года", "приказ Роскомнадзора от 28.10.2022 № 179, п. 8"),
    KeptTerm("Происшествия с персональными данными", "3 года", "срок школы"),
)
ALWAYS_ERASED = tuple(kind for kind, term in ERASED.items() if term.is_always_erased)
DAYS_SETTING, ERASING_SETTING, LAST_SETTING = "privacy.days.", "privacy.erasing", "privacy.erased_on"
IS_ON = "on"


def check_days(kind: Erased, days: int) -> None:
    """Raise RuleRefused for a term that is no term, or longer than its purpose allows."""
    most = ERASED[kind].most_days
    if not 1 <= days <= most:
        raise RuleRefused(
            f"{ERASED[kind].title}: хранить {days} дн. нельзя.",
            ERASED[kind].source,
            f"Назовите от 1 до {most} дней.",
        )


def older_than(days: int, today: date) -> date:
    """Return the day before which all is over its term."""
    return today - timedelta(days=days)


def is_night_work_due(hour: int, today: date, *, is_on: bool, last: date | None) -> bool:
    """Whether the nightly job erases now: switched on, at night, once a day."""
    return is_on and hour in NIGHT_HOURS and last != today
