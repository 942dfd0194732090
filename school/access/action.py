"""What people do in the product, each with words for the table of roles."""

from enum import StrEnum


class Action(StrEnum):
    """One thing a user may be allowed to do."""

    READ_REGISTER = "read_register"
    ENTER_CELLS = "enter_cells"
    EDIT_LESSON = "edit_lesson"
    READ_LESSON_PLANS = "read_lesson_plans"
    EDIT_LESSON_PLAN = "edit_lesson_plan"
    ENTER_TERM_MARKS = "enter_term_marks"
    ASK_CORRECTION = "ask_correction"
    READ_TERM_CLOSING = "read_term_closing"
    CLOSE_TERMS = "close_terms"
    PLAN_EXAMS = "plan_exams"
    ENTER_EXAM_MARKS = "enter_exam_marks"
    READ_COUNCILS = "read_councils"
    PROPOSE_DECISIONS = "propose_decisions"
    RECORD_DECISIONS = "record_decisions"
    READ_MARKING = "read_marking"
    EDIT_MARKING = "edit_marking"
    READ_DAY = "read_day"
    READ_ABSENCES = "read_absences"
    EDIT_ABSENCES = "edit_absences"
    READ_CLASS_CONTROL = "read_class_control"
    SEND_GAP_REQUEST = "send_gap_request"
    CLOSE_GAP_REQUEST = "close_gap_request"
    READ_SUBSTITUTIONS = "read_substitutions"
    ASSIGN_SUBSTITUTIONS = "assign_substitutions"
    READ_SUBSTITUTION_LOG = "read_substitution_log"
    SIGN_SUBSTITUTIONS = "sign_substitutions"
    READ_DATA_CHECKS = "read_data_checks"
    READ_REMARKS = "read_remarks"
    WRITE_REMARK = "write_remark"
    CONFIRM_REMARK = "confirm_remark"
    CONFIRM_WEEK = "confirm_week"
    TICK_HOMEWORK = "tick_homework"
    ANSWER_TASK = "answer_task"
    READ_OCCASIONS = "read_occasions"
    PLAN_OCCASIONS = "plan_occasions"
    ANSWER_OCCASION = "answer_occasion"
    ANNOUNCE_ABSENCE = "announce_absence"
    READ_FAMILY_WORK = "read_family_work"
    READ_ANNOUNCEMENTS = "read_announcements"
    WRITE_ANNOUNCEMENT = "write_announcement"
    FOLLOW_ANNOUNCEMENTS = "follow_announcements"
    CONFIRM_ANNOUNCEMENT = "confirm_announcement"
    HOLD_CONSULTATIONS = "hold_consultations"
    READ_CONSULTATIONS = "read_consultations"
    PLAN_PARENTS_EVENINGS = "plan_parents_evenings"
    BOOK_CONSULTATION = "book_consultation"
    READ_QUALITY = "read_quality"
    READ_PUPIL_HISTORY = "read_pupil_history"
    READ_TEACHER_ACTIVITY = "read_teacher_activity"
    READ_ATTENDANCE = "read_attendance"
    READ_REGISTER_WORK = "read_register_work"
    READ_CONSISTENCY = "read_consistency"
    READ_EXTERNAL_TESTS = "read_external_tests"
    LOAD_EXTERNAL_TESTS = "load_external_tests"
    READ_FORECASTS = "read_forecasts"
    GIVE_EXTRA_HELP = "give_extra_help"
    READ_FORECAST_MODEL = "read_forecast_model"
    FIT_FORECASTS = "fit_forecasts"
    READ_REPORTS = "read_reports"
    MAKE_REPORTS = "make_reports"
    READ_PAPERS = "read_papers"
    PRINT_PAPERS = "print_papers"
    READ_INSPECTIONS = "read_inspections"
    INSPECT = "inspect"
    ANSWER_INSPECTION = "answer_inspection"
    READ_DIARY = "read_diary"
    READ_CLASS_LISTS = "read_class_lists"
    READ_EVENTS = "read_events"
    READ_USERS = "read_users"
    EDIT_STAFF = "edit_staff"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    KEEP_NOTICES = "keep_notices"
    KEEP_MAIL = "keep_mail"
    CHECK_ACCOUNT_SIGNALS = "check_account_signals"
    EDIT_PUPILS = "edit_pupils"
    MOVE_PUPILS = "move_pupils"
    ENTER_FORMER_MARKS = "enter_former_marks"
    ISSUE_FAMILY_CODES = "issue_family_codes"
    READ_YEAR_OPENING = "read_year_opening"
    OPEN_YEAR = "open_year"
    EDIT_LOAD = "edit_load"
    EDIT_TIMETABLE = "edit_timetable"
    EXPORT_JOURNAL = "export_journal"
    IMPORT_JOURNAL = "import_journal"
    LOAD_FILES = "load_files"
    LOAD_ENTRIES = "load_entries"
    READ_PRIVACY = "read_privacy"
    KEEP_PRIVACY = "keep_privacy"
    READ_CHILD_RECORD = "read_child_record"
    READ_CERTIFICATES = "read_certificates"
    ISSUE_CERTIFICATES = "issue_certificates"
    ASK_CERTIFICATE = "ask_certificate"
    READ_REPORT_CARDS = "read_report_cards"
    READ_STATE = "read_state"
    KEEP_BACKUPS = "keep_backups"
    CORRESPOND = "correspond"
    ANSWER_HELP = "answer_help"
    READ_COMPLAINTS = "read_complaints"
    DECIDE_COMPLAINTS = "decide_complaints"
    SET_LETTER_ORDER = "set_letter_order"
    READ_BY_REQUEST = "read_by_request"
    READ_ARCHIVE = "read_archive"
    READ_YEAR_PLAN = "read_year_plan"
    EDIT_YEAR_PLAN = "edit_year_plan"
    TICK_YEAR_PLAN = "tick_year_plan"
    MAKE_ARCHIVE = "make_archive"
    READ_DOCUMENTS = "read_documents"
    DRAFT_DOCUMENTS = "draft_documents"
    FOLLOW_DOCUMENTS = "follow_documents"
    APPROVE_DOCUMENTS = "approve_documents"
    READ_OWN_MEASURES = "read_own_measures"
    KEEP_MEASURES = "keep_measures"


