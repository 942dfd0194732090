"""``python -m school.invitations administrator``: a code for an administrator whom nobody can let in, on a stopped register."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from school.clock import school_clock
from school.errors import CannotOpen, Refusal, RuleRefused
from school.invitations.actions import issue_codes
from school.people.records import Invitee, IssuedCode, PersonKind
from school.records import Role, User
from school.sign_in.actions.second_factor import reset_second_factor
from school.sign_in.rules.passwords import normal_login
from school.sign_in.store.second_factors import second_factor_of
from school.sign_in.store.users import user_on_day, users_in_role
from school.store.connection import DATABASE_NAME, Store, Transaction, data_directory, in_transaction
from school.store.file.opening import check_school_is_there


def main(arguments: list[str] | None = None) -> int:
    """Print a code for an administrator; return the exit code."""
    options = _options(arguments)
    database, clock = options.folder / DATABASE_NAME, school_clock()
    try:
        check_school_is_there(database)
        store = Store(database, clock)
        try:
            issued = code_for_administrator(store, options.login, now=clock())
        finally:
            store.close()
    except (CannotOpen, Refusal) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(
        f"{issued.name.full}: код приглашения {issued.code}, действует по {issued.expires_at:%d.%m.%Y %H:%M}.\n"
        "Запустите журнал, нажмите на странице входа «У меня есть код приглашения» и придумайте новый пароль. "
        "Прежние входы завершены, второй фактор выключен: включите его снова."
    )
    return 0


@in_transaction
def code_for_administrator(transaction: Transaction, login: str, *, now: datetime) -> IssuedCode:
    """Issue an administrator's code in their own name and turn their second factor off (п. 8.2).

    For a school whose only administrator has lost the password, or the telephone and the codes on paper: whoever may stop
    the register and read its files is let in. ``login`` may be empty where there is one administrator. Raises RuleRefused.
    """
    admin = _administrator(transaction, login, now)
    if second_factor_of(transaction, admin.user_id) is not None:
        reset_second_factor(transaction, admin, admin.user_id, now=now)
    (issued,) = issue_codes(transaction, admin, [Invitee(PersonKind.STAFF, admin.staff_id or 0)], now=now)
    return issued


def _administrator(transaction: Transaction, login: str, now: datetime) -> User:
    found = (user_on_day(transaction, each, now.date()) for each in users_in_role(transaction, [Role.ADMIN]))
    admins = sorted((each for each in found if each and each.has(Role.ADMIN)), key=lambda each: each.login)
    chosen = [each for each in admins if not login or each.login == normal_login(login)]
    if len(chosen) != 1:
        raise RuleRefused(
            "Неясно, кому выдать код.",
            f"Администраторы: {', '.join(each.login for each in admins) or 'ни одного с действующим входом'}.",
            "Назовите имя для входа: --login ИМЯ.",
        )
    return chosen[0]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m school.invitations", description="Коды приглашения.")
    words = "выдать код администратору, который не может войти; журнал при этом остановлен"
    command = parser.add_subparsers(dest="command", required=True).add_parser("administrator", help=words)
    command.add_argument("folder", type=Path, nargs="?", default=data_directory(), help="папка школы")
    command.add_argument("--login", default="", help="имя для входа, если администраторов несколько")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
