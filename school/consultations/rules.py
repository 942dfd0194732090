"""Which times may be offered to families and booked by them, and what is said about it (п. 2.9, 4.7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from school.calendar import day_title
from school.errors import RuleRefused

MINUTES = range(5, 61)
DAYS_AHEAD, MOST_WEEKS, MOST_SLOTS = 120, 16, 60
# No talk begins earlier or ends later.
FIRST_HOUR, LAST_HOUR = time(7), time(21)
PLACE_LENGTH, QUESTION_LENGTH, WORDS_LENGTH, NOTE_LENGTH = 80, 200, 200, 2000
SHORTEST_WORDS = 3
# From one teacher's room to another's.
WALK = timedelta(minutes=5)
# So many bookings may stand before one guardian for one child, a parents' evening aside.
MOST_BOOKED = 5
# So many times are tried before a family is told to choose itself.
MOST_TRIES = 5000


class TimeTaken(RuleRefused):
    """A time was free when it was chosen and is so no more."""


@dataclass(frozen=True, order=True)
class Times:
    """When a talk or a lesson begins and ends."""

    begins_at: datetime
    ends_at: datetime

    def meets(self, other: "Times", apart: timedelta = timedelta(0)) -> bool:
        """Whether both are at one time, or less than ``apart`` lies between them."""
        return self.begins_at < other.ends_at + apart and other.begins_at < self.ends_at + apart

    @property
    def day(self) -> date:
        """The day."""
        return self.begins_at.date()

    @property
    def words(self) -> str:
        """«17:10–17:20»."""
        return f"{self.begins_at:%H:%M}–{self.ends_at:%H:%M}"


@dataclass(frozen=True)
class Hours:
    """A day, from when to when, and how many minutes each family has."""

    day: date
    starts: time
    ends: time
    minutes: int

    def times(self) -> Iterator[Times]:
        """Yield the times of the families, the first first; what is left at the end is too short for one more."""
        begins, end = datetime.combine(self.day, self.starts), datetime.combine(self.day, self.ends)
        each = timedelta(minutes=self.minutes)
        while each and begins + each <= end:
            yield Times(begins, begins + each)
            begins += each


@dataclass(frozen=True)
class Appointment:
    """A talk that somebody has already: when, with whom of the staff, and about which child (None: they receive others)."""

    times: Times
    staff_id: int
    staff_name: str
    pupil_id: int | None


def check_hours(hours: Hours, now: datetime) -> None:
    """Raise RuleRefused for a day or hours at which nobody is received."""
    if hours.minutes not in MINUTES:
        raise RuleRefused(
            f"На семью {hours.minutes} мин.", next_step=f"Назовите от {MINUTES[0]} до {MINUTES[-1]} минут."
        )
    if not FIRST_HOUR <= hours.starts < hours.ends <= LAST_HOUR:
        raise RuleRefused(
            f"Время с {hours.starts:%H:%M} до {hours.ends:%H:%M} не подходит.",
            next_step=f"Начало раньше конца, с {FIRST_HOUR:%H:%M} до {LAST_HOUR:%H:%M}.",
        )
    if datetime.combine(hours.day, hours.starts) <= now:
        raise RuleRefused("Это время уже прошло.", next_step="Выберите другой день или час.")
    if hours.day > now.date() + timedelta(DAYS_AHEAD):
        raise RuleRefused(f"До этого дня больше {DAYS_AHEAD} дней.", next_step="Выберите день поближе.")
    count = sum(1 for _ in hours.times())
    if not count:
        raise RuleRefused(
            "В это время не помещается ни одна встреча.", next_step="Продлите время или сократите встречи."
        )
    if count > MOST_SLOTS:
        raise RuleRefused(f"Встреч больше {MOST_SLOTS}.", next_step="Сделайте их длиннее или время короче.")


def check_weeks(weeks: int) -> None:
    """Raise RuleRefused for more weeks than a time is repeated in."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise RuleRefused(f"Недель {weeks}.", next_step=f"Назовите от 1 до {MOST_WEEKS}.")


def check_place(place: str) -> str:
    """Return where or how as it is kept; raises RuleRefused where nothing is said."""
    return _checked(place, PLACE_LENGTH, "Не сказано, где или как: кабинет, телефон, видеосвязь.", "Место")


def check_question(question: str) -> str:
    """Return what the family wants to speak of, or nothing; raises RuleRefused where it is too long."""
    return _checked(question, QUESTION_LENGTH, "", "Вопрос")


def check_words(words: str, *, is_wanted: bool) -> str:
    """Return the words with which one side cancels; the school must give some to the family. Raises RuleRefused."""
    nothing = "Семье не сказано, почему встречи не будет." if is_wanted else ""
    return _checked(words, WORDS_LENGTH, nothing, "Пояснение")


