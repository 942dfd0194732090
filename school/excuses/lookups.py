"""Announced absences as the family, the homeroom teacher and the teacher of a lesson may see them (п. 3.6, 4.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.errors import AccessRefused
from school.excuses import store as stored
from school.excuses.rules import Absent
from school.excuses.store import Excuse, Paper
from school.files.kept import content_of
from school.records import Cell, CellState, User
from school.register.rules.leaves import is_expected
from school.register.store.cells import Pair, cell_states, listed_pairs
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.names import rows_apart

__all__ = ["Excuse", "Paper"]

# A family sees what it has announced within a school year.
EXCUSE_DAYS = 300


@dataclass(frozen=True)
class SeenExcuse:
    """An announced absence with its papers as somebody may see it; ``is_own``: they have sent it themselves."""

    excuse: Excuse
    papers: tuple[Paper, ...]
    is_own: bool


@dataclass(frozen=True)
class FamilyExcuses:
    """What a family has announced of a child, the newest first, and whether this reader may announce."""

    excuses: tuple[SeenExcuse, ...]
    may_announce: bool


def family_excuses(store: Store, user: User, pupil_id: int, *, today: date) -> FamilyExcuses:
    """Return what the family of the user's child has announced; nothing for the staff. Raises AccessRefused.

    The words and the papers of the other guardian are theirs.
    """
    if pupil_id not in user.pupil_ids:
        return FamilyExcuses((), may_announce=False)
    check_may(user, Action.READ_DIARY, Rows(pupil_id=pupil_id))
    rows = stored.excuses_of_pupil(store, pupil_id, today - timedelta(EXCUSE_DAYS))
    own = [each.excuse_id for each in rows if each.sent_by == user.user_id]
    papers = stored.papers_of(store, own)
    return FamilyExcuses(
        tuple(
            SeenExcuse(
                each if each.excuse_id in papers else each._replace(note=""),
                tuple(papers.get(each.excuse_id, ())),
                each.excuse_id in papers,
            )
            for each in rows
        ),
        may(user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=pupil_id)),
    )


def class_excuses(store: Store, user: User, class_id: int) -> list[SeenExcuse]:
    """Return what waits in a class, the earliest days first, for who may see reasons. Raises AccessRefused."""
    check_may(user, Action.READ_ABSENCES, Rows(class_id=class_id))
    rows = [each for each in stored.waiting_excuses(store) if each.class_id == class_id]
    papers = stored.papers_of(store, [each.excuse_id for each in rows])
    named = rows_apart(store, rows, "pupil_name")
    return [SeenExcuse(each, tuple(papers[each.excuse_id]), is_own=False) for each in named]


def waiting_count(store: Store, user: User) -> int:
    """Return how many announced absences wait for this user's answer."""
    own = user.homeroom_class_ids
    return sum(
        each.class_id in own and may(user, Action.EDIT_ABSENCES, Rows(class_id=each.class_id))
        for each in (stored.waiting_excuses(store) if own else ())
    )


def announced_absences(store: Store, user: User, lesson_ids: Collection[int]) -> dict[Pair, Absent]:
    """Return the empty cells of lessons without attendance that a family has announced something of, without its words.

    Lessons that the user may not read are left out.
    """
    waiting = stored.waiting_excuses(store)
    if not waiting:
        return {}
    classes = {each.class_id for each in waiting}
    lessons = {
        key: lesson
        for key, lesson in lessons_by_id(store, lesson_ids).items()
        if lesson.class_id in classes
        and may(user, Action.READ_REGISTER, Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id))
    }
    wanted = {
        (lesson.lesson_id, each.pupil_id): each.absent
        for each in waiting
        for lesson in lessons.values()
        if lesson.class_id == each.class_id and each.absent.covers(lesson.held_on, lesson.number)
    }
    if not wanted:
        return {}
    states, listed = cell_states(store, wanted), listed_pairs(store, lessons, wanted)
    return {
        pair: absent
        for pair, absent in wanted.items()
        if pair in listed and is_expected(lessons[pair[0]], states.get(pair, CellState(Cell())).cell)
    }


@dataclass(frozen=True)
class ReadPaper:
    """A paper's name, kind and content, and of whom it is; ``is_own``: its reader has sent it."""

    title: str
    kind: str
    content: bytes
    pupil_id: int
    is_own: bool


def read_paper(store: Store, user: User, paper_id: int) -> ReadPaper:
    """Return a photo of a certificate to the guardian who sent it, while the child is theirs, and to who sees reasons of the class.

    Raises AccessRefused, in the same words for a paper that is not there.
    """
    paper = stored.paper_by_id(store, paper_id)
    excuse = stored.excuse_by_id(store, paper.excuse_id) if paper else None
    if paper is None or excuse is None or not _may_read(user, excuse):
        raise AccessRefused("Файл не открывается.", "Его нет или он не для вас.", "Вернитесь на страницу.")
    content = content_of(store, paper.stored_name, paper.sha256)
    return ReadPaper(paper.title, paper.kind, content, excuse.pupil_id, excuse.sent_by == user.user_id)


def _may_read(user: User, excuse: Excuse) -> bool:
    is_senders = excuse.sent_by == user.user_id
    if is_senders and may(user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=excuse.pupil_id)):
        return True
    return may(user, Action.READ_ABSENCES, Rows(class_id=excuse.class_id))
