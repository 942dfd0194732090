"""Profiles of columns: kept under a name, taken from a file, renamed, dropped (п. 4.6)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.files.plan import ImportKind
from school.imports.kinds import check_may_keep_profiles
from school.imports.records import ProfileFile, StoredProfile
from school.imports.rules.profile_files import form_of
from school.imports.store.profiles import (
    add_profile,
    delete_profile,
    profile_by_id,
    profiles,
    replace_mapping,
    set_profile_name,
)
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

LONGEST_PROFILE_NAME = 60


@in_transaction
def keep_profile(
    transaction: Transaction,
    user: User,
    kind: ImportKind,
    name: str,
    mapping: str,
    *,
    now: datetime,
    version: int = 1,
) -> int:
    """Keep how a kind of file is read under a name; a profile of that name is replaced and its version grows.

    Return the id of the profile. Raises AccessRefused or RuleRefused.
    """
    check_may_keep_profiles(user, kind)
    title = _checked_name(name)
    same = next((each for each in profiles(transaction, [kind]) if each.name == title), None)
    if same is None:
        profile_id = add_profile(transaction, kind, title, mapping, version, at=now, by=user.user_id)
    else:
        profile_id, version = same.profile_id, max(version, same.version + (same.mapping != mapping))
        replace_mapping(transaction, profile_id, mapping, version, at=now, by=user.user_id)
    words = f"{title}, версия {version} ({form_of(kind).title})"
    transaction.record(Event(now, user.user_id, "import_profile", record_id=profile_id, new_value=words))
    return profile_id


@in_transaction
def take_profile(transaction: Transaction, user: User, profile: ProfileFile, *, now: datetime) -> int:
    """Keep the profile of a file. Raises as ``keep_profile`` does."""
    mapping = profile.mapping
    return keep_profile(
        transaction, user, mapping.kind, profile.name, mapping.to_text(), now=now, version=profile.version
    )


@in_transaction
def rename_profile(
    transaction: Transaction, user: User, profile_id: int, name: str, *, now: datetime
) -> None:
    """Call a profile by another name. Raises AccessRefused or RuleRefused."""
    profile, title = profile_to_change(transaction, user, profile_id), _checked_name(name)
    if title == profile.name:
        return
    if any(each.name == title for each in profiles(transaction, [profile.kind])):
        raise RuleRefused("Профиль с таким названием уже есть.", next_step="Назовите его иначе.")
    set_profile_name(transaction, profile_id, title)
    words = Event(
        now, user.user_id, "import_profile", record_id=profile_id, old_value=profile.name, new_value=title
    )
    transaction.record(words)


@in_transaction
def drop_profile(transaction: Transaction, user: User, profile_id: int, *, now: datetime) -> None:
    """Drop a profile. Raises AccessRefused or RuleRefused."""
    profile = profile_to_change(transaction, user, profile_id)
    delete_profile(transaction, profile_id)
    words = f"удалён ({form_of(ImportKind(profile.kind)).title})"
    transaction.record(
        Event(
            now, user.user_id, "import_profile", record_id=profile_id, old_value=profile.name, new_value=words
        )
    )


def profile_to_change(transaction: Transaction, user: User, profile_id: int) -> StoredProfile:
    """Return a profile of a kind that the user keeps. Raises AccessRefused, or RuleRefused where there is none."""
    profile = profile_by_id(transaction, profile_id)
    if profile is None:
        # Who may keep none learns nothing of whether there is one.
        check_may(user, Action.LOAD_FILES)
        raise RuleRefused("Такого профиля нет.", next_step="Обновите страницу.")
    check_may_keep_profiles(user, ImportKind(profile.kind))
    return profile


def _checked_name(name: str) -> str:
    title = " ".join(name.split())
    if not title or len(title) > LONGEST_PROFILE_NAME:
        raise RuleRefused(
            f"Название профиля — от 1 до {LONGEST_PROFILE_NAME} знаков.", next_step="Напишите его иначе."
        )
    return title
