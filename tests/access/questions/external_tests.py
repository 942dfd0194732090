"""Questions about 8Б to the actions and lookups of external_tests."""

from asking import TODAY, Question, passed, was_done
from small_school import CLASS_8B, NOW

from school.external_tests import actions as external_test_actions
from school.external_tests import lookups as external_test_lookups
from school.files.plan import ImportKind, Plan, SourceRow

RESULT_OF_8B = SourceRow(
    2,
    {
        "class": "8Б",
        "pupil": "Яковлев Олег",
        "kind": "ВПР",
        "subject": "Математика",
        "held_on": "10.11.2026",
        "mark": "4",
    },
)

QUESTIONS: dict[str, Question] = {
    "external_tests.lookups.loaded_results": Question(
        external_test_lookups.loaded_results, {"head", "deputy"}, was_done
    ),
    "external_tests.lookups.second_opinions": Question(
        lambda store, user: external_test_lookups.second_opinions(store, user, CLASS_8B, TODAY),
        {"head", "deputy"},
        was_done,
    ),
    "external_tests.lookups.tested_subjects": Question(
        external_test_lookups.tested_subjects, {"head", "deputy"}, bool
    ),
    "external_tests.lookups.tested_classes": Question(external_test_lookups.tested_classes, {"deputy"}),
    "external_tests.lookups.pupil_titles": Question(external_test_lookups.pupil_titles, {"deputy"}),
    "external_tests.lookups.pupils_to_test": Question(
        lambda store, user: external_test_lookups.pupils_to_test(store, user, [CLASS_8B], TODAY), {"deputy"}
    ),
    "external_tests.lookups.preview_results": Question(
        lambda store, user: external_test_lookups.preview_results(store, user, [RESULT_OF_8B], TODAY),
        {"deputy"},
        lambda plan: plan.brings_anything,
    ),
    "external_tests.actions.load_results": Question(
        lambda store, user: passed(
            lambda: external_test_actions.load_results(
                store, user, [RESULT_OF_8B], Plan(ImportKind.EXTERNAL_TESTS), now=NOW
            )
        ),
        {"deputy"},
        was_done,
    ),
    "external_tests.actions.delete_results": Question(
        lambda store, user: passed(lambda: external_test_actions.delete_results(store, user, 1, now=NOW)),
        {"deputy"},
        was_done,
    ),
}
