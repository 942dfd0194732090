"""What may be written of an employee, a pupil and a guardian (п. 3.3, 4.3): one check for forms and for imports."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from school.errors import ReasonRequired, RuleRefused
from school.files.person_names import fault_in_name, is_same_name, tidy_name
from school.people.records import GuardianDraft, PupilDraft, StaffDraft
from school.people.rules.phones import one_phone, phone_digits
from school.records import PersonName, Role

LONGEST_NAME, LONGEST_WORDS, LONGEST_FILE_NUMBER = 60, 80, 20
AGES = range(5, 81)  # whole years at arrival: evening classes have grown-ups
EARLIEST_HIRING = date(1950, 1, 1)
DAYS_AHEAD = 366
STAFF_ROLES = (Role.HEAD, Role.DEPUTY, Role.ADMIN, Role.SECRETARY, Role.HOMEROOM, Role.TEACHER)
RELATIONS = ("мать", "отец", "опекун", "бабушка", "дедушка", "приёмный родитель")


def tidy(text: str) -> str:
    """Return a text with single plain blanks between its words and none around, in one form of «й» and «ё»."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_name(name: PersonName) -> PersonName:
    """Return a name without stray blanks; raises RuleRefused for one that cannot be a person's."""
    known = tidy_name(name)
    if not (known.last and known.first):
        raise RuleRefused("Имя не полное.", "Нужны фамилия и имя.", "Допишите их; отчества может не быть.")
    if fault := fault_in_name(known):
        raise RuleRefused("Имя не подходит.", fault, "Проверьте фамилию, имя и отчество.")
    if any(len(part) > LONGEST_NAME for part in known.parts):
        raise RuleRefused("Имя слишком длинное.", f"Помещается {LONGEST_NAME} знаков.", "Проверьте его.")
    return known


def check_staff(draft: StaffDraft, today: date) -> StaffDraft:
    """Return an employee in the form in which they are stored; raises RuleRefused (п. 4.3)."""
    if (draft.hired_on and not draft.hired_on >= EARLIEST_HIRING) or _is_far_ahead(draft.hired_on, today):
        raise RuleRefused(
            "День приёма на работу не подходит.", f"{draft.hired_on:%d.%m.%Y}.", "Проверьте год."
        )
    check_staff_roles(draft.roles)
    return replace(draft, name=check_name(draft.name), position=_words(draft.position, "Должность"))


def check_staff_roles(roles: Iterable[Role]) -> None:
    """Raise RuleRefused for roles that are not an employee's: those of families come with the child."""
    if strange := set(roles) - set(STAFF_ROLES):
        raise RuleRefused(
            "Такой роли у сотрудника быть не может.",
            "Родитель и ученик получают свою роль по коду из карточки ученика.",
            f"Снимите её: {', '.join(sorted(strange))}.",
        )


def check_pupil(draft: PupilDraft, on: date) -> PupilDraft:
    """Return a pupil who arrives (or is written about) on a day, as stored; raises RuleRefused (п. 3.3)."""
    if draft.born_on is not None and age_on(draft.born_on, on) not in AGES:
        raise RuleRefused(
            "Дата рождения не подходит.",
            f"На {on:%d.%m.%Y} ученику было бы {max(age_on(draft.born_on, on), 0)}.",
            "Проверьте год.",
        )
    return replace(
        draft,
        name=check_name(draft.name),
        guardians=tuple(map(check_guardian, draft.guardians)),
        file_number=check_file_number(draft.file_number),
    )


def check_file_number(number: str) -> str:
    """Return the number of a personal file without stray blanks: «И-12», «№» before it is left out; raises RuleRefused."""
    known = tidy(number).removeprefix("№").strip()
    if len(known) > LONGEST_FILE_NUMBER:
        raise RuleRefused(
            "№ личного дела слишком длинный.", f"Помещается {LONGEST_FILE_NUMBER} знаков.", "Сократите его."
        )
    return known


def check_guardian(draft: GuardianDraft) -> GuardianDraft:
    """Return a guardian as stored; raises RuleRefused."""
    relation = _words(draft.relation, "Кем приходится").lower()
    return GuardianDraft(check_name(draft.name), relation, one_phone(draft.phone))


def is_same_guardian(one: GuardianDraft, other: GuardianDraft) -> bool:
    """Whether two records are surely one person: the same name and the same phone."""
    is_same_phone = phone_digits(one.phone) == phone_digits(other.phone) != ""
    return is_same_phone and is_same_name(one.name, other.name)


def is_same_pupil(one: PupilDraft, other: PupilDraft) -> bool:
    """Whether two records may be one child: the same name, and no two different birthdays."""
    days = {one.born_on, other.born_on} - {None}
    return len(days) < 2 and is_same_name(one.name, other.name)


def check_not_here_yet(places: Sequence[str], *, is_another_child: bool) -> None:
    """Raise ReasonRequired where a pupil of this name is in the school's books already; ``places`` say in which class."""
    if places and not is_another_child:
        raise ReasonRequired(
            "Ученик с таким именем уже есть.",
            f"Класс: {', '.join(places)}.",
            "Если ученик вернулся или переходит, откройте его карточку. Если это другой ребёнок, подтвердите.",
        )


def check_somebody_administers(roles: Iterable[Role], other_admins: int) -> None:
    """Raise RuleRefused where nobody would be left to administer the register (п. 4.3, 6.1)."""
    if Role.ADMIN not in set(roles) and other_admins == 0:
        raise RuleRefused(
            "Администратор остался бы без преемника.",
            "Это последний администратор журнала с действующим входом.",
            "Сначала дайте эту роль другому сотруднику, и пусть он войдёт.",
        )


def check_dismissal(hired_on: date | None, dismissed_on: date, today: date) -> None:
    """Raise RuleRefused for a day of dismissal before the hiring or far ahead."""
    if (hired_on and dismissed_on < hired_on) or _is_far_ahead(dismissed_on, today):
        raise RuleRefused(
            "День увольнения не подходит.",
            f"Сотрудник принят {hired_on:%d.%m.%Y}." if hired_on else "Он дальше чем через год.",
            "Проверьте дату.",
        )


def age_on(born_on: date, day: date) -> int:
    """Return a person's age in whole years on a day; negative before birth."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _is_far_ahead(day: date | None, today: date) -> bool:
    return day is not None and (day - today).days > DAYS_AHEAD


def _words(text: str, what: str) -> str:
    words = tidy(text)
    if len(words) > LONGEST_WORDS:
        raise RuleRefused(f"{what}: слишком длинно.", f"Помещается {LONGEST_WORDS} знаков.", "Сократите.")
    return words
