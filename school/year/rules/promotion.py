"""A new year out of the last one: classes go up, the graduating ones leave, subgroups and the load follow (п. 4.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from school.councils.records import Decision, Outcome
from school.councils.rules import LEAVING_GRADES
from school.errors import RuleRefused
from school.files.spellings import class_key, plain
from school.year.records import LastClass, LastLoad, LoadRecord


class Fate(StrEnum):
    """What becomes of a class in the next year."""

    GOES_UP = "goes_up"
    LEAVES = "leaves"
    STAYS_OUT = "stays_out"


FATE_TITLES: dict[Fate, str] = {
    Fate.GOES_UP: "переводится",
    Fate.LEAVES: "выпускается",
    Fate.STAYS_OUT: "не переносить",
}


@dataclass(frozen=True)
class Promotion:
    """What becomes of a class: the name it goes on under, and its homeroom teacher there."""

    last: LastClass
    fate: Fate
    name: str = ""
    homeroom_id: int | None = None

    @property
    def grade_level(self) -> int:
        """The grade level it goes on in."""
        return (self.last.grade_level or 0) + 1


def proposed_promotions(classes: Iterable[LastClass], present: Iterable[str] = ()) -> list[Promotion]:
    """Return what usually becomes of the classes of a year; a class whose next one is there already is passed over."""
    there = {class_key(name) for name in present}
    found = [_promotion(each) for each in classes]
    return [each for each in found if each.fate is not Fate.GOES_UP or class_key(each.name) not in there]


def _promotion(last: LastClass) -> Promotion:
    if last.grade_level is None:
        return Promotion(last, Fate.STAYS_OUT)
    if last.grade_level in LEAVING_GRADES:
        return Promotion(last, Fate.LEAVES)
    return Promotion(last, Fate.GOES_UP, next_name(last), last.homeroom_id)


def next_name(last: LastClass) -> str:
    """Return «8А» for «7А»; a name without its grade level stays."""
    grade = last.grade_level or 0
    return last.name.replace(str(grade), str(grade + 1), 1)


def check_promotions(promotions: Sequence[Promotion], present: Iterable[str]) -> None:
    """Raise RuleRefused where two classes would have one name, or one has none."""
    names = [class_key(each.name) for each in promotions if each.fate is Fate.GOES_UP]
    there = {class_key(name) for name in present}
    if "" in names:
        raise RuleRefused("Не все классы названы.", next_step="Впишите, как класс называется в новом году.")
    if twice := sorted(name for name in set(names) if names.count(name) > 1 or name in there):
        raise RuleRefused(
            f"Два класса с одним названием: {', '.join(twice)}.",
            next_step="Назовите один из них иначе или выберите «не переносить».",
        )


def check_promotion_day(first_day: date, last_year_ended_on: date | None) -> None:
    """Raise RuleRefused for a day in a new class that is not after the last year's calendar (п. 5.1); None: it has none."""
    if last_year_ended_on is not None and first_day <= last_year_ended_on:
        raise RuleRefused(
            "День раньше конца прошлого учебного года.",
            next_step=f"Укажите день после {last_year_ended_on:%d.%m.%Y}.",
        )


def proposed_load(
    grade_levels: Mapping[int, int | None], came_from: Mapping[int, int], last: Sequence[LastLoad]
) -> list[LoadRecord]:
    """Return a load for the classes of a new year: the subjects and hours of last year's class of the same grade level.

    ``came_from``: a new class → its class of last year. Who taught the class a subject goes on teaching it and its
    subgroups stay; a subject new to the class goes to its teacher in that grade level last year.
    """
    by_class: dict[int, list[LastLoad]] = {}
    for load in last:
        by_class.setdefault(load.class_id, []).append(load)
    models = {load.grade_level: by_class[load.class_id] for load in reversed(last)}
    found = []
    for class_id, grade_level in grade_levels.items():
        own = by_class.get(came_from.get(class_id, 0), [])
        for subject_id in dict.fromkeys(load.subject_id for load in models.get(grade_level, [])):
            model = [load for load in models[grade_level] if load.subject_id == subject_id]
            taught = [load for load in own if load.subject_id == subject_id] or model
            found += [
                LoadRecord(class_id, subject_id, load.subgroup, load.teacher_id, model[0].hours_a_week)
                for load in sorted(taught, key=lambda load: plain(load.subgroup))
            ]
    return found


@dataclass(frozen=True)
class Leaver:
    """Who leaves the school by a decision of the council: out of which class, and why."""

    pupil_id: int
    class_id: int
    reason: str


def repeated_classes(
    repeaters: Mapping[int, LastClass], new_classes: Mapping[int, tuple[str, int | None]]
) -> dict[int, int]:
    """Return the class in which each pupil repeats a grade: that of the same name, or else the first of the grade (273-ФЗ, ст. 58).

    ``repeaters``: pupil → the class that was not passed; ``new_classes``: class of the new year → name, grade level.
    Raises RuleRefused where the new year has no class of the grade.
    """
    found = {}
    for pupil, last in repeaters.items():
        of_grade = {key: name for key, (name, grade) in new_classes.items() if grade == last.grade_level}
        same = [key for key, name in of_grade.items() if class_key(name) == class_key(last.name)]
        if not of_grade:
            raise RuleRefused(
                f"На повторное обучение в {last.grade_level}-м классе некуда зачислить: такого класса в новом году нет.",
                next_step=f"Сначала добавьте {last.grade_level}-й класс в таблицу классов.",
            )
        found[pupil] = [*same, *of_grade][0]
    return found


LEAVING = {Outcome.GRADUATED: "окончание школы", Outcome.LEFT: ""}


def leavers_of(decisions: Iterable[tuple[int, int, Decision]]) -> list[Leaver]:
    """Return who leaves by decisions (class, pupil, decision), graduates with «окончание школы» as the reason (п. 4.6)."""
    return [
        Leaver(pupil_id, class_id, LEAVING[decision.outcome] or decision.note)
        for class_id, pupil_id, decision in decisions
        if decision.outcome in LEAVING
    ]


def check_all_decided(undecided: Mapping[str, int], *, moves_undecided: bool) -> None:
    """Raise RuleRefused where the council has not decided about somebody (class → how many), unless the school moves them as before."""
    if undecided and not moves_undecided:
        words = ", ".join(f"{name} — {count}" for name, count in undecided.items())
        raise RuleRefused(
            f"Нет решения педсовета: {words}.",
            next_step="Запишите решения на странице «Решения педсовета» или отметьте, что этих учеников переводят как раньше.",
        )


def check_order_given(leavers: Sequence[Leaver], order_title: str) -> None:
    """Raise RuleRefused where pupils leave by a decision and no order is named (п. 4.6)."""
    if leavers and not order_title.strip():
        raise RuleRefused(
            f"По решениям педсовета выбывает учеников: {len(leavers)}.",
            next_step="Впишите номер и дату приказа, например «№ 45 от 25.06.2027».",
        )
