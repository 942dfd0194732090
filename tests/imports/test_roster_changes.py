"""Sets of changes in the OneRoster format: whatever they say is added, or said why not; nothing changes without a word."""

from collections.abc import Iterator

import pytest
from loading import FILE
from roster_set import manifest, small_set, zipped
from small_school import NOW, People, build_small_school, people_of

from school.errors import Refusal
from school.imports.one_roster.loading import load_one_roster, preview_one_roster
from school.store.connection import DATABASE_NAME, Store

Files = dict[str, list[dict[str, str]]]
WHOLE = small_set()
ENROLMENT, RESULT, WORK, ALGEBRA = (
    WHOLE["enrollments"][0],
    WHOLE["results"][0],
    WHOLE["lineItems"][0],
    WHOLE["classes"][1],
)
PUPIL = WHOLE["users"][0]
DELETE = {"status": "tobedeleted", "dateLastModified": "2026-02-01T00:00:00Z"}


@pytest.fixture(scope="module")
def changed_school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, People]]:
    """The small school with the whole set loaded; sets of changes are only looked at."""
    store = Store(tmp_path_factory.mktemp("changes") / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    people = people_of(store)
    load_one_roster(store, people.admin, zipped(small_set()), FILE, now=NOW, progress=lambda _: None)
    yield store, people
    store.close()


def changes(**files: list[dict[str, str]]) -> bytes:
    return zipped({"manifest": manifest("1.1", **dict.fromkeys(files, "delta")), **files})


def work(key: str, day: str, **more: str) -> dict[str, str]:
    return {**WORK, "sourcedId": key, "dueDate": day} | more


def given(key: str, of: str, pupil: str = "p1", score: str = "4", **more: str) -> dict[str, str]:
    return {
        **RESULT,
        "sourcedId": key,
        "lineItemSourcedId": of,
        "studentSourcedId": pupil,
        "score": score,
    } | more


Expected = tuple[dict[str, int], tuple[str, ...]]
# What a set of changes holds; what it adds by table, and what is said of the rest.
SETS: dict[str, tuple[bytes, dict[str, int], tuple[str, ...]]] = {
    **{
        f"a deleted row of {name}": (changes(**{name: [{**WHOLE[name][0], **DELETE}]}), {}, ("помечена к удалению",))
        for name in ("orgs", "academicSessions", "users", "courses", "classes", "enrollments", "categories", "lineItems", "results")
    },
    "a status of its own": (changes(users=[{**PUPIL, "status": "archived"}]), {}, ("«archived» — такого в OneRoster нет",)),
    "another name": (changes(users=[{**PUPIL, "familyName": "Иванов"}]), {}, ("чьё имя в карточке другое: 1 (строка 2)",)),
    "the same name": (changes(users=[PUPIL]), {}, ()),
    "somebody in no class": (changes(users=[{**PUPIL, "sourcedId": "p9"}]), {}, ("ни в одном классе набора",)),
    "a birthday of somebody unknown": (
        changes(demographics=[{"sourcedId": "p9", "birthDate": "2013-05-05"}]), {}, ("такого человека в наборе нет",)
    ),
    "a pupil under another id": (
        changes(users=[{**PUPIL, "sourcedId": "x1"}], enrollments=[{**ENROLMENT, "sourcedId": "e9", "userSourcedId": "x1"}],
                classes=WHOLE["classes"][:1]),
        {"enrolments": 1}, ("под другим обозначением: 1 (строка 2)",),
    ),
    "a class under another id": (
        changes(classes=[{**WHOLE["classes"][0], "sourcedId": "h7"}]), {"classes": 1}, ("«классы»: уже есть", "1 (6В)")
    ),
    "a course under another id": (
        changes(courses=[{"sourcedId": "c9", "title": "Алгебра"}], classes=[{**ALGEBRA, "sourcedId": "k9", "courseSourcedId": "c9"}]),
        {"subjects": 1}, ("«предметы»: уже есть", "1 (Алгебра)"),
    ),
    "a mark of a known work without the work": (changes(results=[given("r9", "w1")]), {}, ("работы «w1» в наборе нет",)),
    "a mark of somebody unknown": (
        changes(classes=[ALGEBRA], lineItems=[work("w7", "2025-12-01")], results=[given("r9", "w7", "p9")]), {},
        ("ученика «p9» в наборе нет",),
    ),
    "a work of an unknown class": (
        changes(lineItems=[work("w7", "2025-12-01", classSourcedId="k9")], results=[given("r9", "w7")]), {},
        ("класса «k9» этой работы в наборе нет; он бывает в полном наборе",),
    ),
    "a changed mark": (
        changes(classes=[ALGEBRA], lineItems=[WORK], categories=WHOLE["categories"], results=[{**RESULT, "score": "2"}]), {},
        ("уже другие отметки",),
    ),
    "a mark once more": (
        changes(classes=[ALGEBRA], lineItems=[WORK], categories=WHOLE["categories"], results=[RESULT]), {}, ("учитель в наборе",)
    ),
    "the day of a work changed": (
        changes(classes=[ALGEBRA], lineItems=[work("w1", "2025-09-16")], categories=WHOLE["categories"], results=[RESULT]),
        {"marks": 1}, ("прежде на другой день, останутся",),
    ),
    "a doubled row": (
        changes(classes=[ALGEBRA], lineItems=[work("w7", "2025-12-01")], results=[given("r9", "w7"), given("r9", "w7", score="2")]),
        {"marks": 1}, ("то же обозначение, что в строке 2",),
    ),
    "an older row after a newer one": (
        changes(classes=[ALGEBRA], lineItems=[work("w7", "2025-12-01")],
                results=[given("r9", "w7", dateLastModified="2026-02-02T00:00:00Z"), given("r9", "w7", score="2", **DELETE)]),
        {"marks": 1}, ("то же обозначение, что в строке 2",),
    ),
    "a pupil who left": (changes(classes=WHOLE["classes"][:1], enrollments=[{**ENROLMENT, "endDate": "2026-01-20"}]), {}, ("другой день выбытия",)),
    "a moved term": (
        changes(academicSessions=[{**WHOLE["academicSessions"][0], "endDate": "2025-10-30"}]), {}, ("у этого периода другие сведения",)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "added", "words"), SETS.values(), ids=SETS)
def test_whatever_changed_is_added_or_told(
    changed_school: tuple[Store, People], content: bytes, added: dict[str, int], words: tuple[str, ...]
) -> None:
    store, people = changed_school
    report = preview_one_roster(store, people.admin, content)
    assert {table: count.added for table, count in report.counts.items() if count.added} == added
    told = "\n".join([*report.notes, *(row.reason for row in report.refused)])
    assert all(each in told for each in words), told
    assert words or not told


def test_an_enrolment_that_ends_with_a_term_of_the_register_has_its_last_day(
    changed_school: tuple[Store, People],
) -> None:
    """Of a set of changes alone it would not be seen whether its ends are last days."""
    store, people = changed_school
    pupil = {**PUPIL, "sourcedId": "p8", "familyName": "Новый"}
    stay = {
        **ENROLMENT,
        "sourcedId": "e8",
        "userSourcedId": "p8",
        "beginDate": "2025-11-05",
        "endDate": "2025-12-28",
    }
    of_last_day = [work("w8", "2025-12-28")]
    content = changes(
        users=[pupil],
        classes=WHOLE["classes"][:2],
        enrollments=[stay],
        lineItems=of_last_day,
        results=[given("r8", "w8", "p8")],
    )
    report = preview_one_roster(store, people.admin, content)
    assert {table: count.added for table, count in report.counts.items() if count.added} == {
        "enrolments": 1,
        "marks": 1,
    }
    assert report.refused == []


def test_a_promised_file_that_is_missing_refuses_the_set(changed_school: tuple[Store, People]) -> None:
    store, people = changed_school
    content = zipped({"manifest": manifest("1.1", users="delta", results="delta"), "users": [PUPIL]})
    with pytest.raises(Refusal, match=r"обещает файл results\.csv"):
        preview_one_roster(store, people.admin, content)
