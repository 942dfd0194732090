"""Teachers take up some of the pupils whom forecasts warned of: in the last closed term and in the running one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd

from models.product.help_record import warned_and_came
from school.extra_help.actions import help_event
from school.extra_help.records import HelpPlace, Warned
from school.extra_help.rules import feared_chance, feared_mark
from school.extra_help.store import forecasts_that_came, helpers_of, save_help, warned_forecasts
from school.store.connection import Store, Transaction

SHARE_TAKEN_UP = 0.4
AGREED = (
    "консультация по четвергам, пересдать последнюю контрольную",
    "разобрать ошибки, две отметки за следующие темы",
    "поговорить с семьёй, домашние задания под контролем",
    "",
)


def take_some_up(store: Store, now: datetime, seed: int) -> None:
    """Note for every few of the warned who helps; the same under the same seed."""
    draw, cursor = np.random.default_rng(seed), store.cursor()
    came = warned_and_came(forecasts_that_came(cursor))
    closed = [
        (_place(row), Warned(int(row["feared"]), float(row["chance"]), None, 0), row["warned_on"])
        for row in came.to_dict("records")
    ]
    running = []
    for row in warned_forecasts(cursor).to_dict("records"):
        previous = None if pd.isna(row["previous"]) else float(row["previous"])
        if (feared := feared_mark(row["p2"], row["p3"], previous)) is not None:
            chance = feared_chance(row["p2"], row["p3"], feared)
            running.append((_place(row), Warned(feared, float(chance), None, 0), row["as_of"]))
    taken = [each for each in closed + running if draw.random() < SHARE_TAKEN_UP]

    def work(transaction: Transaction) -> None:
        for place, warned, day in taken:
            at = min(datetime.combine(pd.Timestamp(day).date(), time(15)), now)
            helpers = helpers_of(transaction, place.class_id, place.subject_id, at.date())
            user_id = _user_of(transaction, helpers[0].staff_id) if helpers else None
            if user_id is None:
                continue
            seen = _with_marks(transaction, place, warned, at)
            agreed = AGREED[int(draw.integers(len(AGREED)))]
            save_help(transaction, place, helpers[0].staff_id, seen, agreed, at=at, user_id=user_id)
            transaction.record(help_event(user_id, at, place, None, agreed))

    if taken:
        store.write(work)


def _place(row: Mapping[Any, Any]) -> HelpPlace:
    return HelpPlace(*(int(row[name]) for name in HelpPlace._fields))


def _with_marks(transaction: Transaction, place: HelpPlace, warned: Warned, at: datetime) -> Warned:
    """How the marks stood on the day."""
    query = """SELECT sum(m.value * m.weight) / sum(m.weight), count(*) FROM mark_rows m JOIN lessons l USING (lesson_id)
        WHERE m.class_id = $class_id AND m.subject_id = $subject_id AND m.term_id = $term_id AND m.pupil_id = $pupil_id
            AND l.held_on <= $day"""
    ((mean, marks),) = transaction.read(query, {**place._asdict(), "day": at.date()})
    return replace(warned, mean=mean, marks=marks)


def _user_of(transaction: Transaction, staff_id: int) -> int | None:
    found = transaction.read("SELECT user_id FROM users WHERE staff_id = $staff", {"staff": staff_id})
    return int(found[0][0]) if found else None
