"""Codes that people read from paper and type once: invitations, and the way in without the second factor (п. 3.1, 3.2)."""

import secrets

# Letters that Russian and Latin keyboards share, as on car plates, without those that look like a digit.
CODE_SIGNS = "ACEHKMPTXY23456789"
GROUPS, GROUP_LENGTH = 4, 4
CODE_LENGTH = GROUPS * GROUP_LENGTH  # 66 bits
_LATIN_OF_RUSSIAN = str.maketrans("АСЕНКМРТХУЗ", "ACEHKMPTXY3")


def new_code() -> str:
    """Return a fresh random code «ACEH-KMPT-XY23-4567»."""
    return grouped("".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH)))


def grouped(signs: str) -> str:
    """Return the signs of a code in groups, as people read them."""
    return "-".join(signs[start : start + GROUP_LENGTH] for start in range(0, len(signs), GROUP_LENGTH))


def code_signs(text: str) -> str:
    """Return the signs of a typed code: the keyboard's language, letter case, blanks and dashes do not matter."""
    return "".join(sign for sign in text.upper().translate(_LATIN_OF_RUSSIAN) if sign.isalnum())
