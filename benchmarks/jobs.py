"""The jobs that are compared with a rival's pages, each by one user, one after another."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.doings import Entries, Hand, open_diary, open_register, open_report
from benchmarks.school_facts import SchoolFacts, TeacherLesson
from benchmarks.server import BenchSchool, Server, open_sessions
from benchmarks.visitor import Visitor
from benchmarks.works import REPEATS, WARM_UPS, Once, Work, measure

SAVES = REPEATS + WARM_UPS
# A look that nothing comes before is repeated more often: within a second of looks one background job would be charged to them.
LOOKS_A_CHANGE = 5


@dataclass
class People:
    """Who does the jobs: a deputy, a guardian, and the teachers of the lessons that are written in."""

    deputy: Visitor
    guardian: Visitor
    teachers: dict[int, Hand]
    visitors: list[Visitor]

    async def close(self) -> None:
        """Close every tab."""
        for visitor in self.visitors:
            await visitor.close()


def secrets_of(facts: SchoolFacts, place: BenchSchool) -> dict[int, str]:
    """Open a session for everybody who is needed; the app must not be running."""
    teachers = {lesson.user_id for lesson in facts.lessons[: 2 * SAVES + 1]}
    users = [facts.deputy_user_id, facts.guardian_user_ids[0], *sorted(teachers)]
    return dict(zip(users, open_sessions(users, place), strict=True))


def people(server: Server, facts: SchoolFacts, secrets: dict[int, str], entries: Entries) -> People:
    """Return the people in their tabs."""
    tabs = {user: Visitor(server.port, secret) for user, secret in secrets.items()}
    teachers = {user: Hand(visitor, user, entries) for user, visitor in tabs.items()}
    deputy, guardian = tabs[facts.deputy_user_id], tabs[facts.guardian_user_ids[0]]
    return People(deputy, guardian, teachers, list(tabs.values()))


def lessons_of(facts: SchoolFacts) -> tuple[list[TeacherLesson], list[TeacherLesson], TeacherLesson]:
    """Return the lessons that marks are saved in, those that attendance is taken in, and the one of single marks."""
    count = min(SAVES, (len(facts.lessons) - 1) // 2)
    return facts.lessons[1 : 1 + count], facts.lessons[1 + count : 1 + 2 * count], facts.lessons[0]


async def one_by_one(
    server: Server, facts: SchoolFacts, who: People, year: int, repeats: int = REPEATS
) -> list[Work]:
    """Measure what one user waits for; ``year`` is the school year of the two figures of a year."""
    for_marks, for_attendance, single = lessons_of(facts)
    registers = facts.registers
    for lesson in for_marks[:WARM_UPS]:
        await open_register(who.deputy, lesson.address)

    async def open_next(number: int) -> None:
        await open_register(who.deputy, registers[number % len(registers)])

    def choose_of(lessons: list[TeacherLesson]) -> Once:
        async def choose(number: int) -> None:
            lesson = lessons[number % len(lessons)]
            await who.teachers[lesson.user_id].choose(lesson)

        return choose

    async def save_marks(number: int) -> None:
        lesson = for_marks[number % len(for_marks)]
        await who.teachers[lesson.user_id].save_marks(lesson, "4")

    async def save_attendance(number: int) -> None:
        lesson = for_attendance[number % len(for_attendance)]
        await who.teachers[lesson.user_id].save_attendance(lesson, number)

    count = 0

    async def change(_number: int) -> None:
        nonlocal count
        count += 1
        await who.teachers[single.user_id].save_mark(single, count)

    whole_year = f"period={year}-year-1"
    jobs: list[tuple[Work, Once, Once | None]] = [
        (Work("open_register", "open the register of a class × term", 40), open_next, None),
        (Work("save_marks", "save 25 marks of a lesson", 12, 20), save_marks, choose_of(for_marks)),
        (
            Work("save_attendance", "save attendance of a class", 12, 20),
            save_attendance,
            choose_of(for_attendance),
        ),
        (
            Work("quality_changed", "quality by teacher, after a mark", 60),
            _each(lambda: open_report(who.deputy)),
            change,
        ),
        (
            Work("quality_same", "quality by teacher, nothing changed", 30),
            _each(lambda: open_report(who.deputy)),
            None,
        ),
        (
            Work("teachers_changed", "«Учителя», after a mark", 60),
            _each(lambda: who.deputy.open_page("teachers")),
            change,
        ),
        (
            Work("absences_year", "absences of a year by class, after a mark", 60),
            _each(lambda: who.deputy.open_page("attendance", f"{whole_year}&by=class")),
            change,
        ),
        (
            Work("whom_to_call", "«Кому позвонить», a year, after a mark", 80),
            _each(lambda: who.deputy.open_page("attendance", f"{whole_year}&attendance_view=pupils")),
            change,
        ),
        (
            Work("diary", "a guardian opens the child's marks", 10),
            _each(lambda: open_diary(who.guardian)),
            None,
        ),
    ]
    return [
        await measure(server, work, once, before, repeats if before else LOOKS_A_CHANGE * repeats)
        for work, once, before in jobs
    ]


def _each(act: Callable[[], Awaitable[None]]) -> Once:
    async def once(_number: int) -> None:
        await act()

    return once
