"""What dashboards show first is counted before anybody asks, and nothing where there is nothing to count."""

from datetime import date, datetime, time, timedelta

import pytest
from small_school import NOW, People

from pipelines.figures.figures import previous_period, quality_by
from pipelines.figures.read_ahead import BASIS, read_figures_ahead
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.store.connection import Store
from school.store.school import School
from server import serving


def test_the_first_deputy_finds_the_figures_counted(school_store: Store, people: People) -> None:
    school = School(school_store, lambda: NOW)
    assert {"quality", "activity", "concerns"} <= set(read_figures_ahead(school))
    asked: list[str] = []
    ask = school_store.ask
    school_store.ask = lambda sql: (asked.append(sql), ask(sql))[1]  # type: ignore[method-assign]
    reader = FigureReader(school, people.deputy, Action.READ_QUALITY)
    periods = periods_of(reader)
    (running, *_) = (
        row for row in periods if row.starts_on <= NOW.date() <= row.ends_on and not row.is_whole_year
    )
    before = previous_period(periods, running)
    rows = quality_by(reader, BASIS, [before, running] if before else [running], {})
    assert (len(rows) > 0, asked) == (True, [])


def test_a_day_is_read_ahead_once_and_the_next_one_after_midnight(
    school_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [NOW]
    school = School(school_store, lambda: moments[-1])
    days: list[date] = []
    read = serving.read_all_ahead

    def counted(asked: School) -> None:
        days.append(asked.clock().date())
        read(asked)

    monkeypatch.setattr(serving, "read_all_ahead", counted)
    monkeypatch.setattr(serving, "SECONDS_BETWEEN_STEPS", 0)
    ahead = serving.ReadingAhead(school)
    ahead.look()
    moments.append(datetime.combine(NOW.date(), time(23, 59)))
    ahead.look()
    tomorrow = NOW.date() + timedelta(days=1)
    moments.append(datetime.combine(tomorrow, time(0, 1)))
    ahead.look()
    assert days == [NOW.date(), tomorrow]


def test_a_school_without_terms_has_nothing_to_count(empty_store: Store) -> None:
    assert list(read_figures_ahead(School(empty_store, lambda: NOW))) == []
