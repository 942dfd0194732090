"""Arrivals, departures, transfers and subgroups by day (п. 4.3, 4.6): what may be, and what stands in the way.

The day of a movement is the first day in the new place; on the day before it the pupil was still in the old one. The
day of the order is written in words apart, since orders are often dated earlier or later.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from school.errors import ReasonRequired, RuleRefused
from school.people.records import ClassOfYear, Division, LaterEntry, Movement, MovementKind, Stay

LONGEST_ORDER, LONGEST_REASON, LONGEST_WHERE = 80, 200, 120
ENTRIES_NAMED = 3


MOVEMENT_TITLES: dict[MovementKind, str] = {
    MovementKind.ARRIVAL: "прибытие",
    MovementKind.DEPARTURE: "выбытие",
    MovementKind.TRANSFER: "перевод в другой класс",
}
DEPARTURE_REASONS = (
    "переход в другую школу",
    "переход в школу другого региона",
    "переезд",
    "окончание школы",
    "семейное образование",
    "поступление в колледж",
    "по иным причинам",
)

# Headings of the report of movement; a reason in other words, or one that leaves it open, is counted under the last.
OTHER_DEPARTURES = "по иным причинам"
DEPARTURE_KINDS: dict[str, tuple[str, ...]] = {
    "в школу своего региона": ("переход в другую школу",),
    "за пределы региона": ("переход в школу другого региона",),
    "в колледж (СПО)": ("поступление в колледж",),
    "окончили школу": ("окончание школы",),
    "семейное образование": ("семейное образование",),
    OTHER_DEPARTURES: ("переезд", OTHER_DEPARTURES),
}
_KIND_OF_REASON = {reason: kind for kind, reasons in DEPARTURE_KINDS.items() for reason in reasons}


def nearest_school_day(years: Collection[tuple[date, date]], day: date) -> date:
    """Return the day by which lists are made: the day itself, in holidays between years the nearest school day ahead.

    ``years`` hold the first and last day of each school year; after the last of them it is its last day.
    """
    if not years or any(first <= day <= last for first, last in years):
        return day
    ahead = [first for first, _ in years if first > day]
    return min(ahead) if ahead else max(last for _, last in years)


def check_day_of_year(place: ClassOfYear, day: date) -> None:
    """Raise RuleRefused for a day outside the school year of the class."""
    first, last = place.first_day, place.last_day
    if (first and day < first) or (last and day > last + timedelta(days=1)):
        raise RuleRefused(
            "День не подходит.",
            f"Учебный год {place.name} идёт с {first:%d.%m.%Y} по {last:%d.%m.%Y}.",
            "Укажите день учебного года.",
        )


def check_may_enter(stays: Sequence[Stay], target: ClassOfYear, day: date) -> None:
    """Raise RuleRefused where the pupil would be in two classes of one school year at once."""
    check_day_of_year(target, day)
    for stay in stays:
        is_open = stay.ends_on is None or stay.ends_on > day
        if stay.place.school_year == target.school_year and is_open:
            raise RuleRefused(
                f"Ученик уже в классе {stay.place.name}.",
                "В одном учебном году ученик числится в одном классе.",
                "Переведите его из этого класса или отметьте выбытие.",
            )


def check_may_leave(stay: Stay | None, day: date) -> Stay:
    """Return the stay that ends on the day; raises RuleRefused where there is none, or it would end before it began.

    A stay may end on the day it begins, as of a pupil who went up into a class and left in summer: no list holds it.
    """
    if stay is None:
        raise RuleRefused("Ученика нет в этом классе.", next_step="Обновите страницу.")
    check_day_of_year(stay.place, day)
    if stay.ends_on is not None:
        raise RuleRefused(
            f"Ученик уже выбывает из {stay.place.name}.",
            f"День выбытия: {stay.ends_on:%d.%m.%Y}.",
            "Если он ошибочный, отмените последнее движение в карточке.",
        )
    if stay.starts_on is not None and day < stay.starts_on:
        raise RuleRefused(
            "День раньше прихода в класс.",
            f"В {stay.place.name} ученик с {stay.starts_on:%d.%m.%Y}.",
            "Укажите этот день, более поздний, или отмените движение, которое привело ученика.",
        )
    return stay


def check_transfer(stay: Stay, target: ClassOfYear) -> None:
    """Raise RuleRefused unless the target is another class of the same school and school year."""
    here = stay.place
    if target.class_id == here.class_id:
        raise RuleRefused("Ученик и так в этом классе.", next_step="Выберите другой класс.")
    if (target.school_year, target.school_id) != (here.school_year, here.school_id):
        raise RuleRefused(
            "Этот класс другого учебного года.",
            "На новый год классы переводит открытие учебного года.",
            "Выберите класс того же года.",
        )


def is_of_other_grade(own: int | None, other: int | None) -> bool:
    """Whether two classes are known to be of different grade levels: a move between them is rare, and no mistake by itself."""
    return own is not None and other is not None and own != other


def check_somebody_moves(pupil_ids: Collection[int]) -> None:
    """Raise RuleRefused where nobody is chosen to be moved."""
    if not pupil_ids:
        raise RuleRefused("Никто не выбран.", next_step="Отметьте, кого перевести.")


def groups_named_alike(own: Sequence[Division], there: Sequence[Division]) -> list[Division]:
    """Return those subgroups of another class that are called like a pupil's own in the same subject (п. 4.2)."""
    names = {(each.subject_id, each.subgroup.casefold()) for each in own if each.is_member}
    return [each for each in there if (each.subject_id, each.subgroup.casefold()) in names]