ACTION_TITLES: dict[Action, str] = {
    Action.READ_REGISTER: "смотреть журнал",
    Action.ENTER_CELLS: "ставить отметки и пропуски",
    Action.EDIT_LESSON: "записывать тему, вид работы и домашнее задание",
    Action.READ_LESSON_PLANS: "смотреть планирование (КТП)",
    Action.EDIT_LESSON_PLAN: "вести планирование (КТП) своих журналов",
    Action.ENTER_TERM_MARKS: "ставить отметки за период и за год",
    Action.ASK_CORRECTION: "просить разрешение исправить закрытый период",
    Action.READ_TERM_CLOSING: "смотреть, как выставлены отметки за период",
    Action.CLOSE_TERMS: "закрывать учебный период и разрешать исправления",
    Action.PLAN_EXAMS: "выбирать, по каким предметам у класса экзамен",
    Action.ENTER_EXAM_MARKS: "ставить отметки за экзамен и итог года",
    Action.READ_COUNCILS: "смотреть итоги года и решения педсовета",
    Action.PROPOSE_DECISIONS: "предлагать педсовету решения о своём классе",
    Action.RECORD_DECISIONS: "записывать решения педсовета",
    Action.READ_MARKING: "смотреть виды работ и округление",
    Action.EDIT_MARKING: "менять виды работ и округление",
    Action.READ_DAY: "видеть свои уроки на сегодня",
    Action.READ_ABSENCES: "смотреть пропуски класса",
    Action.EDIT_ABSENCES: "исправлять пропуски и их причины",
    Action.READ_CLASS_CONTROL: "смотреть, что не заполнено в журналах класса",
    Action.SEND_GAP_REQUEST: "просить учителей класса дополнить журнал",
    Action.CLOSE_GAP_REQUEST: "закрывать обращения классных руководителей",
    Action.READ_SUBSTITUTIONS: "смотреть замены и табель замен",
    Action.ASSIGN_SUBSTITUTIONS: "назначать и снимать замены",
    Action.READ_SUBSTITUTION_LOG: "смотреть свой журнал замен",
    Action.SIGN_SUBSTITUTIONS: "подписывать журнал замен",
    Action.READ_DATA_CHECKS: "смотреть проверку данных",
    Action.READ_REMARKS: "смотреть замечания и рекомендации",
    Action.WRITE_REMARK: "писать замечания и рекомендации",
    Action.CONFIRM_REMARK: "отмечать замечание прочитанным",
    Action.CONFIRM_WEEK: "отмечать, что с неделей дневника ознакомлен",
    Action.TICK_HOMEWORK: "отмечать своё домашнее задание сделанным",
    Action.ANSWER_TASK: "отвечать на индивидуальные задания",
    Action.READ_OCCASIONS: "смотреть события школы и отвечать, придёт ли",
    Action.PLAN_OCCASIONS: "объявлять события и видеть, кто придёт",
    Action.ANSWER_OCCASION: "отвечать, придёт ли ребёнок или семья на событие",
    Action.ANNOUNCE_ABSENCE: "сообщать школе о пропуске",
    Action.READ_FAMILY_WORK: "видеть, как семьи читают дневник",
    Action.READ_ANNOUNCEMENTS: "читать объявления для сотрудников и подтверждать их",
    Action.WRITE_ANNOUNCEMENT: "писать объявления",
    Action.FOLLOW_ANNOUNCEMENTS: "видеть, кто прочитал и подтвердил объявления, напоминать",
    Action.CONFIRM_ANNOUNCEMENT: "подтверждать, что с объявлением ознакомлен",
    Action.HOLD_CONSULTATIONS: "открывать своё время для консультаций и принимать семьи",
    Action.READ_CONSULTATIONS: "смотреть, кто записан на консультации, и заметки после них",
    Action.PLAN_PARENTS_EVENINGS: "назначать и отменять родительские дни",
    Action.BOOK_CONSULTATION: "записываться на консультации о своём ребёнке",
    Action.READ_QUALITY: "смотреть качество обучения",
    Action.READ_PUPIL_HISTORY: "смотреть учеников за все годы",
    Action.READ_TEACHER_ACTIVITY: "смотреть работу учителей с журналом",
    Action.READ_ATTENDANCE: "смотреть посещаемость",
    Action.READ_REGISTER_WORK: "смотреть, как ведётся журнал и кто в нём работает",
    Action.READ_CONSISTENCY: "смотреть объективность оценивания и справедливое сравнение",
    Action.READ_EXTERNAL_TESTS: "смотреть загруженные результаты ВПР, ОГЭ и ЕГЭ",
    Action.LOAD_EXTERNAL_TESTS: "загружать и удалять результаты ВПР, ОГЭ и ЕГЭ",
    Action.READ_FORECASTS: "смотреть прогнозы",
    Action.GIVE_EXTRA_HELP: "брать на помощь учеников, о которых предупредил прогноз",
    Action.READ_FORECAST_MODEL: "смотреть, как обучена модель прогноза",
    Action.FIT_FORECASTS: "обучать модель прогноза",
    Action.READ_REPORTS: "смотреть готовые отчёты",
    Action.MAKE_REPORTS: "делать отчёты",
    Action.READ_PAPERS: "смотреть и скачивать журналы и ведомости для печати",
    Action.PRINT_PAPERS: "готовить журналы и ведомости к печати",
    Action.READ_INSPECTIONS: "смотреть проверки журнала",
    Action.INSPECT: "проверять ведение журнала и составлять справку",
    Action.ANSWER_INSPECTION: "читать справки о проверке своих журналов и отвечать на них",
    Action.READ_DIARY: "смотреть дневник",
    Action.READ_CLASS_LISTS: "смотреть списки классов",
    Action.READ_EVENTS: "смотреть журнал изменений",
    Action.READ_USERS: "смотреть пользователей",
    Action.EDIT_STAFF: "вести сотрудников, их роли и вход в журнал",
    Action.KEEP_OWN_ACCOUNT: "видеть свои входы, завершать их и включать второй фактор",
    Action.KEEP_NOTICES: "выбирать уведомления и подключать календарь",
    Action.KEEP_MAIL: "подключать почту школы",
    Action.CHECK_ACCOUNT_SIGNALS: "проверять признаки общих и утекших паролей",
    Action.EDIT_PUPILS: "вести карточки учеников и их родителей",
    Action.MOVE_PUPILS: "вести движение учащихся: прибытие, выбытие, перевод",
    Action.ENTER_FORMER_MARKS: "вписывать отметки за периоды из прежней школы",
    Action.ISSUE_FAMILY_CODES: "выдавать коды приглашения ученикам и родителям",
    Action.READ_YEAR_OPENING: "смотреть открытие учебного года, нагрузку и расписание",
    Action.OPEN_YEAR: "открывать учебный год: календарь, классы, предметы, звонки",
    Action.EDIT_LOAD: "вести нагрузку и делить классы на подгруппы",
    Action.EDIT_TIMETABLE: "вести расписание",
    Action.EXPORT_JOURNAL: "выгружать журнал школы",
    Action.IMPORT_JOURNAL: "загружать журнал школы",
    Action.LOAD_FILES: "загружать данные из файлов",
    Action.LOAD_ENTRIES: "загружать отметки и пропуски из файлов (КИАСУО)",
    Action.READ_PRIVACY: "смотреть, кто видел данные учеников, сроки хранения и происшествия",
    Action.KEEP_PRIVACY: "вести сроки хранения, стирание и происшествия с персональными данными",
    Action.READ_CHILD_RECORD: "получать документ «Что мы храним о ребёнке»",
    Action.READ_CERTIFICATES: "смотреть книгу выданных справок, выписок и писем",
    Action.ISSUE_CERTIFICATES: "выдавать и аннулировать справки, выписки и письма",
    Action.ASK_CERTIFICATE: "заказывать справку о своём ребёнке",
    Action.READ_REPORT_CARDS: "печатать табели успеваемости и личные карты",
    Action.READ_STATE: "смотреть состояние сервера и резервных копий",
    Action.KEEP_BACKUPS: "делать резервные копии и проверять восстановление",
    Action.CORRESPOND: "переписываться и просить помощи",
    Action.ANSWER_HELP: "отвечать на обращения за помощью",
    Action.READ_COMPLAINTS: "смотреть жалобы на переписку и сроки ответов",
    Action.DECIDE_COMPLAINTS: "разбирать жалобы и ограничивать переписку",
    Action.SET_LETTER_ORDER: "устанавливать порядок переписки",
    Action.READ_BY_REQUEST: "читать переписку по письменному обращению",
    Action.READ_ARCHIVE: "смотреть архив учебных лет",
    Action.READ_YEAR_PLAN: "смотреть план учебного года и контроля",
    Action.EDIT_YEAR_PLAN: "вести план учебного года и контроля",
    Action.TICK_YEAR_PLAN: "отмечать выполнение плана",
    Action.MAKE_ARCHIVE: "сдавать учебный год в архив и вести его бумагу",
    Action.READ_DOCUMENTS: "читать документы школы и отмечать, что ознакомлен",
    Action.DRAFT_DOCUMENTS: "готовить документы школы",
    Action.FOLLOW_DOCUMENTS: "вести листы ознакомления с документами школы",
    Action.APPROVE_DOCUMENTS: "утверждать и отменять документы школы",
    Action.READ_OWN_MEASURES: "видеть меры, принятые к себе",
    Action.KEEP_MEASURES: "вести меры к работникам",
}
