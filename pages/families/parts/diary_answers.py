"""Each page of the diary for an address; what was drawn stays in memory until something it shows changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pages.families.parts.diary_html import drawn, week_title
from school.access.action import Action
from school.access.checks import may_somewhere
from school.errors import Refusal
from school.excuses.lookups import family_excuses
from school.families.lookups.diary import DiaryPupil, children_of, diary_lesson_ids, diary_pupil
from school.families.lookups.marks import diary_absences, diary_marks
from school.families.lookups.remarks import diary_remarks
from school.families.lookups.subject import diary_subject
from school.families.lookups.week import diary_week, last_day_shown
from school.families.rules import REMARK_TITLES, monday_of
from school.homework.rules.due_days import LONGEST_DAYS
from school.notices.lookups.own import letters_are_refused
from school.received import id_of
from school.records import AbsenceReason, Role, User
from school.sign_in.lookups.own_sign_ins import DeviceNotice
from server.session import School, is_of_family_only

YEARS_SHOWN = range(2000, 2100)


@dataclass(frozen=True)
class DiaryFrame:
    """What stands around every page: whose diary, which page, the other children, remarks that wait to be read, how much is new.

    ``announced``: how many announcements wait to be opened or confirmed, ``letters``: in how many threads something is unread, by child.
    """

    pupil: DiaryPupil
    place: str
    children: dict[int, str]
    unread: int
    new: dict[int, int]
    announced: dict[int, int]
    letters: dict[int, int]


@dataclass(frozen=True)
class Asked:
    """Who asks for whose diary; ``codes`` are what stands after «?», ``notices`` sign-ins from new devices to tell of.

    ``new``: (child, how many things are new) of a family; ``marks_wait``: whether it does not see the marks of this day yet,
    ``announced``: (child, announcements that wait), ``letters``: (child, in how many threads something is unread),
    ``steps``: those of a first visit, to be shown on the first page.
    """

    school: School
    user: User
    pupil_id: int
    codes: dict[str, str]
    notices: tuple[DeviceNotice, ...] = ()
    new: tuple[tuple[int, int], ...] = ()
    marks_wait: bool = False
    announced: tuple[tuple[int, int], ...] = ()
    letters: tuple[tuple[int, int], ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def now(self) -> datetime:
        """The school's moment."""
        return self.school.clock()

    @property
    def today(self) -> date:
        """The school's day."""
        return self.school.clock().date()

    @property
    def term_id(self) -> int | None:
        """The term of the address, or None."""
        return id_of(self.codes.get("term"))

    @property
    def day(self) -> date:
        """A day of the week of the address, or today."""
        return day_of(self.codes.get("week", "")) or self.today

    def frame(self, place: str) -> DiaryFrame:
        """Return what stands around a page. Raises AccessRefused or Refusal."""
        store, now = self.school.store, self.school.clock()
        pupil = diary_pupil(store, self.user, self.pupil_id, now.date())
        is_guardian = Role.GUARDIAN in self.user.roles and may_somewhere(self.user, Action.CONFIRM_REMARK)
        remarks = diary_remarks(store, self.user, self.pupil_id, now=now) if is_guardian else []
        return DiaryFrame(
            pupil,
            place,
            children_of(store, self.user),
            sum(each.may_confirm for each in remarks),
            dict(self.new),
            dict(self.announced),
            dict(self.letters),
        )

    def drawn(self, template: str, place: str, title: str, **words: object) -> bytes:
        """Return a page of this diary."""
        page = self.frame(place)
        return drawn(
            template,
            page=page,
            title=f"{title}: {page.pupil.name}",
            user=self.user,
            is_staff=not is_of_family_only(self.user),
            today=self.today,
            notices=self.notices,
            letters_fail=letters_are_refused(self.school.store, self.user),
            **words,
        )

    def remembered(
        self, place: str, days: Callable[[], tuple[date, date]], draw: Callable[[], bytes]
    ) -> bytes:
        """Return a page from memory, drawn again once an entry of the pupil or of these days' lessons, or anything else, may have changed it."""
        store = self.school.store
        code = self.day.toordinal() if place == "" else self.term_id
        key = (
            "diary",
            self.user,
            self.today,
            self.pupil_id,
            place,
            code,
            self.notices,
            self.new,
            self.announced,
            self.marks_wait,
            self.letters,
            self.steps,
            letters_are_refused(store, self.user),
        )
        lessons = diary_lesson_ids(store, self.user, self.pupil_id, *days())
        return store.cache("diaries").get(key, store.state_of_pupil(self.pupil_id, lessons), draw)

    def days_of_term(self) -> tuple[date, date]:
        """Return the first and the last day of the term asked for. Raises AccessRefused or Refusal."""
        pupil = diary_pupil(self.school.store, self.user, self.pupil_id, self.today)
        term = pupil.term(self.term_id, self.today)
        return (term.starts_on, term.ends_on) if term else (self.today, self.today)


