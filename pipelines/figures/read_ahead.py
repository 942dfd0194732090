"""Reading ahead: what dashboards show unasked is counted before the first deputy opens one."""

from collections.abc import Iterator

from pipelines.figures.attention import Now, concerns, running_together
from pipelines.figures.figures import previous_period, quality_by
from pipelines.figures.work import activity_by
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.records import Role, User
from school.store.school import School

# Reads what a deputy head reads; has no account and cannot sign in.
READER = User(0, "", "заранее", frozenset({Role.DEPUTY}))
BASIS = "today"


def read_figures_ahead(school: School) -> Iterator[str]:
    """Count the whole school's figures of the running terms, one figure a step; yields its name."""
    reader = FigureReader(school, READER, Action.READ_QUALITY)
    now, periods = school.clock(), periods_of(reader)
    running = [row for row in periods if not row.is_whole_year and row.starts_on <= now.date() <= row.ends_on]
    for period in running:
        before = previous_period(periods, period)
        quality_by(reader, BASIS, [before, period] if before else [period], {})
        yield "quality"
        activity_by(FigureReader(school, READER, Action.READ_TEACHER_ACTIVITY), period, {}, now)
        yield "activity"
    for period in running[-1:]:
        concerns(Now(reader, now, running_together(periods, period), periods, BASIS, {}))
        yield "concerns"
