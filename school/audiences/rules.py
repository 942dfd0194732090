"""What an audience is: whom it is aimed at, and which of them it reaches: staff, pupils, guardians (п. 2.9)."""

from dataclasses import dataclass
from enum import StrEnum

from school.errors import RuleRefused
from school.records import Role

MOST_NAMED = 200


class Target(StrEnum):
    """Whom an audience is aimed at; PUPILS and STAFF are people by name."""

    SCHOOL = "school"
    GRADE = "grade"
    CLASS = "class"
    SUBGROUP = "subgroup"
    ROLE = "role"
    PUPILS = "pupils"
    STAFF = "staff"


class Part(StrEnum):
    """As what somebody belongs to an audience."""

    STAFF = "staff"
    PUPIL = "pupil"
    GUARDIAN = "guardian"


PART_TITLES: dict[Part, str] = {Part.STAFF: "сотрудники", Part.PUPIL: "ученики", Part.GUARDIAN: "родители"}
TARGET_TITLES: dict[Target, str] = {
    Target.SCHOOL: "вся школа",
    Target.GRADE: "параллель",
    Target.CLASS: "класс",
    Target.SUBGROUP: "подгруппа",
    Target.ROLE: "сотрудники по роли",
    Target.PUPILS: "ученики по списку",
    Target.STAFF: "сотрудники по списку",
}
ROLE_TITLES: dict[Role, str] = {
    Role.HEAD: "директор",
    Role.DEPUTY: "завучи",
    Role.ADMIN: "администраторы",
    Role.HOMEROOM: "классные руководители",
    Role.TEACHER: "учителя-предметники",
    Role.SECRETARY: "секретари",
}
# Whom a target may reach at all, and of which it is named more closely.
_PARTS = {
    **dict.fromkeys(Target, frozenset(Part)),
    Target.ROLE: frozenset({Part.STAFF}),
    Target.STAFF: frozenset({Part.STAFF}),
    Target.PUPILS: frozenset({Part.PUPIL, Part.GUARDIAN}),
}


@dataclass(frozen=True)
class Audience:
    """Whom something is for. ``target_ids``: grade levels, classes, subgroups, pupils or employees, by ``target``.

    The staff of a grade, a class or a subgroup are those who teach and lead it.
    """

    target: Target
    target_ids: tuple[int, ...] = ()
    target_roles: tuple[Role, ...] = ()
    for_staff: bool = False
    for_pupils: bool = False
    for_guardians: bool = False

    @property
    def parts(self) -> frozenset[Part]:
        """Whom it reaches."""
        ticks = {Part.STAFF: self.for_staff, Part.PUPIL: self.for_pupils, Part.GUARDIAN: self.for_guardians}
        return frozenset(part for part, is_ticked in ticks.items() if is_ticked)


def parts_of_target(target: Target) -> frozenset[Part]:
    """Return whom a target may reach."""
    return _PARTS[target]


def check_audience(audience: Audience) -> None:
    """Raise RuleRefused for an audience that names nobody, too many, or somebody whom its target cannot reach."""
    if audience.target == Target.ROLE:
        if not audience.target_roles or not set(audience.target_roles) <= ROLE_TITLES.keys():
            raise RuleRefused(
                "Роль не выбрана.", next_step="Выберите, сотрудникам с какой ролью это адресовано."
            )
    elif audience.target != Target.SCHOOL and not audience.target_ids:
        raise RuleRefused("Не выбрано, кому это адресовано.", next_step="Выберите получателей.")
    if audience.target in {Target.PUPILS, Target.STAFF} and len(audience.target_ids) > MOST_NAMED:
        raise RuleRefused(
            f"По списку можно выбрать не больше {MOST_NAMED} человек.",
            next_step="Выберите класс или параллель.",
        )
    if not audience.parts:
        raise RuleRefused(
            "Не отмечено, кому это: сотрудникам, ученикам или родителям.", next_step="Отметьте хотя бы одно."
        )
    if beyond := audience.parts - parts_of_target(audience.target):
        words = ", ".join(PART_TITLES[part] for part in Part if part in beyond)
        raise RuleRefused(
            f"Так до них не дойдёт: {words}.", next_step="Выберите других получателей или снимите отметку."
        )
