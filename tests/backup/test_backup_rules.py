"""Which backups stay, when the next is taken, what is red (п. 6.1, 8.6)."""

from datetime import datetime, timedelta

import pytest

from school.backup.records import Cause, Deed, Outcome
from school.backup.rules import signs
from school.backup.rules.keeping import Taken, has_space, is_disk_full, is_due, is_stale, kept_names
from school.backup.rules.signs import Light

NOW = datetime(2026, 11, 28, 9, 0)
LONG_AGO = NOW - timedelta(days=400)
GIGABYTE = 1024**3


def nightly(*days: str) -> list[Taken]:
    return [Taken(day, datetime.fromisoformat(f"{day}T02:30"), Cause.NIGHT) for day in days]


def test_a_year_of_nights_leaves_days_weeks_months_and_school_years() -> None:
    nights = [
        Taken(f"{day:%Y-%m-%d}", day, Cause.NIGHT)
        for day in (datetime(2024, 9, 1, 2, 30) + timedelta(days=each) for each in range(819))
    ]
    assert sorted(kept_names(nights), reverse=True) == [
        # Seven days; the Sundays of five weeks; the last nights of twelve months; of the school year before, its last night.
        *("2026-11-28", "2026-11-27", "2026-11-26", "2026-11-25", "2026-11-24", "2026-11-23", "2026-11-22"),
        *("2026-11-15", "2026-11-08", "2026-11-01", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31"),
        *("2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31", "2025-12-31"),
        "2025-08-31",
    ]


@pytest.mark.parametrize(
    ("backups", "gone"),
    [
        (nightly("2026-11-28"), set()),
        # A summer without the server costs no backup: only days on which there was one count.
        (nightly("2026-05-20", "2026-05-21", "2026-09-01"), set()),
        # Of one day the last stays…
        ([Taken("a", NOW, Cause.NIGHT), Taken("b", NOW + timedelta(hours=1), Cause.NIGHT)], {"a"}),
        # … but what somebody asked for stays as well, the last five of it…
        ([Taken(str(n), NOW + timedelta(minutes=n), Cause.BUTTON) for n in range(7)], {"0", "1"}),
        # … and so does one taken before an import.
        ([Taken("a", NOW, Cause.IMPORT), Taken("b", NOW + timedelta(hours=1), Cause.BUTTON)], set()),
        ([Taken(str(n), NOW + timedelta(minutes=n), Cause.IMPORT) for n in range(8)], {"0", "1", "2"}),
    ],
)
def test_rotation_takes_away_only_what_newer_ones_stand_for(backups: list[Taken], gone: set[str]) -> None:
    assert {each.name for each in backups} - kept_names(backups) == gone


@pytest.mark.parametrize(
    ("now", "last", "failed", "due"),
    [
        ("2026-11-28T02:29", "2026-11-27T02:30", None, False),
        ("2026-11-28T02:30", "2026-11-27T02:30", None, True),
        ("2026-11-28T02:31", "2026-11-28T02:30", None, False),
        ("2026-11-28T09:00", "2026-11-27T20:00", None, True),  # switched on in the morning
        ("2026-11-28T09:00", None, None, True),
        ("2026-11-28T02:40", "2026-11-27T02:30", "2026-11-28T02:30", False),  # tried a moment ago
        ("2026-11-28T03:31", "2026-11-27T02:30", "2026-11-28T02:30", True),
        ("2026-11-28T09:00", "2099-01-01T00:00", None, True),  # taken by a clock that was wrong
    ],
)
def test_the_nightly_backup_is_due_at_half_past_two_or_as_soon_as_it_can(
    now: str, last: str | None, failed: str | None, due: bool
) -> None:
    moments = [None if each is None else datetime.fromisoformat(each) for each in (last, failed)]
    assert is_due(datetime.fromisoformat(now), *moments) is due


@pytest.mark.parametrize(
    ("hours", "school_days", "up_hours", "stale"),
    [
        (25, 400, 100, False),
        (27, 400, 100, True),
        (None, 400, 100, True),
        (None, 0, 100, False),  # the first day of a school
        (60, 400, 0, False),  # switched on after a weekend: the backup is on its way
    ],
)
def test_a_backup_older_than_26_hours_is_stale(
    hours: int | None, school_days: int, up_hours: int, stale: bool
) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    school_began, up = NOW - timedelta(days=school_days), NOW - timedelta(hours=up_hours)
    assert is_stale(NOW, last, school_began, up) is stale


def test_room_for_two_backups_must_be_free() -> None:
    assert has_space(2 * GIGABYTE, GIGABYTE)
    assert not has_space(2 * GIGABYTE - 1, GIGABYTE)
    assert is_disk_full(GIGABYTE // 8, 0)
    assert not is_disk_full(GIGABYTE, GIGABYTE // 2)


def drill(days_ago: int, problem: str = "") -> Outcome:
    return Outcome(Deed.DRILL, NOW - timedelta(days=days_ago), "x", 130, "Адамов Л.", problem)


@pytest.mark.parametrize(
    ("sign", "light", "words"),
    [
        (signs.drill_sign(NOW, drill(89), LONG_AGO), Light.GOOD, "Адамов Л., заняло 2 мин"),
        (signs.drill_sign(NOW, drill(91), LONG_AGO), Light.BAD, "больше 90 дней"),
        (signs.drill_sign(NOW, drill(1, "Копия испорчена."), LONG_AGO), Light.BAD, "Не получилось"),
        (signs.drill_sign(NOW, None, LONG_AGO), Light.BAD, "не проводилось"),
        (signs.drill_sign(NOW, None, NOW), Light.SOON, "не проводилось"),
        (signs.copy_sign("", True, None, NOW, NOW), Light.SOON, "на одном диске"),
        (signs.copy_sign("/usb", False, None, NOW, NOW), Light.BAD, "нет ключа"),
        (signs.store_sign("Диск был полон."), Light.BAD, "Диск был полон."),
        (signs.disk_sign(3 * GIGABYTE, 0, GIGABYTE), Light.SOON, "3,0 ГБ"),
        (signs.disk_sign(GIGABYTE, 0, GIGABYTE), Light.BAD, "не хватит"),
        (signs.memory_sign(95, 100), Light.BAD, "занимает"),
        (signs.queue_sign(0), Light.GOOD, "Никто не ждёт"),
        (signs.queue_sign(500), Light.BAD, "500"),
        (signs.saves_sign(0, None), Light.GOOD, "ещё не ставили"),
        (signs.saves_sign(900, 0.042), Light.GOOD, "42 мс; всего 900"),
        (signs.saves_sign(900, 7.0), Light.BAD, "7,0 с"),
        (signs.clock_sign(NOW, "Europe/Moscow", NOW + timedelta(days=1)), Light.BAD, "отстали"),
        (signs.clock_sign(NOW, "Europe/Moscow", None), Light.GOOD, "Europe/Moscow"),
        (signs.errors_sign(3), Light.SOON, "3"),
    ],
)
def test_every_light_has_words_and_a_red_one_says_what_to_do(
    sign: signs.Sign, light: Light, words: str
) -> None:
    assert sign.light is light
    assert words in sign.words
    assert sign.advice or light is not Light.BAD
