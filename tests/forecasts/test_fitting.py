"""The school learns from its own closed terms: asked for, over restarts, and never at the price of a screen (п. 2.7)."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from past_years import Screens
from screens import texts
from small_school import NOW, People

from models.features.journal_folder import read_journal
from models.features.tables import JournalTables, prepare
from models.forecasters.class_level import USUAL_SPREAD, ClassSpread
from models.product.forecasting import answering, forecast_terms, forecasts
from models.product.school_model import SchoolModel, fit_school, shrunk
from models.product.stored_model import ModelFault, ModelFile, forget_models, read_model, write_model
from school.analytics.lookups.readers import FigureReader
from school.errors import AccessRefused, RuleRefused
from school.forecasts import actions
from school.forecasts.lookups import model_in_use, models_folder, wants_fitting, whole_journal, write_journal
from school.forecasts.store import newest_fits
from school.store.connection import Store
from school.store.school import School
from school.terms.actions import close_term
from server import forecast_job
from server.forecast_job import ForecastKeeper

MODEL_PAGE = "forecasts/forecast_model.py"
TODAY = NOW.date()


def states(store: Store) -> list[tuple[str, str]]:
    return [(fit.cause, fit.state) for fit in newest_fits(store)]


def fitted_now(store: Store) -> SchoolModel:
    tables = prepare(JournalTables(**whole_journal(store)))
    return fit_school(tables, TODAY, seed=3)


@pytest.fixture
def keeper(school_screens: School, past: Callable[[], None]) -> ForecastKeeper:
    """The background work of a school that has eight closed terms and no model."""
    past()
    return ForecastKeeper(school_screens)


def test_a_school_with_closed_terms_fits_a_model_by_itself_and_the_screens_use_it(
    keeper: ForecastKeeper, school_store: Store, reader: FigureReader
) -> None:
    terms = forecast_terms(reader, TODAY)
    before = forecasts(reader, terms, TODAY)
    keeper.look()
    assert states(school_store) == [("never_fitted", "done")]
    now = answering(reader.school)
    assert now.trained is not None
    assert now.note == ""
    assert not np.allclose(before["p5"], forecasts(reader, terms, TODAY)["p5"])
    model = model_in_use(school_store)
    assert model is not None
    about = json.loads((models_folder(school_store) / model.file_name.replace("joblib", "json")).read_text())
    assert about["sha256"] == model.sha256
    assert json.loads(model.card)["chosen"] in json.loads(model.card)["log_loss"]
    assert [path.suffix for path in sorted(models_folder(school_store).iterdir())] == [".joblib", ".json"]


def test_a_first_term_runs_on_fixed_constants(school_store: Store) -> None:
    assert not wants_fitting(school_store, TODAY, is_broken=False)
    assert fitted_now(school_store).card["chosen"] == "unlearned_pool"


def test_a_school_with_closed_terms_chooses_among_its_models(
    school_store: Store, past: Callable[[], None], learned_once: SchoolModel
) -> None:
    past()
    assert wants_fitting(school_store, TODAY, is_broken=False)
    assert learned_once.card["chosen"] in learned_once.card["log_loss"]


def test_the_same_seed_learns_the_same(
    learned: Callable[[], SchoolModel], learned_once: SchoolModel, tmp_path: Path
) -> None:
    first, second = learned_once, learned()
    assert first.card == second.card
    files = [
        write_model(tmp_path, name, model.trained, {})
        for name, model in zip("ab", (first, second), strict=True)
    ]
    assert files[0].sha256 == files[1].sha256


def test_a_closed_term_asks_for_a_fitting(school_store: Store, people: People) -> None:
    close_term(school_store, people.deputy, 2026, "quarter", 2, now=datetime(2027, 1, 11, 10))
    assert states(school_store) == [("term_closed", "waiting")]


def test_an_interrupted_fitting_begins_again_and_is_given_up_after_three(school_store: Store) -> None:
    actions.ask_fit_for(school_store, actions.NEVER_FITTED, now=NOW)
    for attempt in range(actions.MOST_ATTEMPTS):
        fit = actions.begin_fit(school_store, now=NOW)
        assert fit is not None, f"attempt {attempt}"
        actions.resume_fits(school_store, now=NOW)
    last = newest_fits(school_store)[0]
    assert (last.state, last.stage) == ("failed", actions.GIVEN_UP)
    assert actions.begin_fit(school_store, now=NOW) is None


def test_a_restart_says_that_the_fitting_begins_again(
    school_store: Store, people: People, screens: Screens
) -> None:
    actions.ask_fit_for(school_store, actions.NEVER_FITTED, now=NOW)
    actions.begin_fit(school_store, now=NOW)
    actions.resume_fits(school_store, now=NOW)
    assert actions.INTERRUPTED in texts(screens.open(people.head, MODEL_PAGE))


def test_a_fitting_that_fails_leaves_the_model_in_use_and_is_not_tried_for_ever(
    keeper: ForecastKeeper, school_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    keeper.look()
    keeper.look()
    assert states(school_store) == [("never_fitted", "failed")]
    assert model_in_use(school_store) is None


def test_a_fitting_that_is_killed_says_so_in_words_and_leaves_nothing(
    keeper: ForecastKeeper,
    school_store: Store,
    people: People,
    screens: Screens,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forecast_job, "SEED", 91)  # no other test has fitted this one already
    looking = threading.Thread(target=keeper.look)
    looking.start()
    deadline = time.monotonic() + 30
    while (pid := keeper.process.pid) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    looking.join(120)
    assert states(school_store) == [("never_fitted", "failed")]
    assert actions.KILLED_STAGE in texts(screens.open(people.head, MODEL_PAGE))
    assert list(models_folder(school_store).glob("journal-*")) == []


def test_a_stopped_server_leaves_the_fitting_to_the_next_start(
    keeper: ForecastKeeper, school_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_job, "SEED", 92)
    keeper.stop()
    keeper.look()
    left = models_folder(school_store) / "journal-left"
    left.mkdir()
    ForecastKeeper(keeper.school).resume()
    assert states(school_store) == [("never_fitted", "waiting")]
    assert school_store.read("SELECT count(*) FROM forecast_snapshots") == [(0,)]
    assert not left.exists()


def test_the_journal_of_a_process_is_the_schools(
    school_store: Store, past: Callable[[], None], tmp_path: Path
) -> None:
    past()
    write_journal(school_store, tmp_path)
    handed_over = vars(read_journal(tmp_path))
    for name, table in whole_journal(school_store).items():
        pd.testing.assert_frame_equal(handed_over[name], table)


@pytest.mark.parametrize("part", ["deputy", "head", "owner", "homeroom", "secretary"])
def test_only_the_administrator_fits(school_store: Store, people: People, part: str) -> None:
    with pytest.raises(AccessRefused):
        actions.ask_fit(school_store, getattr(people, part), now=NOW)


def test_two_fittings_are_not_asked_for_at_once(school_store: Store, people: People) -> None:
    actions.ask_fit(school_store, people.admin, now=NOW)
    with pytest.raises(RuleRefused):
        actions.ask_fit(school_store, people.admin, now=NOW)


@pytest.mark.parametrize(("part", "may_fit"), [("admin", True), ("deputy", False), ("head", False)])
def test_the_page_says_what_answers_and_only_the_administrator_has_the_button(
    screens: Screens, people: People, part: str, may_fit: bool
) -> None:
    page = screens.open(getattr(people, part), MODEL_PAGE)
    words = texts(page)
    assert "постоянные настройки вместе с округлённым баллом" in words
    assert "пол, адрес, сведения о семье" in words
    assert [button.label for button in page.button if button.label == "Обучить заново"] == [
        "Обучить заново"
    ] * may_fit


@pytest.mark.parametrize("column", ["program", "libraries"])
def test_a_model_of_another_version_is_not_opened(tmp_path: Path, school_store: Store, column: str) -> None:
    written = write_model(tmp_path, "model", fitted_now(school_store).trained, {})
    assert read_model(tmp_path, written)
    with pytest.raises(ModelFault, match="другой версией"):
        read_model(tmp_path, ModelFile(**{**vars(written), column: "0.1"}))


def test_a_baseline_that_was_better_on_the_past_is_shown_and_said(
    school_store: Store, learned_once: SchoolModel, screens: Screens, people: People
) -> None:
    fit_id = actions.ask_fit_for(school_store, actions.NEVER_FITTED, now=NOW)
    assert fit_id is None
    fit, fitted = actions.begin_fit(school_store, now=NOW), deepcopy(learned_once)
    fitted.trained.choice.log_loss["rounded_mean"] = 0.0
    card = fitted.card | {"chosen": "rounded_mean"}
    file = write_model(models_folder(school_store), "plain", fitted.trained, {})
    facts = actions.ModelFacts(
        TODAY, 1, file.name, file.sha256, file.program, file.libraries, json.dumps(card)
    )
    actions.finish_fit(school_store, fit, facts, now=NOW)
    words = texts(screens.open(people.head, MODEL_PAGE))
    assert "округлённый средний балл" in words
    assert "ни одна модель не была точнее" in words


def test_only_the_models_that_somebody_may_still_open_stay_on_the_disk(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        (tmp_path / f"{name}.joblib").write_bytes(b"model")
        (tmp_path / f"{name}.json").write_text("{}", "utf-8")
    forget_models(tmp_path, ["third.joblib", "second.joblib"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "second.joblib",
        "second.json",
        "third.joblib",
        "third.json",
    }


def test_few_classes_do_not_promise_narrow_intervals() -> None:
    never = ClassSpread(dict.fromkeys(USUAL_SPREAD.at_knots, (0.0,) * 5))
    of_few, of_many = (shrunk(never, count).at_knots["quality"][0] for count in (5, 500))
    assert USUAL_SPREAD.at_knots["quality"][0] > of_few > of_many > 0


def test_nothing_later_than_the_day_is_learned_from(school_store: Store, past: Callable[[], None]) -> None:
    past()
    tables = prepare(JournalTables(**whole_journal(school_store)))
    day = date(2025, 3, 31)
    card = fit_school(tables, day, seed=1).card
    last = dict(school_store.read("SELECT term_id, ends_on FROM terms"))
    assert all(last[term] <= day for term in card["judged_terms"] + card["learned_terms"])
    # Too few are closed for later terms to judge earlier ones: pupils did, whom nothing was learned from.
    assert card["is_judged_by_pupil"]
    assert card["learned_terms"] == card["judged_terms"]


def test_the_week_is_remembered_once(school_screens: School, school_store: Store) -> None:
    keeper = ForecastKeeper(school_screens)
    keeper.look()
    keeper.look()
    assert school_store.read("SELECT as_of FROM forecast_snapshots") == [(TODAY - timedelta(days=1),)]
