"""Whose confirmation an announcement wants, what it may say and for how long, and what in its text is a link (п. 2.9, 4.7)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from school.announcements.rules import (
    Answer,
    Draft,
    Wanted,
    answer_of,
    appears_at,
    check_draft,
    check_may_remind,
    missing,
    text_parts,
    to_remind,
    wanted_of,
)
from school.audiences.rules import Audience, Part, Target
from school.errors import RuleRefused

TODAY, MOMENT = date(2026, 11, 19), datetime(2026, 11, 19, 12)
FAMILIES = Audience(Target.CLASS, (11,), for_pupils=True, for_guardians=True)
DRAFT = Draft(FAMILIES, "Собрание", "В пятницу в 18:00", TODAY, TODAY + timedelta(14))


@dataclass(frozen=True)
class Person:
    part: Part
    person_id: int
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None


def family(text: str) -> list[Person]:
    """«p m+ f-»: the pupil has done nothing, the mother has confirmed, the father has only read."""
    parts = {"p": Part.PUPIL, "m": Part.GUARDIAN, "f": Part.GUARDIAN, "g": Part.GUARDIAN, "s": Part.STAFF}
    return [
        Person(
            parts[each[0]], ord(each[0]), MOMENT if each[1:] else None, MOMENT if each[1:] == "+" else None
        )
        for each in text.split()
    ]


def letters(people: set[tuple[Part, int]]) -> str:
    return "".join(sorted(chr(person) for _, person in people))


# wanted, the family, whose confirmation is missing, how it stands
STANDS = [
    (Wanted.NOBODY, "p m f", "", Answer.UNSEEN),
    (Wanted.NOBODY, "p m- f", "", Answer.SEEN),
    (Wanted.ANYBODY, "p m f", "fmp", Answer.UNSEEN),
    (Wanted.ANYBODY, "p+ m f", "", Answer.CONFIRMED),
    (Wanted.ANYBODY, "p m f+", "", Answer.CONFIRMED),
    (Wanted.ONE_GUARDIAN, "p+ m- f", "fm", Answer.SEEN),
    (Wanted.ONE_GUARDIAN, "p m+ f", "", Answer.CONFIRMED),
    (Wanted.ONE_GUARDIAN, "p", "", Answer.NOT_POSSIBLE),
    (Wanted.BOTH_GUARDIANS, "m+ f", "f", Answer.SEEN),
    (Wanted.BOTH_GUARDIANS, "m+ f+", "", Answer.CONFIRMED),
    # One parent alone is all the parents there are; of three two are both.
    (Wanted.BOTH_GUARDIANS, "m+", "", Answer.CONFIRMED),
    (Wanted.BOTH_GUARDIANS, "m+ f g", "fg", Answer.SEEN),
    (Wanted.BOTH_GUARDIANS, "m+ f+ g", "", Answer.CONFIRMED),
    (Wanted.PUPIL_AND_GUARDIAN, "p m f", "fmp", Answer.UNSEEN),
    (Wanted.PUPIL_AND_GUARDIAN, "p m+ f", "p", Answer.SEEN),
    (Wanted.PUPIL_AND_GUARDIAN, "p+ m f", "fm", Answer.SEEN),
    (Wanted.PUPIL_AND_GUARDIAN, "p+ m+ f", "", Answer.CONFIRMED),
    (Wanted.PUPIL_AND_GUARDIAN, "p+", "", Answer.NOT_POSSIBLE),
    # An employee confirms for themself, whatever is asked of families.
    (Wanted.BOTH_GUARDIANS, "s-", "s", Answer.SEEN),
    (Wanted.ONE_GUARDIAN, "s+", "", Answer.CONFIRMED),
]


@pytest.mark.parametrize(("wanted", "people", "left", "answer"), STANDS)
def test_a_confirmation_is_done_when_those_it_wants_have_given_it(
    wanted: Wanted, people: str, left: str, answer: Answer
) -> None:
    rows = family(people)
    assert (letters(missing(wanted, rows)), answer_of(wanted, rows)) == (left, answer)
    if wanted != Wanted.NOBODY:
        assert letters(to_remind(wanted, rows)) == left


def test_where_nothing_is_to_be_confirmed_only_who_has_not_read_is_reminded() -> None:
    assert letters(to_remind(Wanted.NOBODY, family("p m f"))) == "fmp"
    assert to_remind(Wanted.NOBODY, family("p m- f")) == set()


def test_a_confirmation_is_offered_of_those_who_are_reached() -> None:
    assert wanted_of({Part.PUPIL}) == [Wanted.NOBODY, Wanted.ANYBODY]
    assert wanted_of({Part.GUARDIAN}) == [
        Wanted.NOBODY,
        Wanted.ANYBODY,
        Wanted.ONE_GUARDIAN,
        Wanted.BOTH_GUARDIANS,
    ]
    assert set(wanted_of(set(Part))) == set(Wanted)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(DRAFT, subject=" a "), "Заголовок не написан"),
        (replace(DRAFT, subject="а" * 121), "Заголовок длиннее 120"),
        (replace(DRAFT, text="\n"), "Текст не написан"),
        (replace(DRAFT, text="а" * 4001), "Текст длиннее 4000"),
        (replace(DRAFT, shown_from=TODAY - timedelta(1)), "уже прошёл"),
        (replace(DRAFT, shown_from=TODAY + timedelta(93)), "больше 92 дней"),
        (replace(DRAFT, shown_until=TODAY - timedelta(1)), "раньше первого"),
        (replace(DRAFT, shown_until=TODAY + timedelta(301)), "дольше 300 дней"),
        (
            replace(DRAFT, audience=replace(FAMILIES, for_guardians=False), wanted=Wanted.BOTH_GUARDIANS),
            "обоих родителей",
        ),
        (replace(DRAFT, files=(("a.pdf", b"%PDF-"),) * 6), "Файлов больше 5"),
    ],
)
def test_what_cannot_be_announced_is_refused_in_words(draft: Draft, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        check_draft(draft, TODAY)
    assert check_draft(replace(DRAFT, subject="  Собрание \n родителей "), TODAY)[0] == "Собрание родителей"


def test_a_reminder_goes_only_while_it_is_shown() -> None:
    day = timedelta(1)
    check_may_remind(None, TODAY, TODAY, TODAY)
    for withdrawn_at, shown_from, shown_until, words in (
        (MOMENT, TODAY, TODAY, "отозвано"),
        (None, TODAY - day, TODAY - day, "уже не показывается"),
        (None, TODAY + day, TODAY + day, "с 20.11.2026"),
    ):
        with pytest.raises(RuleRefused, match=words):
            check_may_remind(withdrawn_at, shown_from, shown_until, TODAY)


def test_an_announcement_is_new_from_when_its_reader_could_see_it() -> None:
    day = timedelta(1)
    assert appears_at(MOMENT, TODAY, None, None) == MOMENT
    assert appears_at(MOMENT, TODAY + day, None, None) == datetime(2026, 11, 20)
    assert appears_at(MOMENT, TODAY, MOMENT + day, None) == MOMENT + day
    assert appears_at(MOMENT, TODAY, MOMENT + day, MOMENT + 2 * day) == MOMENT + 2 * day


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Без адреса", []),
        ("Запись: https://school.example/form.", ["https://school.example/form"]),
        (
            "(https://a.example/?q=1&b=2), и HTTPS://B.example!",
            ["https://a.example/?q=1&b=2", "HTTPS://B.example"],
        ),
        ("http://a.example ftp://b.example javascript:alert(1) www.c.example", []),
        ('https://a.example/"onclick="x', ["https://a.example/"]),
        ("https://a.example/<b>", ["https://a.example/"]),
    ],
)
def test_only_https_addresses_become_links(text: str, links: list[str]) -> None:
    parts = [*text_parts(text)]
    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_link in parts if is_link] == links
