"""What the school has settled about personal data: terms, whether the night erases, who answers for the data."""

from dataclasses import dataclass, fields
from datetime import date

from school.privacy.rules.terms import DAYS_SETTING, ERASED, ERASING_SETTING, IS_ON, LAST_SETTING, Erased
from school.store.reading import Reader, Writer
from school.store.settings import save_setting, setting, settings_under

OPERATOR_SETTING = "privacy.operator."


@dataclass(frozen=True)
class Operator:
    """Who processes the data, as documents say it (152-ФЗ, ст. 14 ч. 7): empty where the school has not filled it in."""

    address: str = ""
    tax_number: str = ""
    responsible: str = ""
    contact: str = ""
    hosting: str = ""
    recipients: str = ""


def days_kept(reader: Reader) -> dict[Erased, int]:
    """Return for how many days each kind is kept: what was once set for longer than is allowed now, for the longest allowed."""
    chosen = settings_under(reader, DAYS_SETTING)
    return {kind: min(int(chosen.get(kind, term.days)), term.most_days) for kind, term in ERASED.items()}


def is_erasing(reader: Reader) -> bool:
    """Whether what is over its term is erased by night."""
    return setting(reader, ERASING_SETTING) == IS_ON


def erased_last(reader: Reader) -> date | None:
    """Return the day on which the erasing was last done."""
    day = setting(reader, LAST_SETTING)
    return date.fromisoformat(day) if day else None


def operator_of(reader: Reader) -> Operator:
    """Return who answers for the data."""
    known = settings_under(reader, OPERATOR_SETTING)
    return Operator(**{each.name: known.get(each.name, "") for each in fields(Operator)})


def save_operator(writer: Writer, operator: Operator) -> None:
    """Replace who answers for the data."""
    for name, value in vars(operator).items():
        save_setting(writer, f"{OPERATOR_SETTING}{name}", value)
