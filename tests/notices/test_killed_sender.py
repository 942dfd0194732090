"""A server that is killed while it sends: no letter is lost, and at the most the one that it was at comes twice."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from mail_server import Mailbox, connect_school, mail_server, wait_until
from small_school import CHILD, NOW, OWNERS_LESSON_TODAY, people_of

from school.notices.actions.own import ask_code, choose_notices, confirm_address
from school.notices.records import Choices, Digest
from school.notices.sending import Sender
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store, Transaction

ROOT = Path(__file__).resolve().parents[2]
EVENING = datetime(2026, 11, 19, 17, 30)
SENDING = f"""
import sys, time
from datetime import datetime
from pathlib import Path
from school.notices.sending import Sender
from school.store.connection import Store
now = datetime.fromisoformat("{EVENING}")
Sender(Store(Path(sys.argv[1]), lambda: now), lambda: now, lambda: time.sleep(60)).look()
"""


def prepare(store: Store, port: int, mailbox: Mailbox) -> None:
    """Let a guardian have three letters to come: a digest, an absence, a lesson cancelled."""
    people = people_of(store)
    connect_school(store, people.admin, port)
    ask_code(store, people.guardian, "olga@mail.example", now=NOW)
    Sender(store, lambda: NOW).look()
    code = re.search(r"(\d{6})", mailbox.letters.pop().get_content())[1]  # type: ignore[index]
    confirm_address(store, people.guardian, code, now=NOW)
    choose_notices(store, people.guardian, Choices(Digest.DAY, 17, 5, True, True), now=NOW)
    later = NOW + timedelta(minutes=1)
    enter_cells(store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "н")], now=later)

    def cancel(transaction: Transaction) -> None:
        transaction.keep(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            SELECT 301, class_id, subject_id, teacher_id, term_id, '2026-11-20', 1 FROM lessons
            WHERE lesson_id = {OWNERS_LESSON_TODAY};
            INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, reason, assigned_at)
            SELECT 1, 301, class_id, subject_id, 'cancelled', '', TIMESTAMP '{later}' FROM lessons WHERE lesson_id = 301"""
        )

    store.write(cancel)


def test_a_kill_between_two_letters_loses_none(small_school_file: Path, tmp_path: Path) -> None:
    path, mailbox = Path(shutil.copy(small_school_file, tmp_path)), Mailbox()
    with mail_server(mailbox) as port:
        store = Store(path, lambda: NOW)
        prepare(store, port, mailbox)
        store.close()
        sender = subprocess.Popen([sys.executable, "-c", SENDING, str(path)], cwd=ROOT)
        try:
            wait_until(lambda: len(mailbox.letters) == 1, 30)
        finally:
            os.kill(sender.pid, signal.SIGKILL)
            sender.wait()
        store = Store(path, lambda: EVENING)
        for minutes in (0, 1, 5):
            Sender(store, lambda now=EVENING + timedelta(minutes=minutes): now).look()
        store.close()
    came = Counter(str(each["Subject"]) for each in mailbox.letters)
    assert set(came) == {
        "В дневнике есть новое (1)",
        "В дневнике есть срочное (1)",
        "Расписание изменилось (1)",
    }
    assert came.total() <= 4
    # One that came twice is seen to be one.
    assert len({each["Message-ID"] for each in mailbox.letters}) == 3
