"""Division of a class into subgroups for a subject (п. 4.2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from school.errors import RuleRefused
from school.records import PersonName


def proposed_division(pupil_ids: Sequence[int], subgroup_ids: Sequence[int]) -> dict[int, int]:
    """Return a division into equal parts in the order of the list; a remainder goes to the first subgroups."""
    if not subgroup_ids:
        return {}
    count = len(pupil_ids)
    return {
        pupil_id: subgroup_ids[place * len(subgroup_ids) // count] for place, pupil_id in enumerate(pupil_ids)
    }


def lone_subgroups(lines: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the (subject, subgroup) of a class's lines whose subject has this one subgroup alone and no line for the whole class."""
    by_subject: dict[int, set[str]] = {}
    for subject_id, subgroup in lines:
        by_subject.setdefault(subject_id, set()).add(subgroup)
    return [
        (subject_id, next(iter(subgroups)))
        for subject_id, subgroups in by_subject.items()
        if len(subgroups) == 1 and "" not in subgroups
    ]


def division_changes(present: Mapping[int, int], wanted: Mapping[int, int | None]) -> dict[int, int | None]:
    """Return who goes to another subgroup, or to none: pupil → subgroup."""
    return {
        pupil_id: subgroup_id
        for pupil_id, subgroup_id in wanted.items()
        if present.get(pupil_id) != subgroup_id
    }


def check_division(
    moved: Mapping[int, int | None], known: Mapping[int, PersonName], entered: Mapping[int, date], day: date
) -> None:
    """Raise RuleRefused for a pupil who is not in the class, or who has entries in the old subgroup from the day on.

    ``entered``: pupil → the last day with a mark or an absence of theirs in the subject's subgroups.
    """
    if strangers := set(moved) - set(known):
        raise RuleRefused(
            "Список класса изменился.", f"Учеников не из класса: {len(strangers)}.", "Обновите страницу."
        )
    late = {pupil_id: entered[pupil_id] for pupil_id in moved if entered.get(pupil_id, date.min) >= day}
    if late:
        names = ", ".join(known[pupil_id].short for pupil_id in list(late)[:5])
        raise RuleRefused(
            f"С {day:%d.%m.%Y} разделить нельзя.",
            f"В прежней подгруппе уже есть отметки или пропуски: {names}.",
            f"Укажите день позже {max(late.values()):%d.%m.%Y}: прежние записи останутся там, где поставлены.",
        )
