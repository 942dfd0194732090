"""«Состояние»: lights that say what to do, the buttons, the key for the safe, and /health (п. 6.1, 8.2, 8.6)."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from school_with_files import A_DAY, backed_up
from screens import open_page, show_school, texts
from small_school import NOW, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.backup.parts.copies_key import PAIR
from pipelines.reports.backup_key import key_sheet
from school.backup import shelf
from school.backup.encryption import new_key
from school.backup.lookups import PLACE_VARIABLE, copies_key
from school.backup.records import Cause, Deed, Outcome
from school.clock import school_zone
from school.errors import AccessRefused, Refusal
from school.sign_in.actions.clock import mind_clock
from school.store.connection import Store
from school.store.school import School
from server.state import backups, health
from server.state.backups import BackupKeeper, back_up_before, keep_backups
from server.state.errors import RecentErrors, recent_errors
from server.state.saves import SaveTimes, percentile_95

PAGE = "backup/state.py"


@pytest.fixture
def served(own_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackupKeeper]:
    """The small school a week after it began, served for two days."""
    monkeypatch.setattr(backups, "_keepers", [])
    monkeypatch.delenv(PLACE_VARIABLE, raising=False)
    kept = keep_backups(show_school(own_store, NOW, monkeypatch))
    kept.began_at, kept.school_began_at = NOW - 2 * A_DAY, NOW - 7 * A_DAY
    own_store.connection.execute("UPDATE migrations SET applied_at = $at", {"at": NOW - 7 * A_DAY})
    recent_errors._noted.clear()
    yield kept
    recent_errors._noted.clear()


def pretend_backup(here: BackupKeeper, hours_ago: float) -> str:
    """Have a backup of some hours ago, as far as the page and /health look at it."""
    name = (NOW - timedelta(hours=hours_ago)).strftime(shelf.NAME_FORMAT)
    (here.folder / name).mkdir()
    (here.folder / name / shelf.MANIFEST).write_text("{}")
    return name


def ask_health() -> tuple[int, str]:
    answer = TestClient(Starlette(routes=health.routes)).get("/health")
    return answer.status_code, answer.text


def test_a_well_kept_school_is_green(
    served: BackupKeeper, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLACE_VARIABLE, str(tmp_path))
    served.school.store.connection.execute("INSERT INTO settings VALUES ('backup.recipient', 'age1x')")
    made = backed_up(served.school.store, NOW - timedelta(hours=9))
    for deed in (Deed.COPY, Deed.DRILL):
        shelf.remember(
            served.folder, Outcome(deed, NOW - A_DAY, made.name, 70, "Адамов Л.", "", str(tmp_path))
        )
    page = open_page(PAGE, people.admin)
    said = texts(page)
    assert "Всё в порядке" in said
    assert "9 ч назад" in said
    assert "DuckDB" in said
    assert [each.label for each in page.button if each.label in {"Сделать копию сейчас", "Ключ для копий"}]
    assert ask_health() == (200, "ok")


def test_a_neglected_school_is_red_and_says_what_to_do(served: BackupKeeper, people: People) -> None:
    refused = "Резервная копия не начата: мало места на диске."
    shelf.remember(served.folder, Outcome(Deed.BACKUP, NOW, "", 0, "", refused))
    recent_errors.note("OperationalError")
    said = texts(open_page(PAGE, people.admin))
    for words in (
        "Нужно вмешаться: последняя копия",
        "Копий ещё нет",
        refused,
        "на одном диске",
        "Ошибки за сутки",
    ):
        assert words in said
    code, reason = ask_health()
    assert code == 503
    assert "Последняя копия" in reason


def test_the_head_reads_it_and_presses_nothing(served: BackupKeeper, people: People) -> None:
    page = open_page(PAGE, people.head)
    assert "Резервные копии" in texts(page)
    assert not [each for each in page.button if "копи" in each.label.lower()]
    with pytest.raises(AccessRefused):
        served.ask(people.head, Deed.BACKUP)


@pytest.mark.parametrize(("hours", "code"), [(25, 200), (27, 503)])
def test_health_says_that_the_backup_is_stale(served: BackupKeeper, hours: int, code: int) -> None:
    pretend_backup(served, hours)
    assert ask_health()[0] == code


def test_health_says_that_the_store_is_dead_and_the_disk_full(
    served: BackupKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_backup(served, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "failure", lambda _self: "Диск был полон: записи не сохраняются.")
        assert ask_health() == (503, "База данных: Диск был полон: записи не сохраняются.")
    usage = shutil._ntuple_diskusage(10**9, 10**9, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    code, reason = ask_health()
    assert (code, "Диск почти полон" in reason) == (503, True)


def test_a_clock_that_has_shown_a_later_day_is_red_until_the_administrator_says_that_it_is_right(
    served: BackupKeeper, people: People
) -> None:
    store = served.school.store
    mind_clock(store, now=NOW + 400 * A_DAY, zone=school_zone())
    mind_clock(store, now=NOW, zone=school_zone())
    assert "Часы верны" not in [each.label for each in open_page(PAGE, people.head).button]
    page = open_page(PAGE, people.admin)
    assert "Нужно вмешаться: последняя копия, часы" in texts(page)
    assert f"{NOW + 400 * A_DAY:%d.%m.%Y}" in texts(page)
    next(each for each in page.button if each.label == "Часы верны").click().run()
    assert "часы" not in next(each.value for each in page.error)
    assert "Часы верны" not in [each.label for each in page.button]


def test_before_the_school_is_open_health_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_keepers", [])
    assert ask_health()[0] == 503


def test_the_buttons_back_up_and_try_restoring_beside_the_visitors(
    served: BackupKeeper, people: People
) -> None:
    page = open_page(PAGE, people.admin)
    next(each for each in page.button if each.label == "Учебное восстановление").click().run()
    assert served.doing is not None
    assert "Учебное восстановление…" in texts(page)
    served.look()
    assert served.doing is None
    done = shelf.outcomes(served.folder)
    # There was no backup to try: one was taken first.
    assert [(each.deed, each.problem) for each in done[:2]] == [(Deed.DRILL, ""), (Deed.BACKUP, "")]
    assert done[0].who == "Адамов Л."


def test_the_key_is_shown_once_and_used_when_it_is_in_the_safe(served: BackupKeeper, people: People) -> None:
    page = open_page(PAGE, people.admin)
    next(each for each in page.button if each.label == "Ключ для копий").click().run()
    next(each for each in page.button if each.label == "Создать ключ").click().run()
    public, secret = page.session_state[PAIR]
    assert secret in [each.value for each in page.code]
    use = next(each for each in page.button if each.label == "Шифровать копии этим ключом")
    assert use.disabled
    page.checkbox(key="backup_key_kept").check().run()
    next(each for each in page.button if each.label == "Шифровать копии этим ключом").click().run()
    store = served.school.store
    assert copies_key(store) == public
    assert PAIR not in page.session_state
    assert secret not in repr(store.read("SELECT * FROM settings")) + repr(store.read("SELECT * FROM events"))


def test_the_sheet_for_the_safe_is_a_page() -> None:
    assert key_sheet("Школа у реки", NOW.date(), *new_key()).startswith(b"%PDF")


def test_an_import_waits_for_a_backup_and_is_not_begun_without_one(
    served: BackupKeeper, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up_before(Cause.IMPORT, people.deputy)
    (made,) = shelf.manifests(served.folder)
    assert made.cause == Cause.IMPORT
    served.school.store.connection.execute("INSERT INTO events (happened_at, kind) VALUES (now(), 'school')")
    usage = shutil._ntuple_diskusage(10**9, 10**9, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Refusal, match="журнал не менялся"):
        back_up_before(Cause.IMPORT, people.deputy)


def test_a_night_takes_one_backup_and_a_failure_waits_an_hour(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [NOW]
    here = BackupKeeper(School(own_store, lambda: moments[0]))
    taken: list[Cause] = []
    monkeypatch.setattr(here, "_do", lambda asked: taken.append(asked.cause))
    here.look()
    shelf.remember(here.folder, Outcome(Deed.BACKUP, NOW, "", 0, "", "мало места"))
    here.look()
    moments[0] = NOW + timedelta(hours=1)
    here.look()
    name = moments[0].strftime(shelf.NAME_FORMAT)
    (here.folder / name).mkdir()
    (here.folder / name / shelf.MANIFEST).write_text("{}")
    here.look()
    assert taken == [Cause.NIGHT, Cause.NIGHT]


def test_saves_and_errors_are_counted_in_memory_without_anybodys_data() -> None:
    saves, errors = SaveTimes(), RecentErrors()
    assert percentile_95(saves.since(3600)) is None
    assert percentile_95([float(each) for each in range(1, 101)]) == 95
    for kind in ("ValueError", "KeyError", "ValueError"):
        errors.note(kind)
    assert [(each.kind, each.count) for each in errors.of_last()] == [("ValueError", 2), ("KeyError", 1)]
