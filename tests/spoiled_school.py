"""A made-up school in which every text that people type holds signs that Markdown, HTML and their kin would act on."""

from datetime import datetime

from demo.build import make_school
from school.store.connection import Store, Transaction
from school.store.events import Event

# A Wednesday in the third quarter: two quarters and a half-year are over.
NOW = datetime(2027, 2, 10, 12, 0)
SIGNS = "*_~:[](<b> 2*3*4 3~4 :smile: [a](http://b.c) $x$ <b>x</b> `c` a|b"
# What is left of the signs where nobody escaped them, cut short or not.
RAW = ("2*3*4", "3~4", ":smile:", "[a]", "x</b>", "$x$", "`c`")

CODE, KEY, HASH = "a code of the program", "an identifier", "a hash"
# Columns of texts that nobody types.
NOT_TYPED = {
    "absences.reason": CODE,
    "announcement_files.kind": CODE,
    "announcement_files.sha256": HASH,
    "announcement_files.stored_name": KEY,
    "announcement_recipients.part": CODE,
    "announcements.target": CODE,
    "announcements.wanted": CODE,
    "archive_documents.kind": CODE,
    "archive_documents.path": KEY,
    "archive_documents.sha256": HASH,
    "archive_documents.state": CODE,
    "archive_signatures.sha256": HASH,
    "archive_signatures.stored_name": KEY,
    "archive_signatures.trust": CODE,
    "archive_signatures.verdict": CODE,
    "archive_steps.state": CODE,
    "archives.file_name": KEY,
    "archives.problem": "words of the program",
    "archives.sha256": HASH,
    "archives.state": CODE,
    "certificate_requests.kind": CODE,
    "certificates.kind": CODE,
    "certificates.words": "words of a paper as JSON, read by the program",
    "classes.term_kind": CODE,
    "events.client_id": KEY,
    "excuses.reason": CODE,
    "excuse_papers.kind": CODE,
    "excuse_papers.sha256": HASH,
    "excuse_papers.stored_name": KEY,
    "events.kind": CODE,
    "external_tests.kind": CODE,
    "first_steps.role": CODE,
    "forecast_fits.cause": CODE,
    "forecast_fits.state": CODE,
    "forecast_models.card": "what a model was fitted on, as JSON",
    "forecast_models.file_name": KEY,
    "forecast_models.libraries": "versions of libraries",
    "forecast_models.program": HASH,
    "forecast_models.sha256": HASH,
    "homework_files.kind": CODE,
    "homework_files.sha256": HASH,
    "homework_files.stored_name": KEY,
    "last_places.path": CODE,
    "measures.kind": CODE,
    "measures.source": CODE,
    "materials.kind": CODE,
    "materials.link": "an address, checked to be one",
    "materials.sha256": HASH,
    "materials.stored_name": KEY,
    "occasion_answers.side": CODE,
    "occasion_files.kind": CODE,
    "occasion_files.sha256": HASH,
    "occasion_files.stored_name": KEY,
    "plan_entries.code": CODE,
    "task_files.kind": CODE,
    "task_files.sha256": HASH,
    "task_files.stored_name": KEY,
    "task_steps.kind": CODE,
    "import_batch_rows.new_row": "rows as JSON, read by the program",
    "import_batch_rows.old_row": "rows as JSON, read by the program",
    "import_batch_rows.table_name": CODE,
    "import_batches.fingerprint": HASH,
    "import_batches.kind": CODE,
    "exchanges.direction": CODE,
    "exchanges.kind": CODE,
    "import_profiles.kind": CODE,
    "import_profiles.mapping": "a mapping as JSON, read by the program",
    "inspection_findings.check_code": CODE,
    "inspection_rechecks.state": CODE,
    "inspections.scope": "a scope as JSON, read by the program",
    "invitations.code_hash": HASH,
    "invitations.person_kind": CODE,
    "leaves.reason": CODE,
    "lessons.homework_state": CODE,
    "lessons.status": CODE,
    "complaints.copy": "messages as JSON, read by the program",
    "complaints.sha256": HASH,
    "made_reports.kind": CODE,
    "made_reports.schedule_key": KEY,
    "made_reports.sha256": HASH,
    "made_reports.stored_name": KEY,
    "made_reports.term_kind": CODE,
    "migrations.name": KEY,
    "message_files.kind": CODE,
    "message_files.sha256": HASH,
    "message_files.stored_name": KEY,
    "paper_files.form": CODE,
    "paper_files.kind": CODE,
    "paper_files.sha256": HASH,
    "paper_files.stored_name": KEY,
    "paper_orders.kind": CODE,
    "paper_orders.problem": "words of the program",
    "paper_orders.state": CODE,
    "papers.kind": CODE,
    "pupil_movements.kind": CODE,
    "pupils.esia_id": "digits, checked to be such",
    "schedule_clients.client_id": KEY,
    "schedule_clients.secret_hash": HASH,
    "schedule_readings.client_id": KEY,
    "pupil_movements.left_behind": "rows as JSON, read by the program",
    "regulations.file_kind": CODE,
    "regulations.kind": CODE,
    "regulations.sha256": HASH,
    "regulations.state": CODE,
    "regulations.stored_name": KEY,
    "regulations.target": CODE,
    "remarks.kind": CODE,
    "store_marks.store_id": KEY,
    "store_marks.zone": CODE,
    "account_signal_checks.kind": CODE,
    "account_signal_checks.subject": KEY,
    "council_decisions.outcome": CODE,
    "device_notices.address": KEY,
    "device_notices.browser": "words of the program",
    "device_notices.device_hash": HASH,
    "calendar_feeds.token_hash": HASH,
    "notice_letters.kind": CODE,
    "notice_letters.outcome": CODE,
    "notice_letters.period": KEY,
    "notice_letters.problem": CODE,
    "notice_settings.code_hash": HASH,
    "notice_settings.digest": CODE,
    "push_devices.browser": "words of the program",
    "push_devices.device_hash": HASH,
    "push_devices.endpoint": KEY,
    "push_devices.public_key": KEY,
    "push_devices.shared_secret": KEY,
    "push_keys.encrypted_private_key": "encrypted",
    "push_keys.public_key": KEY,
    "recovery_codes.code_hash": HASH,
    "second_factors.encrypted_secret": "encrypted",
    "sessions.address": KEY,
    "views.contrast": CODE,
    "sessions.browser": "words of the program",
    "sessions.device_hash": HASH,
    "sessions.session_hash": HASH,
    "settings.name": CODE,
    "settings.value": "values of the program but the school's name",
    "sign_in_attempts.address": KEY,
    "sign_in_attempts.browser": "words of the program",
    "sign_in_attempts.device_hash": HASH,
    "sign_in_attempts.login_hash": HASH,
    "sign_in_attempts.step": CODE,
    "subject_roundings.rounding": CODE,
    "substitutions.kind": CODE,
    "terms.kind": CODE,
    "thread_people.role": CODE,
    "threads.kind": CODE,
    "trusted_devices.device_hash": HASH,
    "user_roles.role": CODE,
    "users.password_hash": HASH,
} | {f"{table}.external_id": KEY for table in ("classes", "pupils", "schools", "staff", "subjects", "terms")}

