"""Materials as the class that is taught, its families and its teachers may see them (п. 4.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.errors import AccessRefused
from school.files.kept import content_of
from school.materials import store as stored
from school.materials.store import Material
from school.records import RegisterKey, User
from school.register.lookups.diary_readers import stays_of_readable_pupil
from school.register.store.class_members import members_on
from school.register.store.pupil_lessons import classes_on, subgroups_of_pupil
from school.register.store.registers import subject_names, teachers_of
from school.spans import is_in_span
from school.store.connection import Store
from school.store.reading import Reader

__all__ = ["Material"]


@dataclass(frozen=True)
class MaterialSeries:
    """A material: its newest version, and the older ones, the newest first."""

    newest: Material
    older: tuple[Material, ...]


def pupil_materials(reader: Reader, pupil_id: int, today: date) -> list[Material]:
    """Return every version that a pupil sees on a day: of the class and the subgroups they are in then.

    Whoever asks has checked that the pupil's diary may be read.
    """
    class_ids, subgroups = classes_on(reader, pupil_id, today), subgroups_of_pupil(reader, pupil_id)
    return [
        each
        for each in stored.materials_of_classes(reader, class_ids)
        if each.key.subgroup_id is None or is_in_span(subgroups.get(each.key.subgroup_id, ()), today)
    ]


def subject_materials(store: Store, pupil_id: int, subject_id: int, today: date) -> list[MaterialSeries]:
    """Return the materials of a subject that a pupil sees on a day, what was added last first.

    Whoever asks has checked that the pupil's diary may be read.
    """
    return _series(
        [each for each in pupil_materials(store, pupil_id, today) if each.key.subject_id == subject_id]
    )


def diary_materials(
    store: Store, user: User, pupil_id: int, *, today: date
) -> dict[int, tuple[str, list[MaterialSeries]]]:
    """Return all that a pupil sees on a day by subject: its name and its materials, subjects by name. Raises AccessRefused."""
    stays_of_readable_pupil(store, user, pupil_id, today)
    of_subject: dict[int, list[Material]] = {}
    for each in pupil_materials(store, pupil_id, today):
        of_subject.setdefault(each.key.subject_id, []).append(each)
    # Subjects come in the order of their names.
    return {
        key: (name, _series(of_subject[key]))
        for key, name in subject_names(store).items()
        if key in of_subject
    }


def _series(materials: Collection[Material]) -> list[MaterialSeries]:
    ordered = sorted(materials, key=lambda each: (each.series_id, each.material_id))
    found = []
    for _, versions in groupby(ordered, key=lambda each: each.series_id):
        *older, newest = versions
        found.append(MaterialSeries(newest, tuple(reversed(older))))
    return sorted(found, key=lambda each: each.newest.material_id, reverse=True)


@dataclass(frozen=True)
class RegisterMaterials:
    """The materials of a register, what was added last first; ``may_add``: the reader teaches it."""

    series: tuple[MaterialSeries, ...]
    may_add: bool


def register_materials(store: Store, user: User, key: RegisterKey) -> RegisterMaterials:
    """Return the materials of a register that the user may read. Raises AccessRefused."""
    rows = Rows(teacher_ids=teachers_of(store, key), class_id=key.class_id)
    check_may(user, Action.READ_REGISTER, rows)
    own = [each for each in stored.materials_of_classes(store, [key.class_id]) if each.key == key]
    return RegisterMaterials(tuple(_series(own)), may(user, Action.EDIT_LESSON, rows))


@dataclass(frozen=True)
class ReadMaterial:
    """A file's name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_material(store: Store, user: User, material_id: int, *, today: date) -> ReadMaterial:
    """Return the file of a material to who reads its register, and to the families of its class or subgroup on a day.

    Raises AccessRefused, in the same words for one that is not there.
    """
    material = stored.material_by_id(store, material_id)
    if material is None or material.link or not _may_read(store, user, material, today):
        raise AccessRefused("Файл не открывается.", "Его нет или он не для вас.", "Вернитесь на страницу.")
    content = content_of(store, material.stored_name, material.sha256)
    return ReadMaterial(material.file_name, material.kind, content)


def _may_read(store: Store, user: User, material: Material, today: date) -> bool:
    key = material.key
    if may(user, Action.READ_REGISTER, Rows(teacher_ids=teachers_of(store, key), class_id=key.class_id)):
        return True
    members = members_on(store, [key.class_id], today, key.subgroup_id)
    own = user.pupil_ids & {each.pupil_id for each in members}
    return any(may(user, Action.READ_DIARY, Rows(pupil_id=each)) for each in own)
