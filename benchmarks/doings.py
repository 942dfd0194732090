"""What people do in the register, as their browser asks for it: change it here when a screen asks otherwise."""

from collections.abc import Sequence
from urllib.parse import parse_qsl
from uuid import uuid4

from benchmarks.school_facts import TeacherLesson
from benchmarks.visitor import Visitor

Cell = tuple[int, int]
ABSENT = "н"


async def open_register(visitor: Visitor, address: str) -> None:
    """Open a register, of a class × term or at a lesson: the page's frame, and what it then reads over HTTP."""
    await visitor.open_page("grid", address)
    await visitor.get("/api/register/page", dict(parse_qsl(address)))


async def choose_register(visitor: Visitor, address: str) -> None:
    """Choose another register on the page where one stands: the page reads it over HTTP and does not run again."""
    await visitor.get("/api/register/page", dict(parse_qsl(address)))


async def open_diary(visitor: Visitor) -> None:
    """Open the marks of a guardian's only or first child."""
    await visitor.read("/family/marks")


async def open_report(visitor: Visitor) -> None:
    """Open the quality of teaching by teacher, whole school."""
    await visitor.open_page("quality", "by=teacher")


class Refused(Exception):
    """The register did not take an entry."""


class Entries:
    """What was sent to the register and what it said it had saved, cell by cell (lesson, pupil)."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self.sent = 0
        self.saved = 0
        self.expected: dict[Cell, set[str]] = {}

    def acknowledged(self, edits: Sequence[tuple[Cell, str]]) -> None:
        """Note that these edits were sent and acknowledged: the cell holds that text from then on."""
        self.sent, self.saved = self.sent + len(edits), self.saved + len(edits)
        self.expected.update({cell: {text} for cell, text in edits})

    def unanswered(self, edits: Sequence[tuple[Cell, str]]) -> None:
        """Note that nobody knows what became of these edits: the cell may hold either text."""
        self.sent += len(edits)
        for cell, text in edits:
            if cell in self.expected:
                self.expected[cell].add(text)

    def add(self, other: "Entries") -> None:
        """Add the entries of another tab, which wrote in other cells or later."""
        self.sent, self.saved = self.sent + other.sent, self.saved + other.saved
        self.expected.update(other.expected)

    def lost(self, stored: dict[Cell, str]) -> int:
        """Return how many acknowledged cells hold something else in the store, or nothing."""
        return sum(stored.get(cell) not in texts for cell, texts in self.expected.items())


class Hand:
    """A teacher who types in one browser tab."""

    def __init__(self, visitor: Visitor, user_id: int, entries: Entries) -> None:
        """Save as this user over the visitor's HTTP connection."""
        self._visitor, self._user_id, self._entries = visitor, user_id, entries
        self._tab, self._seq = str(uuid4()), 0

    async def choose(self, lesson: TeacherLesson) -> None:
        """Choose the register of a lesson, as everybody does before writing in it; raises aiohttp.ClientError."""
        await choose_register(self._visitor, lesson.address)

    async def save_marks(self, lesson: TeacherLesson, text: str) -> None:
        """Save the same mark for every pupil of a lesson; raises Refused, aiohttp.ClientError."""
        await self._save([((lesson.lesson_id, pupil), text) for pupil in lesson.pupil_ids])

    async def save_mark(self, lesson: TeacherLesson, number: int) -> None:
        """Save one mark, another pupil's each time, and another mark after a round through the class."""
        pupils = lesson.pupil_ids
        text = "2345"[number // len(pupils) % 4]
        await self._save([((lesson.lesson_id, pupils[number % len(pupils)]), text)])

    async def save_attendance(self, lesson: TeacherLesson, number: int) -> None:
        """Save attendance as the grid sends it: two absentees in one class, «все присутствуют» in the next."""
        if number % 2:
            await self._save([((lesson.lesson_id, pupil), ABSENT) for pupil in lesson.pupil_ids[:2]])
        else:
            await self._save([], [lesson.lesson_id])

    async def _save(self, edits: list[tuple[Cell, str]], confirmed: Sequence[int] = ()) -> None:
        self._seq += 1
        body = {
            "user_id": str(self._user_id),
            "client": self._tab,
            "edits": [
                {"lesson": str(lesson), "pupil": str(pupil), "text": text, "seq": self._seq}
                for (lesson, pupil), text in edits
            ],
            "attendance": [{"lesson": str(lesson), "seq": self._seq} for lesson in confirmed],
        }
        try:
            answer = await self._visitor.post("/api/register/cells", body)
            refused = [each["message"] for each in answer["results"] if each["status"] != "saved"]
            if refused or len(answer["results"]) != len(edits) + len(confirmed):
                raise Refused(refused[:1])
        except BaseException:
            self._entries.unanswered(edits)
            raise
        self._entries.acknowledged(edits)