# What the demonstration leaves empty.
_MORE_ROWS = """
INSERT INTO correction_permissions BY NAME
    SELECT 1 AS permission_id, class_id, subject_id, term_id, teacher_id, 'ошибка' AS reason, TIMESTAMP '2027-02-09 10:00' AS asked_at
    FROM term_marks WHERE teacher_id IS NOT NULL ORDER BY ALL LIMIT 1;
INSERT INTO correction_permissions BY NAME
    SELECT 2 AS permission_id, class_id, subject_id, term_id, teacher_id, 'ошибка' AS reason, TIMESTAMP '2027-02-09 10:00' AS asked_at,
        false AS is_granted, TIMESTAMP '2027-02-09 12:00' AS decided_at, 'нет' AS answer
    FROM term_marks WHERE teacher_id IS NOT NULL ORDER BY ALL LIMIT 1;
INSERT INTO final_marks BY NAME
    SELECT class_id, subject_id, pupil_id, 4 AS value, 'пересдача' AS reason, TIMESTAMP '2027-02-09 10:00' AS recorded_at
    FROM term_marks ORDER BY ALL LIMIT 1;
INSERT INTO council_decisions BY NAME
    SELECT class_id, pupil_id, 'moved_up' AS outcome, DATE '2027-02-09' AS decided_on, '5' AS protocol, 'заявление' AS note,
        TIMESTAMP '2027-02-09 10:00' AS recorded_at
    FROM enrolments WHERE ends_on IS NULL;
INSERT INTO pupil_movements BY NAME
    SELECT 1 AS movement_id, min(pupil_id) AS pupil_id, 'arrival' AS kind, DATE '2027-02-01' AS happened_on,
        min(class_id) AS to_class_id, 'приказ' AS order_title, 'переезд' AS reason, TIMESTAMP '2027-02-01 10:00' AS recorded_at
    FROM enrolments WHERE ends_on IS NULL;
INSERT INTO import_batches BY NAME
    SELECT 1 AS batch_id, 'staff' AS kind, 'файл.xlsx' AS file_name, 'f' AS fingerprint, TIMESTAMP '2027-02-09 10:00' AS loaded_at,
        (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.admin') AS loaded_by,
        1 AS new_count, 0 AS changed_count, 0 AS unchanged_count, 0 AS refused_count;
INSERT INTO account_signal_checks
    SELECT 'parent_never', '0', TIMESTAMP '2027-02-09 10:00', TIMESTAMP '2027-02-09 10:00',
        (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.admin'), 'код передан';
INSERT INTO notice_settings BY NAME
    SELECT (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.guardian') AS user_id, 'olga@mail.example' AS address,
        TIMESTAMP '2027-02-09 10:00' AS confirmed_at, 17 AS digest_hour, 5 AS digest_weekday,
        TIMESTAMP '2027-02-09 10:00' AS told_until, 0 AS told_event, TIMESTAMP '2027-02-09 10:00' AS at_once_since;
INSERT INTO calendar_feeds BY NAME
    SELECT 1 AS feed_id, user_id, min(g.pupil_id) AS pupil_id, 'hash' AS token_hash, 'класс' AS label,
        TIMESTAMP '2027-02-09 10:00' AS created_at
    FROM users u JOIN guardian_pupils g USING (guardian_id)
    WHERE user_id = (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.guardian') GROUP BY user_id;
INSERT INTO import_profiles BY NAME
    SELECT 1 AS profile_id, 'staff' AS kind, 'профиль' AS name, TIMESTAMP '2027-02-09 10:00' AS saved_at,
        '{"kind": "staff", "sheet": "Лист", "header_row": 1, "header_depth": 1, "columns": {"full_name": "ФИО"}}' AS mapping;
INSERT INTO exchanges BY NAME
    SELECT 1 AS exchange_id, 1 AS profile_id, 'профиль' AS profile_name, 'staff' AS kind, 'out' AS direction,
        'файл.xlsx' AS file_name, 1 AS row_count, 1 AS written_count, 0 AS refused_count,
        TIMESTAMP '2027-02-09 10:00' AS exchanged_at,
        (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.admin') AS exchanged_by;
INSERT INTO schedule_clients BY NAME
    SELECT 'a1' AS client_id, 'система' AS name, 'f' AS secret_hash, TIMESTAMP '2027-02-09 10:00' AS made_at,
        (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.admin') AS made_by;
"""


def spoil(store: Store) -> None:
    """Make the school in an empty store and put the signs into every typed text."""
    make_school(store, pupils=80, years=1, seed=3, now=NOW, say=lambda _: None)
    columns = store.connection.execute(
        """SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_name)
        WHERE data_type = 'VARCHAR' AND table_type = 'BASE TABLE'"""
    ).fetchall()
    typed = [each for each in columns if ".".join(each) not in NOT_TYPED]

    def work(transaction: Transaction) -> None:
        transaction.change(_MORE_ROWS)
        for table, column in typed:
            transaction.change(
                f"UPDATE {table} SET {column} = {column} || ' ' || ? WHERE {column} <> ''", [SIGNS]
            )
        for table, column in (
            ("guardians", "phone"),
            ("guardian_pupils", "relation"),
            ("inspection_findings", "note"),
        ):
            transaction.change(f"UPDATE {table} SET {column} = ?", [SIGNS])
        transaction.change(
            "UPDATE settings SET value = value || ' ' || ? WHERE name = 'school.name'", [SIGNS]
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)
