"""A teacher adds a file or a link to a subject of a class, a newer version of one, or takes it away (п. 4.7)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.files.attachments.kinds import check_file
from school.files.kept import drop_content
from school.materials import store as stored
from school.materials.rules import check_count, check_link, check_one_thing, check_title
from school.materials.store import Material
from school.records import RegisterKey, User
from school.register.store.class_members import members_on
from school.register.store.registers import teachers_of
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class NewMaterial:
    """What is added to a register: a link, or a file as (name, content); ``newer_than``: the material it takes the place of."""

    key: RegisterKey
    title: str
    link: str = ""
    file: tuple[str, bytes] | None = None
    newer_than: int | None = None


def add_material(store: Store, user: User, new: NewMaterial, *, now: datetime) -> int:
    """Add a material to a register that the user teaches; return its id.

    Raises AccessRefused; RuleRefused for a link, a file or words that may not be, and then keeps nothing.
    """
    check_one_thing(new.link, new.file is not None)
    checked = [check_file(*new.file)] if new.file is not None else []
    store.write(lambda transaction: _check(transaction, user, new))
    with keeping(store, checked) as kept:
        return store.write(lambda transaction: _add(transaction, user, new, kept, now))


def _check(transaction: Transaction, user: User, new: NewMaterial) -> tuple[str, str, int | None]:
    """Return the words, the link and the series of a material. Raises AccessRefused, RuleRefused."""
    _check_teaches(transaction, user, new.key)
    title, link = check_title(new.title), check_link(new.link) if new.file is None else ""
    present = [
        each for each in stored.materials_of_classes(transaction, [new.key.class_id]) if each.key == new.key
    ]
    check_count(len(present))
    if new.newer_than is None:
        return title, link, None
    before = next((each for each in present if each.material_id == new.newer_than), None)
    if before is None:
        raise RuleRefused("Того материала, который вы заменяете, уже нет.", next_step="Обновите страницу.")
    return title, link, before.series_id


def _check_teaches(transaction: Transaction, user: User, key: RegisterKey) -> None:
    teachers = teachers_of(transaction, key)
    check_may(user, Action.EDIT_LESSON, Rows(teacher_ids=teachers, class_id=key.class_id))


def _add(transaction: Transaction, user: User, new: NewMaterial, kept: list[KeptFile], now: datetime) -> int:
    title, link, series_id = _check(transaction, user, new)
    (material_id,) = transaction.new_ids(1)
    file = kept[0] if kept else KeptFile("", "", "", 0, "")
    material = Material(
        material_id,
        series_id or material_id,
        new.key,
        title,
        link,
        file.stored_name,
        file.title,
        file.kind,
        file.size_bytes,
        file.sha256,
        now,
        user.user_id,
    )
    stored.save_material(transaction, material, _readers(transaction, new.key, now))
    transaction.record(_event(material, user, now, new=title))
    return material_id


def _readers(transaction: Transaction, key: RegisterKey, now: datetime) -> list[int]:
    members = members_on(transaction, [key.class_id], now.date(), key.subgroup_id)
    return [each.pupil_id for each in members]


def _event(
    material: Material, user: User, now: datetime, *, old: str | None = None, new: str | None = None
) -> Event:
    return Event(
        now,
        user.user_id,
        "material",
        record_id=material.material_id,
        old_value=old,
        new_value=new,
        class_id=material.key.class_id,
        subject_id=material.key.subject_id,
    )


def remove_material(store: Store, user: User, material_id: int, *, now: datetime) -> None:
    """Take one version of a material away, with its file; the record of it stays. Raises AccessRefused, RuleRefused."""
    if stored_name := _remove(store, user, material_id, now):
        drop_content(store, stored_name)


@in_transaction
def _remove(transaction: Transaction, user: User, material_id: int, now: datetime) -> str:
    material = stored.material_by_id(transaction, material_id)
    if material is None:
        check_may(user, Action.EDIT_LESSON)
        raise RuleRefused("Этого материала уже нет.", next_step="Обновите страницу.")
    _check_teaches(transaction, user, material.key)
    stored.save_removal(transaction, material, now, _readers(transaction, material.key, now))
    transaction.record(_event(material, user, now, old=material.title))
    return material.stored_name
