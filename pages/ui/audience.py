"""Choosing whom something is for, of those at whom one may aim it, and how many people that is (п. 2.9)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from pages.ui.filters import choose_part
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.audiences.lookups import Aims, Reached, aims_of, pupils_to_aim_at, reached_by, staff_to_aim_at
from school.audiences.rules import (
    MOST_NAMED,
    PART_TITLES,
    ROLE_TITLES,
    Audience,
    Part,
    Target,
    parts_of_target,
)
from school.errors import Refusal
from school.numbers import counted
from school.records import Role, User
from server.session import school

TITLES: dict[Target, str] = {
    Target.CLASS: "Классы",
    Target.SUBGROUP: "Подгруппы",
    Target.GRADE: "Параллели",
    Target.SCHOOL: "Вся школа",
    Target.PUPILS: "Ученики",
    Target.ROLE: "Роли",
    Target.STAFF: "Сотрудники",
}
# Who is ticked at first: a family is written to as a whole.
FAMILY = (Part.PUPIL, Part.GUARDIAN)


def targets_of(aims: Aims) -> list[Target]:
    """Return the kinds of audience that somebody may choose."""
    whole = {Target.GRADE, Target.SCHOOL, Target.ROLE, Target.STAFF} if aims.is_whole_school else set()
    narrow = {Target.CLASS, Target.PUPILS} if aims.classes else set()
    narrow |= {Target.SUBGROUP} if aims.subgroups else set()
    narrow |= {Target.PUPILS} if aims.subgroups else set()
    return [target for target in TITLES if target in whole | narrow]


def choose_audience(user: User, action: Action, key: str) -> Audience | None:
    """Let the user choose whom something is for; None where they may aim at nobody. ``key`` tells one form from the next."""
    today = school().clock().date()
    aims = aims_of(school().store, user, action, today)
    targets = targets_of(aims)
    if not targets:
        return None
    target = choose_part("Кому", {each: TITLES[each] for each in targets}, targets[0], key=f"target_{key}")
    ids, roles = _chosen(user, action, aims, target, f"{target}_{key}", today)
    parts = _ticked(target, key)
    return Audience(target, ids, roles, Part.STAFF in parts, Part.PUPIL in parts, Part.GUARDIAN in parts)


def _chosen(
    user: User, action: Action, aims: Aims, target: Target, key: str, today: date
) -> tuple[tuple[int, ...], tuple[Role, ...]]:
    if target == Target.SCHOOL:
        return (), ()
    if target == Target.ROLE:
        return (), tuple(_pick(target, dict(ROLE_TITLES), key))
    titles = {
        Target.CLASS: lambda: aims.classes,
        Target.SUBGROUP: lambda: aims.subgroups,
        Target.GRADE: lambda: {grade: f"{grade}-е классы" for grade in aims.grades},
        Target.PUPILS: lambda: _pupils(user, action, today),
        Target.STAFF: lambda: staff_to_aim_at(school().store, user, action, today),
    }[target]()
    own = [each for each in titles if target == Target.CLASS and each in user.homeroom_class_ids]
    return tuple(_pick(target, titles, key, own or list(titles) if len(titles) == 1 else own)), ()


def _pupils(user: User, action: Action, today: date) -> dict[int, str]:
    found = pupils_to_aim_at(school().store, user, action, today)
    return {each.pupil_id: f"{each.class_name}, {each.name}" for each in found}


def _pick(target: Target, titles: Mapping[Any, str], key: str, default: Sequence[Any] = ()) -> list[Any]:
    return st.multiselect(
        as_typed(TITLES[target]),
        list(titles),
        default=list(default) or None,
        format_func=titles.__getitem__,
        max_selections=MOST_NAMED,
        placeholder="Выберите",
        label_visibility="collapsed",
        key=f"ids_{key}",
        # «Иванова» and Enter: her alone, not everybody whose name has these letters.
        select_all=False,
        filter_mode="contains",
    )


def _ticked(target: Target, key: str) -> frozenset[Part]:
    possible = [part for part in Part if part in parts_of_target(target)]
    if len(possible) == 1:
        return frozenset(possible)
    ticked = st.pills(
        "Из них",
        possible,
        selection_mode="multi",
        default=[part for part in FAMILY if part in possible],
        format_func=lambda part: as_typed(PART_TITLES[part]),
        label_visibility="collapsed",
        key=f"parts_{key}_{len(possible)}",
    )
    return frozenset(ticked)


def show_reached(user: User, action: Action, audience: Audience) -> Reached | None:
    """Say how many people an audience reaches; None, and why in words, where it is none."""
    try:
        found = reached_by(school().store, user, action, audience, school().clock().date())
    except Refusal as refusal:
        st.caption(as_typed(str(refusal)))
        return None
    st.markdown(reached_words(found))
    return found


def reached_words(found: Reached) -> Markdown:
    """Return «Получат **58 человек**: родителей 40, учеников 18. Без входа в журнал — 7.»"""
    if not found.total:
        return Markdown("Среди выбранных никого нет.")
    words = {Part.STAFF: "сотрудников", Part.PUPIL: "учеников", Part.GUARDIAN: "родителей"}
    parts = ", ".join(f"{words[part]} {found.people[part]}" for part in Part if found.people[part])
    total = counted(found.total, "человек", "человека", "человек")
    without = (
        f" Без входа в журнал — {found.without_sign_in}: для них есть лист под подпись."
        if found.without_sign_in
        else ""
    )
    return Markdown(f"Получат **{total}**: {parts}.{without}")
