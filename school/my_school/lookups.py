"""A pupil's timetable with marks in the shape of the published contract, and what the administrator sees of the route."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from school.access.action import Action
from school.access.checks import check_may
from school.calendar import school_year_title
from school.families.lookups.diary import DiaryCell, cells_of_pupil, diary_pupil
from school.families.store.diaries import bell_times, room_of, rooms_of_class
from school.my_school import store as rows
from school.my_school.records import KnownPupil, ScheduleClient
from school.my_school.rules import ABSENT, LATE, SCORE_SYSTEM, filled, outward_id
from school.records import AbsenceReason, Lesson, Role, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson, lessons_of_pupil
from school.register.store.registers import subject_names
from school.store.connection import Store
from school.store.settings import setting

Document = dict[str, object]


@dataclass(frozen=True)
class RouteState:
    """Whether the route answers, the systems let in, and how many pupils have a number in ЕСИА."""

    is_on: bool
    clients: Sequence[ScheduleClient]
    pupils: int


def route_state(store: Store, user: User) -> RouteState:
    """Return how the route stands. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    return RouteState(is_route_on(store), rows.clients(store), rows.pupils_with_esia(store))


def esia_id_on_card(store: Store, user: User, pupil_id: int) -> str:
    """Return a pupil's number in ЕСИА, empty where there is none. Raises AccessRefused."""
    check_may(user, Action.MOVE_PUPILS)
    return rows.esia_id_of(store, pupil_id) or ""


def is_route_on(store: Store) -> bool:
    """Whether the route answers at all."""
    return setting(store, rows.ON_SETTING) == "1"


def is_open_client(store: Store, client_id: str) -> bool:
    """Whether a system may still ask."""
    return rows.secret_hash_of(store, client_id) is not None


def pupil_of_esia(store: Store, esia_id: str) -> KnownPupil | None:
    """Return the pupil with a number in ЕСИА, or None; for a system whose token was checked."""
    return rows.pupil_of_esia(store, esia_id)


def schedule_of(
    store: Store,
    pupil: KnownPupil,
    esia_id: str,
    span: tuple[date, date],
    *,
    now: datetime,
    zone: ZoneInfo,
    url: str,
) -> Document:
    """Return the document «Schedule» about a pupil: what the pupil's own diary shows of these days, both inclusive.

    ``url``: where the family opens the diary. Lessons that are cancelled, or have no time of bells, are not in it.
    """
    reader = User(0, "", "", frozenset({Role.PUPIL}), pupil_ids=frozenset({pupil.pupil_id}))
    diary = diary_pupil(store, reader, pupil.pupil_id, now.date(), now)
    dated = [each for each in lessons_of_pupil(store, pupil.pupil_id, *span) if not each.is_cancelled]
    ids = [each.lesson_id for each in dated]
    lessons, cells = lessons_by_id(store, ids), cells_of_pupil(store, diary, ids)
    described: dict[int, list[Document]] = {}
    drawn = _Drawn(store, pupil, zone)
    for each in dated:
        if each.number in drawn.bells:
            one = drawn.lesson(each, lessons[each.lesson_id], cells.get(each.lesson_id, DiaryCell()))
            described.setdefault(each.class_id, []).append(one)
    return {
        "resourceType": "Schedule",
        "id": esia_id,
        "meta": {"lastUpdated": now.replace(tzinfo=zone).isoformat(timespec="seconds")},
        "school": list(_schools(store, pupil, described, span, url)),
    }


def _schools(
    store: Store, pupil: KnownPupil, described: dict[int, list[Document]], span: tuple[date, date], url: str
) -> Iterator[Document]:
    """Yield the school once for each school year of the days asked for."""
    classes = rows.classes_named(store, described.keys())
    for year in sorted({year for _, _, year in classes.values()}):
        yield {
            "id": outward_id("school", pupil.school_name, pupil.school_id),
            "name": pupil.school_name,
            "scheduleUrl": url,
            "period": {"start": span[0].isoformat(), "end": span[1].isoformat()},
            "academYear": school_year_title(year),
            "class": [
                {"class": name.lower(), "grade": grade, "lesson": described[class_id]}
                for class_id, (name, grade, of_year) in classes.items()
                if of_year == year
            ],
        }


class _Drawn:
    """Lessons in the words of the contract."""

    def __init__(self, store: Store, pupil: KnownPupil, zone: ZoneInfo) -> None:
        self.store, self.pupil, self.zone = store, pupil, zone
        self.bells, self.subjects = bell_times(store), subject_names(store)

    def lesson(self, dated: DatedLesson, lesson: Lesson, cell: DiaryCell) -> Document:
        """Return a lesson with what the pupil has at it."""
        starts_at, ends_at = self.bells[dated.number]
        return filled(
            id=outward_id("lesson", self.pupil.school_name, dated.lesson_id),
            subject=self.subjects[dated.subject_id],
            topic=lesson.topic or None,
            homework=lesson.homework or None,
            period={
                "start": self._moment(dated.held_on, starts_at),
                "end": self._moment(dated.held_on, ends_at),
            },
            classroom=room_of(rooms_of_class(self.store, dated.class_id), dated),
            attendance=self._attendance(cell),
            score=[
                filled(
                    code=mark.work_type or None,
                    weight=mark.weight,
                    score=str(mark.value),
                    scoreSystem=SCORE_SYSTEM,
                )
                for mark in cell.marks
            ],
        )

    def _moment(self, day: date, at: time) -> str:
        return datetime.combine(day, at, self.zone).isoformat(timespec="seconds")

    @staticmethod
    def _attendance(cell: DiaryCell) -> Document | None:
        if cell.absence is None:
            return None
        return {"code": LATE if cell.absence is AbsenceReason.LATE else ABSENT}
