"""Questions about signs of leaked credentials: the administrator's alone."""

from asking import Question, past_the_door, was_done
from small_school import NOW

from school.account_signals.actions import check_signal
from school.account_signals.lookups import account_signals
from school.account_signals.rules import Signal, SignalKind

SIGNAL = Signal(SignalKind.NIGHT, "102", ("Стрельцов Г.",), ("12.11: 4 записи",), NOW)

QUESTIONS: dict[str, Question] = {
    "account_signals.lookups.account_signals": Question(
        lambda store, user: account_signals(store, user, now=NOW), {"admin"}, was_done
    ),
    "account_signals.actions.check_signal": Question(
        past_the_door(check_signal, SIGNAL, "записи свои"), {"admin"}, was_done
    ),
}
