"""Invitation codes: how they look, how long they hold, what becomes of one that is tried (п. 3.1, 3.2)."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from school.errors import Refusal, RuleRefused
from school.people.records import Invitation, Invitee, PersonKind
from school.records import Role
from school.sign_in.rules.codes import CODE_LENGTH, CODE_SIGNS, code_signs
from school.sign_in.rules.sessions import secret_hash

DEFAULT_DAYS = 14
DAYS_ALLOWED = range(1, 61)
DAYS_SETTING = "invitations.days"


class InvitationRefused(Refusal):
    """The code lets nobody in: it never was one, was used, was replaced, or is too old."""


def check_code(text: str) -> str:
    """Return the signs of a typed code; raises InvitationRefused for a text that no code looks like."""
    signs = code_signs(text)
    if len(signs) != CODE_LENGTH or not set(signs) <= set(CODE_SIGNS):
        raise InvitationRefused(
            "Код не подошёл.",
            f"В коде {CODE_LENGTH} знаков: буквы {CODE_SIGNS[:10]} и цифры от 2 до 9.",
            "Сверьте его с листком и введите снова.",
        )
    return signs


def code_hash(signs: str) -> str:
    """Return what may be stored of a code."""
    return secret_hash(f"invitation {signs}")


def expiry(now: datetime, days: int) -> datetime:
    """Return the last moment of a code issued now: the end of the last of its days."""
    return datetime.combine(now.date() + timedelta(days=days), time(23, 59, 59))


def days_of_setting(value: str | None) -> int:
    """Return for how many days codes hold by the school's setting, or by default."""
    return int(value) if value else DEFAULT_DAYS


def check_days(days: int) -> int:
    """Return for how many days codes hold; raises RuleRefused for too few or too many."""
    if days not in DAYS_ALLOWED:
        raise RuleRefused(
            "Такой срок не подходит.",
            f"Код действует от {DAYS_ALLOWED[0]} до {DAYS_ALLOWED[-1]} дней.",
            "Укажите другое число дней.",
        )
    return days


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether the code still lets its person in."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None and now <= invitation.expires_at


def check_is_open(invitation: Invitation | None, now: datetime) -> Invitation:
    """Return the invitation of a tried code; raises InvitationRefused with what to do about a dead one."""
    if invitation is None:
        raise InvitationRefused(
            "Код не подошёл.", "Такого кода школа не выдавала.", "Сверьте его с листком и введите снова."
        )
    if invitation.accepted_at is not None:
        raise InvitationRefused(
            "Код уже использован.",
            "По нему входят один раз.",
            "Войдите с именем и паролем, которые тогда придумали; если забыли, попросите новый код.",
        )
    if invitation.withdrawn_at is not None:
        raise InvitationRefused(
            "Код заменён.", "После него выдали новый.", "Введите новый код или попросите ещё один."
        )
    if now > invitation.expires_at:
        raise InvitationRefused(
            "Срок кода истёк.",
            f"Он действовал по {invitation.expires_at:%d.%m.%Y}.",
            "Попросите новый: сотрудникам его выдаёт администратор, семьям — классный руководитель.",
        )
    return invitation


def check_can_join(invitee: Invitee, user_id: int | None, roles: Collection[Role]) -> None:
    """Raise RuleRefused unless a guardian without an account of their own joins the account of a grown-up."""
    if invitee.kind is not PersonKind.GUARDIAN or user_id is not None:
        raise RuleRefused(
            "Этот код не добавить к другому входу.",
            "Так добавляют ребёнка родителю, у которого вход уже есть.",
            "Придумайте имя и пароль для этого кода.",
        )
    if Role.PUPIL in roles:
        raise RuleRefused(
            "Это вход ученика.",
            "Родитель входит под своим именем (п. 3.2).",
            "Введите имя и пароль родителя или придумайте новые.",
        )
