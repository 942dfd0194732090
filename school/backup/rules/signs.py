"""How the server and its backups stand: each thing a light, words and what to do (п. 6.1, 8.2, 8.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from school.backup.records import Outcome
from school.backup.rules.keeping import (
    DRILL_DUE_AFTER,
    STALE_AFTER,
    has_space,
    is_disk_full,
    is_drill_overdue,
    is_stale,
)

MEGABYTE = 1024**2
MEMORY_SOON, MEMORY_BAD = 0.75, 0.9
WAITING_SOON, WAITING_BAD = 20, 200
SLOW_SAVE, VERY_SLOW_SAVE = 1.0, 5.0
# Letters of the night wait for the morning.
LETTERS_WAIT = timedelta(hours=12)


class Light(StrEnum):
    """How something stands."""

    GOOD = "good"
    SOON = "soon"
    BAD = "bad"


@dataclass(frozen=True)
class Sign:
    """What it is about, how it stands, in words, and what to do."""

    title: str
    light: Light
    words: str
    advice: str = ""


def bytes_text(size: float) -> str:
    """Return a size in words: «350 МБ», «1,4 ГБ»."""
    megabytes = size / MEGABYTE
    return f"{megabytes:.0f} МБ" if megabytes < 1000 else f"{megabytes / 1024:.1f} ГБ".replace(".", ",")


def ago_text(passed: timedelta) -> str:
    """Return how long ago something was: «только что», «12 мин назад», «5 ч назад», «3 дн. назад»."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if not minutes:
        return "только что"
    if minutes < 60:
        return f"{minutes} мин назад"
    return f"{minutes // 60} ч назад" if minutes < 48 * 60 else f"{minutes // (24 * 60)} дн. назад"


def store_sign(failure: str | None) -> Sign:
    """Return whether entries are saved (п. 8.2)."""
    if failure is None:
        return Sign("База данных", Light.GOOD, "Записи сохраняются.")
    return Sign("База данных", Light.BAD, failure, "Перезапустите программу журнала.")


def backup_sign(
    now: datetime,
    last: datetime | None,
    failed: Outcome | None,
    school_began: datetime,
    server_began: datetime,
) -> Sign:
    """Return how the last backup stands: red over 26 hours (п. 8.6); ``failed``: a failure after it."""
    title = "Последняя копия"
    when = "Копий ещё нет." if last is None else f"{last:%d.%m.%Y %H:%M}, {ago_text(now - last)}."
    advice = failed.problem if failed else "Нажмите «Сделать копию сейчас»."
    if is_stale(now, last, school_began, server_began):
        return Sign(title, Light.BAD, when, advice)
    if failed is not None:
        return Sign(title, Light.SOON, f"{when} Следующая не получилась.", advice)
    if last is None or now - last > STALE_AFTER:
        return Sign(
            title, Light.SOON, when, "Первая копия делается сама; можно не ждать: «Сделать копию сейчас»."
        )
    return Sign(title, Light.GOOD, when)


def drill_sign(now: datetime, last: Outcome | None, school_began: datetime) -> Sign:
    """Return how the last restore drill stands: red after 90 days (п. 8.6); a school's first day is not counted."""
    title, advice = "Учебное восстановление", "Нажмите «Учебное восстановление»: журнал от этого не меняется."
    if last is None:
        light = Light.SOON if now - school_began < DRILL_DUE_AFTER else Light.BAD
        return Sign(title, light, "Ещё не проводилось.", advice)
    who = f", {last.who}" if last.who else ""
    words = f"{last.at:%d.%m.%Y}{who}, заняло {minutes_text(last.seconds)}."
    if last.problem:
        return Sign(title, Light.BAD, f"{words} Не получилось.", last.problem)
    if is_drill_overdue(now, last.at):
        return Sign(title, Light.BAD, f"{words} Прошло больше {DRILL_DUE_AFTER.days} дней.", advice)
    return Sign(title, Light.GOOD, words)


def minutes_text(seconds: float) -> str:
    """Return a length of time: «меньше минуты», «3 мин»."""
    return "меньше минуты" if seconds < 60 else f"{seconds / 60:.0f} мин"


def copy_sign(
    place: str, has_key: bool, last: Outcome | None, now: datetime, newest: datetime | None
) -> Sign:
    """Return how the copy in another place stands: without one a fire or a thief takes everything at once (п. 8.6)."""
    title = "Копия в другом месте"
    if not place:
        return Sign(
            title,
            Light.SOON,
            "Не настроена: все копии на одном диске.",
            "Подключите диск или сетевую папку и назовите её при запуске: SCHOOL_BACKUP_COPIES=/путь.",
        )
    if not has_key:
        return Sign(title, Light.BAD, "Не отправляется: нет ключа.", "Создайте его: «Ключ для копий».")
    if last is None:
        return Sign(
            title, Light.SOON, "Ещё не отправлялась.", "Уйдёт со следующей копией: «Сделать копию сейчас»."
        )
    when = f"{last.at:%d.%m.%Y %H:%M}, {ago_text(now - last.at)}."
    if last.problem:
        return Sign(title, Light.BAD, f"{when} Не записана.", last.problem)
    if newest is not None and now - last.at > 2 * STALE_AFTER:
        return Sign(
            title,
            Light.BAD,
            f"Последняя {when}",
            "Проверьте диск для копий и нажмите «Сделать копию сейчас».",
        )
    return Sign(title, Light.GOOD, when)


