"""A pupil's tasks on the family's phone: what is asked, what was answered, what the teacher said; a form with files (п. 4.7)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import Form, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from pages.families.parts.sent_files import Sent, taking_files
from school.errors import AccessRefused, Refusal
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS
from school.records import User
from school.tasks.actions import Answer, answer_task
from school.tasks.lookups import pupil_task, pupil_tasks
from school.tasks.rules import ANSWER_LENGTH, FILES_AN_ANSWER
from server.http.own_routes import know_ids

PLACE = "/tasks"


def tasks_page(asked: Asked) -> bytes:
    """Return a pupil's tasks, those to be done first. Raises AccessRefused or Refusal."""
    found = pupil_tasks(asked.school.store, asked.user, asked.pupil_id, today=asked.today)
    return asked.drawn(
        "tasks.html",
        PLACE,
        "Личные задания",
        to_do=sorted(
            (each for each in found if each.is_open), key=lambda each: (each.due_on is None, each.due_on)
        ),
        others=[each for each in found if not each.is_open],
    )


def task_page(
    asked: Asked, task_id: int, typed: str = "", refused: str = "", *, had_files: bool = False
) -> bytes:
    """Return one task with its answers and the form; what was typed stays when it is refused. Raises AccessRefused or Refusal."""
    found = pupil_task(asked.school.store, asked.user, asked.pupil_id, task_id, today=asked.today)
    return asked.drawn(
        "task.html",
        PLACE,
        f"Задание: {found.task.subject_name}",
        found=found,
        typed=typed,
        refused=refused,
        had_files=had_files,
        answer_length=ANSWER_LENGTH,
        most_files=FILES_AN_ANSWER,
        most_megabytes=FILE_BYTES // 1024 // 1024,
        kinds=", ".join(FILE_KINDS),
        accepted=",".join(kind.media_type for kind in FILE_KINDS.values()),
    )


def send_answer(asked: Asked, task_id: int, sent: Sent) -> bytes | Response:
    """Send what the form holds: the page that follows, or the form again with a refusal. Raises AccessRefused."""
    text = sent.word("text")[: 4 * ANSWER_LENGTH].replace("\r\n", "\n")
    try:
        answer = Answer(asked.pupil_id, task_id, text, sent.files)
        answer_task(asked.school.store, asked.user, answer, now=asked.now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return task_page(asked, task_id, text, str(refusal), had_files=bool(sent.files))
    return redirect(f"/family/{asked.pupil_id}{PLACE}/{task_id}#last")


def _tasks(request: Request, user: User, _form: Form) -> bytes:
    return tasks_page(asked(request, user))


def _task(request: Request, user: User, _form: Form) -> bytes:
    return task_page(asked(request, user), request.path_params["task_id"])


def _answer(request: Request, user: User, sent: Sent) -> bytes | Response:
    return send_answer(asked(request, user), request.path_params["task_id"], sent)


know_ids()

ROUTES: list[Route] = [
    reading("/family/{pupil_id:id}/tasks", _tasks),
    reading("/family/{pupil_id:id}/tasks/{task_id:id}", _task),
    taking_files("/family/{pupil_id:id}/tasks/{task_id:id}", FILES_AN_ANSWER, _answer),
]
