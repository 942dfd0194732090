"""Papers of the demonstration: some certificates issued, one cancelled, a letter, and one that a family has asked for (п. 4.6)."""

from datetime import datetime, time, timedelta

from demo.days.families import families_of
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.certificates.actions import ask_for_certificate, cancel_paper, issue_paper, save_letterhead
from school.certificates.records import PaperKind, PaperOrder
from school.records import Role
from school.store.connection import Store

LETTERHEAD = "663000, Красноярский край, г. Речной, ул. Школьная, 1\nТел. (391) 200-00-00"
DAYS_AGO = (12, 9, 6, 2)
PLACES = ("в пенсионный фонд", "в бассейн «Волна»", "", "на работу родителю")
LETTER = (
    "Просим подтвердить прибытие обучающегося, выбывшего из нашей школы, и сообщить номер приказа о зачислении."
    "\nОтвет просим направить в течение трёх рабочих дней."
)


def live_certificates(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Issue papers up to ``now``: in holidays, when nobody is in a class, only what needs none."""
    secretary = school.user_with(Role.SECRETARY)
    calendar = plan.years[-1].calendar
    save_letterhead(store, secretary, LETTERHEAD, now=_moment(now, DAYS_AGO[0] + 1))
    here = [stay.pupil_id for each in plan.years[-1].classes for stay in each.stays if stay.ends_on is None]
    first_day = calendar.starts_on + timedelta(DAYS_AGO[0] + 1)
    if not here or not first_day <= now.date() <= calendar.ends_on:
        return
    issued = [
        issue_paper(
            store,
            secretary,
            PaperOrder(PaperKind.STUDY, here[number * 7 % len(here)], place, "заявление родителя"),
            now=_moment(now, days),
        )
        for number, (days, place) in enumerate(zip(DAYS_AGO, PLACES, strict=True))
    ]
    cancel_paper(store, secretary, issued[1], "выдана не на того ученика", now=_moment(now, DAYS_AGO[2]))
    period = PaperOrder(PaperKind.PERIOD, here[-1], "в колледж", "заявление родителя")
    issue_paper(store, secretary, period, now=_moment(now, DAYS_AGO[3]))
    letter = PaperOrder(
        PaperKind.LETTER, to_whom="Директору школы № 5", about="О подтверждении прибытия", body=LETTER
    )
    issue_paper(store, secretary, letter, now=_moment(now, DAYS_AGO[3]))
    _ask(store, plan, school, now)


def _ask(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let the guardian who is shown ask for a certificate."""
    wanted = next((row.value for row in school.structure.settings if row.name == "demo.user.guardian"), None)
    for each in families_of(plan, school).values():
        if each.has(Role.GUARDIAN) and str(each.user_id) == wanted:
            child = min(each.pupil_ids)
            words = ("в центр детского творчества", "Нужна до пятницы.")
            ask_for_certificate(store, each, child, PaperKind.STUDY, *words, now=now - timedelta(hours=3))


def _moment(now: datetime, days: int) -> datetime:
    return datetime.combine(now.date() - timedelta(days), time(11, 20))
