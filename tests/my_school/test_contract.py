"""The published timetable request over real HTTP: shapes, tokens, errors; off by default; nothing but the pupil's own diary."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from asking_system import ESIA_ID, System, let_in, served
from small_school import ABSENTEE, CHILD, NOW, OWNERS_LESSON_YESTERDAY, STRANGE_CHILD, People

from pages.my_school import routes
from school.errors import RuleRefused
from school.my_school.actions import close_client, turn_route, write_esia_id
from school.my_school.lookups import route_state
from school.my_school.rules import check_esia_id, span_asked
from school.store.connection import Store
from server.http.rates import Rates

pytestmark = pytest.mark.usefixtures("school_screens")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "rates", Rates(1000, 1.0))
    monkeypatch.setattr(routes, "token_rates", Rates(1000, 1.0))
    monkeypatch.setattr(routes, "tokens", routes.Tokens())


@pytest.fixture
def system(url: str, school_store: Store, people: People) -> System:
    return System(url, let_in(school_store, people.admin, CHILD))


def code(answer: object) -> tuple[int, str]:
    """Return the status and the code of an error."""
    (issue,) = answer.json()["issue"]  # type: ignore[attr-defined]
    return answer.status_code, issue["code"]  # type: ignore[attr-defined]


def test_a_pupil_s_timetable_has_what_the_diary_shows(system: System, school_store: Store) -> None:
    document = system.schedule().json()
    assert document["id"] == ESIA_ID
    (school,) = document["school"]
    assert school["period"] == {"start": "2026-11-09", "end": "2026-11-29"}
    assert school["academYear"] == "2026/27"
    assert [(each["class"], each["grade"]) for each in school["class"]] == [("7а", "7")]
    lessons = system.lessons()
    ((held_on, subject, marks),) = school_store.read(
        """SELECT l.held_on, b.name, list(m.value ORDER BY m.slot) FROM lessons l JOIN subjects b USING (subject_id)
           JOIN marks m USING (lesson_id) WHERE l.lesson_id = $lesson AND m.pupil_id = $pupil GROUP BY ALL""",
        {"lesson": OWNERS_LESSON_YESTERDAY, "pupil": CHILD},
    )
    (lesson,) = [
        each
        for each in lessons
        if each["period"]["start"].startswith(held_on.isoformat())
        and each["subject"] == subject
        and each["score"]
    ]
    assert [each["score"] for each in lesson["score"]] == [str(mark) for mark in marks]
    assert lesson["period"]["start"].endswith("+03:00")
    assert system.lessons() == lessons


def test_an_absence_has_the_code_of_the_contract(url: str, school_store: Store, people: People) -> None:
    system = System(url, let_in(school_store, people.admin, ABSENTEE))
    assert {each["attendance"]["code"] for each in system.lessons() if "attendance" in each} == {"н"}


def test_days_are_asked_for_both_or_neither(system: System) -> None:
    one_day = NOW.date().isoformat()
    days = {each["period"]["start"][:10] for each in system.lessons(start=one_day, end=one_day)}
    assert days == {one_day}
    for asked in (
        {"start": one_day},
        {"end": one_day},
        {"start": "17.11.2026", "end": "18.11.2026"},
        {"start": "2026-11-31", "end": "2026-12-01"},
        {"start": "2026-11-18", "end": "2026-11-17"},
        {"start": "2026-01-01", "end": "2027-12-31"},
    ):
        assert code(system.schedule(**asked)) == (400, "structure")


def test_who_is_not_known_is_not_found(system: System, school_store: Store, people: People) -> None:
    for esia_id in ("999", "abc", str(CHILD), "%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2"):
        assert code(system.schedule(esia_id)) == (404, "not-found")
    write_esia_id(school_store, people.admin, CHILD, "", now=NOW)
    assert code(system.schedule()) == (404, "not-found")


def test_tokens_are_given_for_the_secret_and_end(
    system: System, school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ({"client_secret": "guess"}, {"client_id": "nobody"}):
        answer = system.token(**wrong)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert system.token(grant_type="password").json() == {"error": "unsupported_grant_type"}
    given = system.token().json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    token = given["access_token"]
    assert system.schedule(token=token).status_code == 200
    assert code(system.schedule(token="other")) == (401, "expired")
    assert routes.tokens.client_of(token, NOW + timedelta(minutes=11)) is None
    close_client(school_store, people.admin, system.client.client_id, now=NOW)
    assert code(system.schedule(token=token)) == (401, "expired")
    assert system.token().status_code == 401


def test_nothing_is_answered_until_the_route_is_turned_on(
    system: System, school_store: Store, people: People
) -> None:
    token = system.token().json()["access_token"]
    turn_route(school_store, people.admin, is_on=False, now=NOW)
    assert code(system.schedule(token=token)) == (404, "not-found")
    assert system.token().status_code == 401


def test_who_asks_too_often_waits(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    token = system.token().json()["access_token"]
    monkeypatch.setattr(routes, "rates", Rates(1, 0.01))
    monkeypatch.setattr(routes, "token_rates", Rates(0, 0.01))
    assert system.schedule(token=token).status_code == 200
    assert system.schedule(token=token).status_code == 429
    assert system.token().status_code == 429


def test_it_is_kept_who_asked_and_how_often_and_no_secret(
    system: System, school_store: Store, people: People
) -> None:
    system.schedule()
    system.schedule()
    (client,) = route_state(school_store, people.admin).clients
    assert (client.readings, client.pupils, client.last_read_on) == (2, 1, NOW.date())
    stored = str(school_store.read("SELECT * FROM schedule_clients")) + str(school_store.read("FROM events"))
    assert system.client.secret not in stored
    assert ESIA_ID not in stored


def test_a_number_belongs_to_one_pupil(system: System, school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="у другого ученика"):
        write_esia_id(school_store, people.secretary, STRANGE_CHILD, f" {ESIA_ID} ", now=NOW)
    with pytest.raises(RuleRefused, match="до 20 цифр"):
        check_esia_id("12a")


def test_three_weeks_are_meant_where_no_days_are_named() -> None:
    first, last = span_asked(None, None, NOW.date())
    assert (first.isoweekday(), last.isoweekday(), (last - first).days) == (1, 7, 20)