def day_of(text: str) -> date | None:
    """Return the day that an address or a form names, None where it names none that a diary could show."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS_SHOWN else None


def first_child(school: School, user: User) -> int:
    """Return whose diary opens without a choice. Raises AccessRefused, and Refusal where there is none."""
    children = children_of(school.store, user)
    if not children:
        raise Refusal(
            "С вашим входом не связан ни один ребёнок.",
            next_step="Дневник ученика откройте из его карточки; родителю ребёнка добавит классный руководитель.",
        )
    return next(iter(children))


def week_page(asked: Asked) -> bytes:
    """Return the week that the address names. Raises AccessRefused or Refusal."""
    monday = monday_of(asked.day)
    days = monday - timedelta(LONGEST_DAYS), last_day_shown(monday, asked.today)
    return asked.remembered("", lambda: days, lambda: _draw_week(asked, monday))


def _draw_week(asked: Asked, monday: date) -> bytes:
    week = diary_week(
        asked.school.store, asked.user, asked.pupil_id, day=monday, today=asked.today, now=asked.now
    )
    return asked.drawn(
        "week.html",
        "",
        "Дневник",
        week=week,
        steps=asked.steps,
        week_title=week_title(monday, week.days[-1].day),
        before=monday - timedelta(7),
        after=monday + timedelta(7),
        last_day_ahead=last_day_shown(monday, asked.today),
        has_lessons=any(day.lessons for day in week.days),
    )


def marks_page(asked: Asked) -> bytes:
    """Return the marks of a term by subject. Raises AccessRefused or Refusal."""
    return asked.remembered("/marks", asked.days_of_term, lambda: _draw_marks(asked))


def _draw_marks(asked: Asked) -> bytes:
    marks = diary_marks(
        asked.school.store,
        asked.user,
        asked.pupil_id,
        today=asked.today,
        term_id=asked.term_id,
        now=asked.now,
    )
    has_year = any(row.year_mark is not None for row in marks.final_marks)
    return asked.drawn("marks.html", "/marks", "Отметки", marks=marks, has_year=has_year)


def subject_page(asked: Asked, subject_id: int) -> bytes:
    """Return a subject in a term. Raises AccessRefused or Refusal."""

    def draw() -> bytes:
        found = diary_subject(
            asked.school.store,
            asked.user,
            asked.pupil_id,
            subject_id,
            today=asked.today,
            term_id=asked.term_id,
            now=asked.now,
        )
        return asked.drawn("subject.html", "/marks", found.subject.name, found=found, kinds=REMARK_TITLES)

    return asked.remembered(f"/marks/{subject_id}", asked.days_of_term, draw)


def absences_page(asked: Asked) -> bytes:
    """Return what was missed in a term. Raises AccessRefused or Refusal."""
    return asked.remembered("/absences", asked.days_of_term, lambda: _draw_absences(asked))


def _draw_absences(asked: Asked) -> bytes:
    found = diary_absences(
        asked.school.store,
        asked.user,
        asked.pupil_id,
        today=asked.today,
        term_id=asked.term_id,
        now=asked.now,
    )
    late = found.by_reason.get(AbsenceReason.LATE, 0)
    return asked.drawn(
        "absences.html",
        "/absences",
        "Пропуски",
        found=found,
        missed_total=sum(found.by_reason.values()) - late,
        late=late,
        ill=found.by_reason.get(AbsenceReason.ILLNESS, 0),
        unexplained=found.by_reason.get(AbsenceReason.UNKNOWN, 0),
        told=family_excuses(asked.school.store, asked.user, asked.pupil_id, today=asked.today),
    )


def remarks_page(asked: Asked) -> bytes:
    """Return what teachers wrote to the family. Raises AccessRefused or Refusal."""
    found = diary_remarks(asked.school.store, asked.user, asked.pupil_id, now=asked.school.clock())
    return asked.drawn("remarks.html", "/remarks", "Слова учителей", remarks=found, kinds=REMARK_TITLES)
