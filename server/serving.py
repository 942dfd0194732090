"""The life of the server: opens the school, starts its background jobs, stops them, closes the school."""

import gc
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import streamlit as st
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pipelines.figures.read_ahead import read_figures_ahead
from school.clock import school_zone
from school.families.lookups.read_ahead import read_diaries_ahead
from school.files.kept import drop_orphans
from school.homework.lookups import read_homework_ahead
from school.notices.lookups.calendars import read_calendars_ahead
from school.register.lookups.read_ahead import read_ahead
from school.sign_in.actions.clock import mind_clock
from school.sign_in.lookups.sessions import needs_first_admin, read_families_ahead, read_staff_ahead
from server import forecast_job
from server.documents import archive_job, paper_job
from server.documents.archive_job import keep_archives
from server.documents.paper_job import PaperPrinter
from server.documents.report_job import ReportKeeper
from server.forecast_job import ForecastKeeper
from server.jobs import Job
from server.joiners_job import LateJoiners
from server.notices import mail_job
from server.notices.push_job import PushSender
from server.session import School, first_code, open_or_leave, school
from server.state.backups import keep_backups
from server.viewings import SECONDS_BETWEEN_NIGHT_LOOKS, SECONDS_BETWEEN_WRITES, erase_at_night, viewings
from server.visits_job import VisitsKeeper

SECONDS_BETWEEN_STEPS, SECONDS_BETWEEN_USERS = 0.05, 0.005
SECONDS_BETWEEN_LOOKS_AT_THE_DAY = 60


def jobs_of(school: School) -> tuple[Job, ...]:
    """Return the background jobs of a school; in seconds.

    The first pages after a start come before anything that can wait; garbage is collected by the clock, never after each
    rerun.
    """
    forecast, reports, backups = ForecastKeeper(school), ReportKeeper(school), keep_backups(school)
    visits, mail, pushes = VisitsKeeper(school), mail_job.sender(school), PushSender(school)
    joiners, papers, archives = LateJoiners(school), PaperPrinter(school), keep_archives(school)
    return (
        Job("forecasts", 30, 20, forecast.look, forecast.resume, forecast.stop, forecast_job.asked),
        Job("reports", 60, 40, reports.look, reports.begin, reports.stop),
        Job("archive", 60, 45, archives.look, archives.begin, archives.stop, archive_job.asked),
        Job("papers", 60, 30, papers.look, papers.begin, papers.stop, paper_job.asked),
        Job("backups", 5, 30, backups.look, backups.begin, backups.stop, backups.asked),
        Job("visits", 60, 60, visits.look, None, visits.stop),
        Job("mail", 60, 60, mail.look, None, mail.stop, mail_job.asked),
        Job("pushes", 60, 50, pushes.look, None, pushes.stop),
        Job("announcements", 60, 55, joiners.look),
        Job("garbage", 60, 60, gc.collect),
        Job("clock", 60, 60, lambda: mind_clock(school.store, now=school.clock(), zone=school_zone())),
        Job(
            "viewings",
            SECONDS_BETWEEN_WRITES,
            SECONDS_BETWEEN_WRITES,
            lambda: viewings.write(school),
            end=lambda: viewings.write(school),
        ),
        Job("erasing", SECONDS_BETWEEN_NIGHT_LOOKS, 5 * 60, lambda: erase_at_night(school)),
        Job("reading ahead", SECONDS_BETWEEN_LOOKS_AT_THE_DAY, 1, ReadingAhead(school).look),
    )


class ReadingAhead:
    """Reads ahead after the start and after each midnight: what pages show is of a day, and the first visitor of a morning would wait for it."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.day: date | None = None

    def look(self) -> None:
        """Read ahead where the day is another one than at the last look."""
        today = self.school.clock().date()
        if today != self.day:
            self.day = today
            read_all_ahead(self.school)


def read_all_ahead(school: School) -> None:
    """Read the staff, the registers of today's term and the families' diaries and calendars, count the figures of dashboards; make way for visitors after each step."""
    today = school.clock().date()
    with school.store.sharing_values():
        _read_people_and_lessons_ahead(school, today)
    for _figure in read_figures_ahead(school):
        time.sleep(SECONDS_BETWEEN_STEPS)
    collect_by_the_clock()


def _read_people_and_lessons_ahead(school: School, today: date) -> None:
    for _user in read_staff_ahead(school.store, today):
        time.sleep(SECONDS_BETWEEN_USERS)
    for lessons in read_ahead(school.store, today):
        read_homework_ahead(school.store, lessons)
        time.sleep(SECONDS_BETWEEN_STEPS)
    for _class in read_diaries_ahead(school.store, read_families_ahead(school.store, today), today):
        time.sleep(SECONDS_BETWEEN_STEPS)
    for _class in read_calendars_ahead(school.store, today):
        time.sleep(SECONDS_BETWEEN_STEPS)


def collect_by_the_clock() -> None:
    """Leave what is there for good out of collections, and those of everything to the job that comes by the clock.

    In the middle of a page they looked through all that is kept in memory, a twentieth of all processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000_000)


def send_at_once() -> None:
    """Let the listening sockets of this process, and those they accept, send small answers without delay.

    asyncio does so for sockets that name TCP as their protocol, and Streamlit's does not: each answer but the first of a
    connection would wait some 40 ms for the browser's acknowledgement of the one before.
    """
    for each in [found for found in gc.get_objects() if type(found) is socket.socket]:
        if each.type == socket.SOCK_STREAM and each.family in {socket.AF_INET, socket.AF_INET6}:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the school before the first visitor, do its background jobs while the server runs."""
    open_or_leave()
    store = school().store
    drop_orphans(store)
    mind_clock(store, now=school().clock(), zone=school_zone())
    if needs_first_admin(store):
        sys.stdout.write(f"Код первого входа: {first_code()}\n")
        sys.stdout.flush()
    jobs = jobs_of(school())
    for job in jobs:
        job.start()
    send_at_once()
    collect_by_the_clock()
    # Beside a page's own thread those of linear algebra only wait: the tables are small.
    threadpool_limits(limits=1)
    try:
        yield
    finally:
        for job in jobs:
            job.stop()
        store.close()
