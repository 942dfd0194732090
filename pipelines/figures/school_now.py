"""The quality of the running period at a glance, as «Обзор» shows it unasked (п. 4.2, 7.2)."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from pipelines.figures.figures import of_period, previous_period, quality_by
from school.analytics.lookups.readers import FigureReader, periods_of
from school.analytics.lookups.tables import PeriodRow, default_period


class SchoolNow(NamedTuple):
    """The running period and the measures of all that its reader sees."""

    period: PeriodRow
    measures: dict[str, Any]


def default_basis(periods: Collection[PeriodRow], today: date) -> str:
    """Return what these periods are looked at by unasked: final marks where those of all are given."""
    if all(period.is_finished(today) for period in periods):
        return "term"
    return "marks" if any(period.is_whole_year for period in periods) else "today"


def school_now(reader: FigureReader) -> SchoolNow | None:
    """Return the measures of the period of the day; None where it has no marks yet."""
    periods = periods_of(reader)
    today = reader.school.clock().date()
    period = default_period(periods, today)
    if period is None:
        return None
    before = previous_period(periods, period)
    # With the period before, as «Обзор» asks: then both are computed once.
    compared = [before, period] if before else [period]
    rows = of_period(quality_by(reader, default_basis([period], today), compared, {}), period)
    if rows.empty:
        return None
    return SchoolNow(period, {str(name): value for name, value in rows.iloc[0].items()})
