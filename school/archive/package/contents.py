"""Which rows of the school a year's package holds, table by table, and what is left out of it and why (п. 6.5, 6.6)."""

_CLASS = "class_id IN (SELECT class_id FROM classes WHERE school_year = $year)"
_LESSON = f"lesson_id IN (SELECT lesson_id FROM lessons WHERE {_CLASS})"
_PUPIL = f"pupil_id IN (SELECT pupil_id FROM enrolments WHERE {_CLASS})"
_GUARDIAN = f"guardian_id IN (SELECT guardian_id FROM guardian_pupils WHERE {_PUPIL})"
_TERM = "term_id IN (SELECT term_id FROM terms WHERE school_year = $year)"
_USER = f"staff_id IS NOT NULL OR (guardian_id IS NULL AND pupil_id IS NULL) OR {_PUPIL} OR {_GUARDIAN}"
_INSPECTION = "inspection_id IN (SELECT inspection_id FROM inspections WHERE school_year = $year)"
_SPAN = "BETWEEN make_date($year, 8, 1) AND make_date($year + 1, 8, 31)"
_TEST = f"test_id IN (SELECT test_id FROM external_tests WHERE held_on {_SPAN})"
# Of the school's settings those of its registers and documents alone: none that opens a door or names another machine.
_SETTING = "regexp_matches(name, '^(school|marking|homework|papers?|summary|councils?|certificates)[.]')"

# Table → which of its rows, with the school year as $year; empty: all of them.
ARCHIVED: dict[str, str] = {
    "settings": _SETTING,
    "schools": "",
    "school_years": "school_year = $year",
    "days_off": f"day {_SPAN}",
    "grade_days_off": f"day {_SPAN}",
    "moved_days": f"day {_SPAN}",
    "terms": "school_year = $year",
    "term_grades": _TERM,
    "bell_times": "",
    "staff": "",
    "classes": "school_year = $year",
    "class_terms": _CLASS,
    "class_promotions": _CLASS,
    "pupils": _PUPIL,
    "enrolments": _CLASS,
    "pupil_movements": f"from_{_CLASS} OR to_{_CLASS}",
    "former_school_marks": _TERM,
    "subjects": "",
    "subject_roundings": "",
    "subgroups": _CLASS,
    "subgroup_members": f"subgroup_id IN (SELECT subgroup_id FROM subgroups WHERE {_CLASS})",
    "work_types": "",
    "retired_work_types": "",
    "guardians": _GUARDIAN,
    "guardian_pupils": _PUPIL,
    "users": _USER,
    "user_roles": f"user_id IN (SELECT user_id FROM users WHERE {_USER})",
    "teaching_load": "school_year = $year",
    "timetable": "load_id IN (SELECT load_id FROM teaching_load WHERE school_year = $year)",
    "lessons": _CLASS,
    "marks": _LESSON,
    "absences": _LESSON,
    "term_marks": _CLASS,
    "year_marks": _CLASS,
    "events": f"""{_LESSON} OR {_CLASS} OR
        (lesson_id IS NULL AND class_id IS NULL AND happened_at::DATE {_SPAN})""",
    "class_exams": _CLASS,
    "exam_marks": _CLASS,
    "final_marks": _CLASS,
    "council_decisions": _CLASS,
    "certificates": f"issued_at::DATE {_SPAN}",
    "correction_permissions": _CLASS,
    "lesson_plans": _CLASS,
    "plan_topics": f"plan_id IN (SELECT plan_id FROM lesson_plans WHERE {_CLASS})",
    "lesson_plan_topics": _LESSON,
    "homework_due_days": _LESSON,
    "homework_times": _LESSON,
    "homework_tasks": _LESSON,
    "register_tasks": _CLASS,
    "homework_task_pupils": f"""task_id IN (SELECT task_id FROM homework_tasks WHERE {_LESSON})
        OR task_id IN (SELECT task_id FROM register_tasks WHERE {_CLASS})""",
    "substitutions": _CLASS,
    "leaves": _CLASS,
    "remarks": _CLASS,
    "plan_entries": "school_year = $year",
    "inspections": "school_year = $year",
    "inspection_findings": _INSPECTION,
    "inspection_rechecks": _INSPECTION,
    "inspection_readings": _INSPECTION,
    "external_tests": f"held_on {_SPAN}",
    "external_test_results": _TEST,
}

# What stands in place of a column's values: nothing by which anybody signs in, and no numbers of browser tabs.
EMPTIED: dict[str, dict[str, str]] = {
    "users": {"password_hash": "''"},
    "events": {"client_id": "NULL", "client_seq": "NULL"},
}

_SECRETS = "пароли, входы, коды и ключи в архив не попадают"
_LETTERS = "переписка, объявления и встречи — не журнал; сроки их хранения свои"
_FILES = "вложенные файлы остаются в журнале и в резервных копиях"
_OWN = "служебные записи программы"
_FORECASTS = "прогнозы делаются заново"
_DOCUMENTS = "документы школы живут дольше учебного года и остаются в журнале"
_MEASURES = "записи директора о мерах видят только он и работник"
_PAPERS = "напечатанные документы лежат в папках классов"
LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(
        (
            "sessions", "sign_in_attempts", "device_notices", "second_factors", "recovery_codes", "trusted_devices",
            "account_signal_checks", "invitations", "push_keys", "push_devices", "calendar_feeds", "notice_settings",
            "notice_letters", "schedule_clients",
        ),
        _SECRETS,
    ),
    **dict.fromkeys(
        (
            "announcements", "announcement_files", "announcement_recipients", "threads", "thread_people", "messages",
            "message_files", "complaints", "mutes", "request_readings", "parents_evenings", "consultation_slots",
            "consultation_bookings", "occasions", "occasion_files", "occasion_answers", "away_notes", "diary_visits",
            "diary_readings", "week_confirmations", "homework_ticks", "remark_readings", "excuses", "gap_requests",
            "gap_request_lessons", "task_steps", "certificate_requests",
        ),
        _LETTERS,
    ),
    **dict.fromkeys(("homework_files", "task_files", "excuse_papers", "materials"), _FILES),
    **dict.fromkeys(
        (
            "migrations", "store_marks", "import_batches", "import_batch_rows", "import_profiles", "made_reports",
            "viewings", "incidents", "erasures", "archives", "archive_documents", "archive_steps", "archive_signatures",
            "exchanges", "exchanged_rows", "schedule_readings", "last_places", "views", "first_steps",
        ),
        _OWN,
    ),
    **dict.fromkeys(
        ("forecast_models", "forecast_fits", "forecast_snapshots", "forecast_snapshot_rows", "extra_help"), _FORECASTS
    ),
    **dict.fromkeys(("papers", "paper_files", "paper_orders"), _PAPERS),
    **dict.fromkeys(("regulations", "regulation_readings"), _DOCUMENTS),
    "measures": _MEASURES,
}  # fmt: skip
