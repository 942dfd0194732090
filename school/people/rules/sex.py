"""A pupil's sex where help tables count by it: the school's books keep none, a patronymic tells it (п. 4.6)."""

from enum import StrEnum

from school.records import PersonName


class Sex(StrEnum):
    """As a patronymic tells; UNKNOWN where there is none, or one that tells nothing."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


SEX_TITLES: dict[Sex, str] = {Sex.MALE: "мальчики", Sex.FEMALE: "девочки", Sex.UNKNOWN: "не определено"}
_ENDINGS = {Sex.MALE: ("ич", "оглы", "оглу", "улы"), Sex.FEMALE: ("вна", "чна", "шна", "кызы", "гызы")}


def sex_of(name: PersonName) -> Sex:
    """Return the sex that a patronymic tells."""
    middle = name.middle.strip().casefold()
    return next((sex for sex, endings in _ENDINGS.items() if middle.endswith(endings)), Sex.UNKNOWN)


def agreed(name: PersonName, male: str, female: str) -> str:
    """Return the word that agrees with somebody, «обучался» or «обучалась»; both where the patronymic tells nothing."""
    return {Sex.MALE: male, Sex.FEMALE: female}.get(sex_of(name), f"{male} ({female})")