def subgroups_to_join(there: Sequence[Division], wanted: Collection[int]) -> list[int]:
    """Return the wanted subgroups of a class in order. Raises RuleRefused unless all are of it, and one a subject (п. 4.2)."""
    chosen = [each for each in there if each.subgroup_id in wanted]
    if len(chosen) < len(set(wanted)) or len({each.subject_id for each in chosen}) < len(chosen):
        raise RuleRefused(
            "Подгруппы этого класса уже другие.", next_step="Обновите страницу и выберите их снова."
        )
    return [each.subgroup_id for each in chosen]


def check_entries_after(
    entries: Sequence[LaterEntry], place: str, *, removes_absences: bool
) -> list[LaterEntry]:
    """Return the absences to remove from the old register when a pupil leaves it back in time.

    Raises RuleRefused where a mark or a lateness says that the pupil was still there, or where the term is closed:
    marks of the past stay with the class that gave them. Raises ReasonRequired where absences are to be removed and
    nobody has agreed to it: a pupil who had left did not miss lessons.
    """
    contrary = [entry for entry in entries if entry.tells_presence or entry.term_is_closed]
    if contrary:
        last = max(entry.held_on for entry in contrary)
        raise RuleRefused(
            f"В журнале {place} есть записи на этот день или позже: {_entries_text(contrary)}.",
            "Отметки остаются в журнале того класса, где их поставили.",
            f"Укажите день не раньше {last + timedelta(days=1):%d.%m.%Y} (дата приказа пишется отдельно) "
            "или попросите учителя убрать ошибочную запись.",
        )
    if entries and not removes_absences:
        raise ReasonRequired(
            f"В журнале {place} на этот день или позже отмечены пропуски: {len(entries)}.",
            "Кого в классе уже нет, тот уроков не пропускает.",
            "Подтвердите, что эти пропуски надо убрать, или укажите более поздний день.",
        )
    return list(entries)


def _entries_text(entries: Sequence[LaterEntry]) -> str:
    ordered = sorted(entries, key=lambda entry: (entry.held_on, entry.subject), reverse=True)
    named = ", ".join(f"{entry.subject} {entry.held_on:%d.%m}" for entry in ordered[:ENTRIES_NAMED])
    rest = len(ordered) - ENTRIES_NAMED
    return f"{named} и ещё {rest}" if rest > 0 else named


def check_words(order_title: str, reason: str) -> tuple[str, str]:
    """Return the order and the reason of a movement without stray blanks; raises RuleRefused for too long ones."""
    order, why = " ".join(order_title.split()), " ".join(reason.split())
    if len(order) > LONGEST_ORDER or len(why) > LONGEST_REASON:
        raise RuleRefused(
            "Слишком длинно.",
            f"Приказ — до {LONGEST_ORDER} знаков, причина — до {LONGEST_REASON}.",
            "Сократите.",
        )
    return order, why


def check_where(where: str) -> str:
    """Return the place that a pupil comes from or goes to without stray blanks; raises RuleRefused for too long a one."""
    known = " ".join(where.split())
    if len(known) > LONGEST_WHERE:
        raise RuleRefused(f"Откуда или куда — до {LONGEST_WHERE} знаков.", next_step="Сократите название.")
    return known


def where_words(movement: Movement) -> list[str]:
    """Return where a pupil came from or goes to: «откуда: школа № 5»; nothing where nobody said."""
    sides = (("откуда", movement.from_where), ("куда", movement.to_where))
    return [f"{title}: {where}" for title, where in sides if where]


def departure_kind(reason: str) -> str:
    """Return under which heading a report of movement counts a departure for a reason (п. 4.6)."""
    return _KIND_OF_REASON.get(reason.strip().casefold(), OTHER_DEPARTURES)


def check_departure_reason(reason: str) -> None:
    """Raise RuleRefused where nobody says why a pupil leaves."""
    if not reason.strip():
        raise RuleRefused("Причина выбытия не указана.", next_step="Выберите или напишите её.")


def check_is_newest(movements: Sequence[Movement], movement_id: int) -> Movement:
    """Return a pupil's newest movement (they come newest first) if it is the one asked about; raises RuleRefused."""
    if not movements or movements[0].movement_id != movement_id:
        raise RuleRefused(
            "Отменить можно только последнее движение.",
            "За этим движением есть более позднее, или его уже отменили.",
            "Обновите карточку и отмените сначала более позднее.",
        )
    return movements[0]


def check_no_later_year(stays: Sequence[Stay], school_year: int) -> None:
    """Raise RuleRefused where the pupil has gone up since: a movement of a year that is over stays as it was."""
    later = [stay.place for stay in stays if stay.place.school_year > school_year]
    if later:
        raise RuleRefused(
            "Ученик уже переведён в следующий учебный год.",
            f"Он записан в {later[-1].name}: в прошлом году он оказался бы в двух классах сразу.",
            "Оформите выбытие или перевод в классе нового учебного года.",
        )


def check_terms_open(entries: Sequence[LaterEntry]) -> None:
    """Raise RuleRefused where absences would come back into a closed term."""
    if any(entry.term_is_closed for entry in entries):
        raise RuleRefused(
            "Учебный период закрыт.",
            "Вместе с движением вернулись бы пропуски, убранные при нём.",
            "Попросите заместителя директора открыть его.",
        )


def check_nothing_entered_since(entries: Sequence[LaterEntry]) -> None:
    """Raise RuleRefused where the register of the new class says something of the pupil already."""
    if entries:
        raise RuleRefused(
            f"Движение не отменить: в журнале нового класса есть записи: {_entries_text(entries)}.",
            "Отметки и пропуски остались бы без ученика.",
            "Попросите учителя убрать их или оформите перевод обратно.",
        )
