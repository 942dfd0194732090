"""What a login name and a password may be (п. 3.1, 3.2)."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from school.errors import RuleRefused
from school.sign_in.rules.common_passwords import is_common, names_in, words_of_school

LOGIN_LENGTHS = range(3, 65)
SHORTEST_PASSWORD = 10
# bcrypt reads no more bytes; a Russian letter takes two.
LONGEST_PASSWORD_BYTES = 72
PASSWORD_HINT = f"Не меньше {SHORTEST_PASSWORD} знаков: подойдут несколько слов подряд, можно по-русски."
WEAK_PASSWORD = "Ваш прежний пароль легко угадать по нынешним правилам. Придумайте другой: это займёт минуту."


def normal_login(text: str) -> str:
    """Return a login name as it is stored and compared: small letters, no blanks around, one form of «й» and «ё»."""
    return unicodedata.normalize("NFC", text).strip().lower()


def normal_password(text: str) -> str:
    """Return a password as it is hashed and compared: blanks that came with a copy are no part of it."""
    return unicodedata.normalize("NFC", text).strip()


def fits_hasher(password: str) -> bool:
    """Whether bcrypt can take the whole password."""
    return 0 < len(password.encode()) <= LONGEST_PASSWORD_BYTES and "\0" not in password


def check_login(text: str) -> str:
    """Return the login name in its normal form; raises RuleRefused for one that cannot be a login name."""
    login = normal_login(text)
    if len(login) not in LOGIN_LENGTHS:
        raise RuleRefused(
            "Такое имя для входа не подходит.",
            f"В нём должно быть от {LOGIN_LENGTHS[0]} до {LOGIN_LENGTHS[-1]} знаков.",
            "Придумайте другое.",
        )
    if not all(sign.isalnum() or sign in "._-@" for sign in login):
        raise RuleRefused(
            "Такое имя для входа не подходит.",
            "В нём могут быть буквы, цифры, точка, дефис, подчёркивание и @.",
            "Уберите остальные знаки и пробелы.",
        )
    return login


@dataclass(frozen=True)
class Owner:
    """Whose password it is: what a stranger would try first of them. ``surname`` and ``school`` may be empty."""

    login: str
    surname: str = ""
    school: str = ""

    @property
    def names(self) -> Collection[str]:
        """The names that the password must not hold."""
        return [self.login, self.login.partition("@")[0], self.surname, *words_of_school(self.school)]


def check_new_password(text: str, owner: Owner) -> str:
    """Return a new password in its normal form; raises RuleRefused for one that is weak or too long."""
    password = normal_password(text)
    if len(password) < SHORTEST_PASSWORD:
        raise RuleRefused(
            "Пароль слишком короткий.",
            f"Нужно не меньше {SHORTEST_PASSWORD} знаков.",
            "Добавьте слово или два.",
        )
    if not fits_hasher(password):
        raise RuleRefused(
            "Пароль слишком длинный.", "Помещается 72 латинских знака или 36 русских.", "Сократите его."
        )
    if reason := _why_guessable(password, owner):
        raise RuleRefused(
            "Такой пароль легко угадать.", reason, "Придумайте другой: подойдут несколько слов подряд."
        )
    return password


def _why_guessable(password: str, owner: Owner) -> str:
    if len(set(password.lower())) < 4:
        return "В нём повторяются одни и те же знаки."
    if names_in(password, owner.names):
        return "В нём имя для входа, фамилия или название школы."
    if is_common(password):
        return "Он из тех, что пробуют первыми: частое слово, знаки подряд или одни цифры."
    return ""


def is_weak(password: str, owner: Owner) -> bool:
    """Whether a password that was taken under earlier rules would be refused today: its owner is asked for another."""
    try:
        check_new_password(password, owner)
    except RuleRefused:
        return True
    return False


def check_password_twice(text: str, again: str, owner: Owner) -> str:
    """Return a new password that was typed twice, in its normal form; raises RuleRefused for a weak one or a slip."""
    password = check_new_password(text, owner)
    if password != normal_password(again):
        raise RuleRefused("Пароли не совпадают.", next_step="Введите пароль дважды одинаково.")
    return password