def disk_sign(free: int, database: int, whole: int) -> Sign:
    """Return whether there is room on the disk for entries and for the next backup of ``whole`` bytes (п. 8.6)."""
    words = f"Свободно {bytes_text(free)}; журнал с файлами занимает {bytes_text(whole)}."
    advice = "Освободите место на диске или подключите больший."
    if is_disk_full(free, database):
        return Sign("Место на диске", Light.BAD, f"Диск почти полон. {words}", advice)
    if not has_space(free, whole):
        return Sign("Место на диске", Light.BAD, f"На копию места не хватит. {words}", advice)
    return Sign("Место на диске", Light.SOON if not has_space(free, 2 * whole) else Light.GOOD, words)


def memory_sign(used: int, total: int) -> Sign:
    """Return how much of the machine's memory the program takes."""
    words = f"Программа занимает {bytes_text(used)} из {bytes_text(total)}."
    part = used / total if total else 0.0
    if part < MEMORY_SOON:
        return Sign("Память", Light.GOOD, words)
    return Sign(
        "Память",
        Light.BAD if part >= MEMORY_BAD else Light.SOON,
        words,
        "Перезапустите программу вечером; добавьте памяти.",
    )


def queue_sign(waiting: int) -> Sign:
    """Return how many entries wait to be saved at this moment (п. 8.2)."""
    words = "Никто не ждёт." if not waiting else f"Ждут записи: {waiting}."
    light = Light.BAD if waiting >= WAITING_BAD else Light.SOON if waiting >= WAITING_SOON else Light.GOOD
    return Sign(
        "Очередь записи",
        light,
        words,
        "" if light is Light.GOOD else "Не начинайте сейчас загрузок и отчётов.",
    )


def saves_sign(count: int, p95: float | None) -> Sign:
    """Return how long saving takes today: ``p95`` seconds that 95 of 100 did not exceed (п. 8.2)."""
    if p95 is None:
        return Sign("Сохранение сегодня", Light.GOOD, "Отметок сегодня ещё не ставили.")
    took = f"{p95 * 1000:.0f} мс" if p95 < 1 else f"{p95:.1f} с".replace(".", ",")
    words = f"95 из 100 записей не дольше {took}; всего {count}."
    light = Light.BAD if p95 > VERY_SLOW_SAVE else Light.SOON if p95 > SLOW_SAVE else Light.GOOD
    return Sign(
        "Сохранение сегодня",
        light,
        words,
        "" if light is Light.GOOD else "Закройте на сервере лишние программы.",
    )


def clock_sign(now: datetime, zone: str, shown_before: datetime | None) -> Sign:
    """Return what the clock shows; ``shown_before``: a later moment that it has shown already, so it cannot be right (п. 8.6)."""
    words = f"{now:%d.%m.%Y %H:%M}, {zone}."
    if shown_before is None:
        return Sign("Часы", Light.GOOD, words)
    return Sign(
        "Часы",
        Light.BAD,
        f"{words} Раньше они показывали {shown_before:%d.%m.%Y %H:%M}: либо тогда спешили, либо сейчас отстали.",
        "Сверьте дату, время и часовой пояс сервера: от них зависят сроки, подписи записей и входы. "
        "Если сейчас часы верны, нажмите «Часы верны».",
    )


def mail_sign(
    now: datetime,
    waiting: int,
    oldest: datetime | None,
    failed: int,
    last_sent: datetime | None,
    problem: str,
) -> Sign:
    """Return how the letters of a school stand that has switched its mail on; ``problem``: why those that wait did not go.

    Never worse than SOON: the register works without letters (п. 8.2).
    """
    sent = f"Последнее ушло {ago_text(now - last_sent)}." if last_sent else "Ещё ни одно не ушло."
    waits = f"Ждут: {waiting}, самое старое {ago_text(now - oldest)}." if oldest else "Никакое не ждёт."
    lost = f" Не отправлено за неделю: {failed}." if failed else ""
    is_late = oldest is not None and now - oldest > LETTERS_WAIT
    light = Light.SOON if is_late or failed or problem else Light.GOOD
    advice = "Откройте «Почта школы» и отправьте пробное письмо." if light is Light.SOON else ""
    return Sign("Письма", light, f"{sent} {waits}{lost}", " ".join(filter(None, (problem, advice))))


def errors_sign(count: int) -> Sign:
    """Return how many errors the program had in the last day."""
    if not count:
        return Sign("Ошибки за сутки", Light.GOOD, "Не было.")
    return Sign(
        "Ошибки за сутки", Light.SOON, f"Всего {count}, по видам ниже.", "Пришлите разработчику виды и время."
    )


def health_problem(signs: Sequence[Sign]) -> str:
    """Return why the server is not well in words without anybody's data; empty where it is (п. 8.2)."""
    return "; ".join(f"{each.title}: {each.words}" for each in signs if each.light is Light.BAD)