def check_note(note: str) -> str:
    """Return a note; raises RuleRefused where it is too long."""
    return _checked(note, NOTE_LENGTH, "", "Заметка")


def _checked(text: str, most: int, nothing: str, what: str) -> str:
    kept = text.strip()
    if nothing and len(kept) < SHORTEST_WORDS:
        raise RuleRefused(nothing, next_step="Напишите это в нескольких словах.")
    if len(kept) > most:
        raise RuleRefused(f"{what}: больше {most} знаков.", next_step="Сократите текст.")
    return kept


def free_times(wanted: Iterable[Times], *busy: Iterable[Times]) -> list[Times]:
    """Return those of the times at which nothing else is: neither a lesson nor another talk."""
    taken = [each for of_kind in busy for each in of_kind]
    return [each for each in wanted if not any(each.meets(other) for other in taken)]


def check_once_a_day(wanted: Appointment, of_child: Iterable[Appointment]) -> None:
    """Raise RuleRefused where somebody of the family has booked the same teacher for the same child on that day."""
    for each in of_child:
        if each.staff_id == wanted.staff_id and each.times.day == wanted.times.day:
            raise RuleRefused(
                f"{wanted.staff_name}: на этот день ребёнок уже записан, в {each.times.begins_at:%H:%M}.",
                next_step="Если время не подходит, сначала отмените прежнюю запись.",
            )


def check_guardian_free(wanted: Appointment, own: Iterable[Appointment]) -> None:
    """Raise RuleRefused where a guardian is elsewhere then, or has no time to walk from one teacher to the other."""
    for each in own:
        is_same_teacher = each.staff_id == wanted.staff_id
        if not wanted.times.meets(each.times, timedelta(0) if is_same_teacher else WALK):
            continue
        met = f"{wanted.staff_name}, {wanted.times.words}"
        if each.pupil_id is None:
            raise RuleRefused(
                f"{met}: в {each.times.begins_at:%H:%M} вы сами заняты в школе: урок или семья на приёме.",
                next_step="Выберите другое время.",
            )
        if wanted.times.meets(each.times):
            raise RuleRefused(
                f"{met}: в это время вы записаны к другому учителю ({each.staff_name}, {each.times.words}).",
                next_step="Выберите другое время.",
            )
        raise RuleRefused(
            f"{met}: рядом другая встреча ({each.staff_name}, {each.times.words}).",
            f"На переход между учителями нужно {WALK.seconds // 60} минут.",
            "Выберите время пораньше или попозже.",
        )


def check_not_begun(times: Times, now: datetime) -> None:
    """Raise RuleRefused for a time that is over or has begun: nothing is booked or cancelled any more."""
    if times.begins_at <= now:
        raise RuleRefused("Это время уже наступило.", next_step="Выберите другое или позвоните в школу.")


def check_begun(times: Times, now: datetime) -> None:
    """Raise RuleRefused for a note before the talk."""
    if times.begins_at > now:
        raise RuleRefused("Встреча ещё не началась.", next_step="Заметку пишут после неё.")


def check_stands(cancelled_at: datetime | None) -> None:
    """Raise RuleRefused for a booking that was cancelled already."""
    if cancelled_at is not None:
        raise RuleRefused("Эта запись уже отменена.", next_step="Обновите страницу.")


def moment_words(times: Times) -> str:
    """Return «3 декабря, четверг, 17:10–17:20»."""
    return f"{day_title(times.day)}, {times.words}"


def fitted_times(
    wanted: Sequence[tuple[int, Sequence[Times]]], busy: Iterable[tuple[int, Times]]
) -> list[Times] | None:
    """Choose a time for each teacher so that a guardian can walk from one to the next; None where that cannot be found.

    ``wanted``: teachers with their free times, ``busy``: those whom the guardian sees anyway. Whoever has few times left is
    placed first, at the earliest that fits.
    """
    order = sorted(range(len(wanted)), key=lambda place: len(wanted[place][1]))
    placed: dict[int, Times] = {}
    seen, tries = list(busy), 0

    def place_next(number: int) -> bool:
        nonlocal tries
        if number == len(order):
            return True
        staff_id, times = wanted[order[number]]
        for each in sorted(times):
            tries += 1
            if tries > MOST_TRIES:
                return False
            if any(each.meets(other, timedelta(0) if staff_id == of else WALK) for of, other in seen):
                continue
            placed[order[number]] = each
            seen.append((staff_id, each))
            if place_next(number + 1):
                return True
            seen.pop()
        return False

    return [placed[place] for place in range(len(wanted))] if place_next(0) else None
