"""Questions about 8Б to the actions and lookups of tasks, materials and events."""

from dataclasses import replace
from datetime import timedelta

from asking import NOBODY, OVERSEERS, REGISTER_READERS, TEACHER, TODAY, Question, was_done
from small_school import CLASS_8B, MATHS, NOW, STRANGE_CHILD, USER_IDS

from school.materials import actions as materials
from school.materials import lookups as material_lookups
from school.occasions import actions as occasions
from school.occasions import lookups as occasion_lookups
from school.occasions.rules import Circle, OccasionDraft
from school.records import RegisterKey, Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store
from school.tasks import actions as tasks
from school.tasks import lookups as task_lookups
from school.tasks.rules import StepKind

REGISTER = RegisterKey(CLASS_8B, MATHS)
FILE = ("Файл.txt", b"8")
NEW_TASK = tasks.NewRegisterTask(REGISTER, "Доклад", TODAY + timedelta(3), [STRANGE_CHILD], [FILE])
NEW_MATERIAL = materials.NewMaterial(REGISTER, "Памятка 8Б", "", FILE)
DRAFT = OccasionDraft("Поход", TODAY, TODAY, asks_guardians=True, asks_staff=True)
OF_8B = Circle(None, CLASS_8B)


def _user(store: Store, name: str) -> User:
    return users_by_id(store, [USER_IDS[name]])[USER_IDS[name]]


def _guardian_of_8b(store: Store) -> User:
    return replace(
        _user(store, "guardian"), pupil_ids=frozenset([STRANGE_CHILD]), roles=frozenset({Role.GUARDIAN})
    )


def _task(store: Store) -> int:
    return tasks.give_task(store, _user(store, "stranger"), NEW_TASK, now=NOW)


def _answered(store: Store) -> int:
    task_id = _task(store)
    sent = tasks.Answer(STRANGE_CHILD, task_id, "Готово", [FILE])
    tasks.answer_task(store, _guardian_of_8b(store), sent, now=NOW)
    return task_id


def _answer_file(store: Store) -> int:
    _answered(store)
    return store.read("SELECT max(file_id) FROM task_files WHERE step_id IS NOT NULL")[0][0]


def _material(store: Store) -> int:
    return materials.add_material(store, _user(store, "stranger"), NEW_MATERIAL, now=NOW)


def _occasion(store: Store, audience: Circle = OF_8B) -> int:
    new = occasions.NewOccasion(audience, DRAFT, [FILE])
    return occasions.announce_occasion(store, _user(store, "deputy"), new, now=NOW)


def _occasion_file(store: Store) -> int:
    _occasion(store)
    return store.read("SELECT max(file_id) FROM occasion_files")[0][0]


STAFF = {"owner", "stranger", "homeroom", "leader", "head", "deputy", "admin", "secretary"}
PLANNERS = {"leader", "head", "deputy", "admin"}

QUESTIONS: dict[str, Question] = {
    "tasks.actions.answer_task": Question(
        lambda store, user: tasks.answer_task(
            store, user, tasks.Answer(STRANGE_CHILD, _task(store), "Готово"), now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "tasks.actions.review_task": Question(
        lambda store, user: tasks.review_task(
            store, user, tasks.Review(_answered(store), STRANGE_CHILD, StepKind.ACCEPTED), now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "tasks.actions.give_task": Question(
        lambda store, user: tasks.give_task(store, user, NEW_TASK, now=NOW), TEACHER, bool
    ),
    "tasks.actions.take_task_back": Question(
        lambda store, user: tasks.take_task_back(store, user, _task(store), now=NOW), TEACHER, was_done
    ),
    "tasks.lookups.pupil_tasks": Question(
        lambda store, user: (_task(store), task_lookups.pupil_tasks(store, user, STRANGE_CHILD, today=TODAY))[
            -1
        ],
        OVERSEERS,
        bool,
    ),
    "tasks.lookups.pupil_task": Question(
        lambda store, user: task_lookups.pupil_task(store, user, STRANGE_CHILD, _task(store), today=TODAY),
        OVERSEERS,
        was_done,
    ),
    "tasks.lookups.taught_registers": Question(
        lambda store, user: task_lookups.taught_registers(store, user, 2026), TEACHER
    ),
    "tasks.lookups.taught_tasks": Question(
        lambda store, user: (_task(store), task_lookups.taught_tasks(store, user, 2026, today=TODAY))[-1],
        TEACHER,
    ),
    "tasks.lookups.pupils_for_task": Question(
        lambda store, user: task_lookups.pupils_for_task(store, user, REGISTER, today=TODAY), TEACHER
    ),
    "tasks.lookups.read_task_file": Question(
        lambda store, user: task_lookups.read_task_file(store, user, _answer_file(store), today=TODAY),
        TEACHER | OVERSEERS,
        was_done,
    ),
    "materials.actions.add_material": Question(
        lambda store, user: materials.add_material(store, user, NEW_MATERIAL, now=NOW), TEACHER, bool
    ),
    "materials.actions.remove_material": Question(
        lambda store, user: materials.remove_material(store, user, _material(store), now=NOW),
        TEACHER,
        was_done,
    ),
    "materials.lookups.register_materials": Question(
        lambda store, user: material_lookups.register_materials(store, user, REGISTER),
        REGISTER_READERS,
        was_done,
    ),
    "materials.lookups.read_material": Question(
        lambda store, user: material_lookups.read_material(store, user, _material(store), today=TODAY),
        REGISTER_READERS,
        was_done,
    ),
    "occasions.actions.check_plans_for": Question(
        lambda _store, user: occasions.check_plans_for(user, OF_8B), PLANNERS, was_done
    ),
    "occasions.actions.announce_occasion": Question(
        lambda store, user: occasions.announce_occasion(
            store, user, occasions.NewOccasion(OF_8B, DRAFT), now=NOW
        ),
        PLANNERS,
        bool,
    ),
    "occasions.actions.change_occasion": Question(
        lambda store, user: occasions.change_occasion(store, user, _occasion(store), DRAFT, now=NOW),
        PLANNERS,
        was_done,
    ),
    "occasions.actions.cancel_occasion": Question(
        lambda store, user: occasions.cancel_occasion(store, user, _occasion(store), "Дождь", now=NOW),
        PLANNERS,
        was_done,
    ),
    "occasions.actions.answer_for_child": Question(
        lambda store, user: occasions.answer_for_child(
            store, user, STRANGE_CHILD, _occasion(store), True, now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "occasions.actions.answer_as_staff": Question(
        lambda store, user: occasions.answer_as_staff(store, user, _occasion(store), True, now=NOW),
        TEACHER,
        was_done,
    ),
    "occasions.lookups.family_occasions": Question(
        lambda store, user: (
            _occasion(store),
            occasion_lookups.family_occasions(store, user, STRANGE_CHILD, now=NOW),
        )[-1],
        OVERSEERS,
        bool,
    ),
    "occasions.lookups.staff_occasions": Question(
        lambda store, user: (
            _occasion(store),
            [
                each.families
                for each in occasion_lookups.staff_occasions(store, user, 2026, now=NOW)
                if each.families
            ],
        )[-1],
        PLANNERS,
        bool,
    ),
    "occasions.lookups.class_occasions": Question(
        lambda store, user: (
            _occasion(store),
            occasion_lookups.class_occasions(store, user, CLASS_8B, now=NOW),
        )[-1],
        PLANNERS,
        bool,
    ),
    "occasions.lookups.occasion_answers": Question(
        lambda store, user: occasion_lookups.occasion_answers(store, user, _occasion(store), today=TODAY),
        PLANNERS,
    ),
    "occasions.lookups.plannable_audiences": Question(
        lambda store, user: occasion_lookups.plannable_audiences(store, user, 2026), PLANNERS
    ),
    "occasions.lookups.read_occasion_file": Question(
        lambda store, user: occasion_lookups.read_occasion_file(
            store, user, _occasion_file(store), today=TODAY
        ),
        STAFF,
        was_done,
    ),
}
