"""The texts of a package: what it is, how it is read without this program, and what its label says (п. 6.5, 6.6)."""

from datetime import date

from school import __version__
from school.calendar import school_year_title

READ_ME = "ПРОЧТИ.txt"
_READ_ME = """Архив электронного классного журнала
{school}
{year} учебный год; собран {day}

Чтобы читать этот архив, программа журнала не нужна.

Что здесь лежит
  опись.pdf, inventory.csv   список документов: листы, сроки хранения, SHA-256
  папка с именем класса      документы класса (PDF для просмотра и печати, XLSX) и таблицы CSV:
                             список, уроки с темами и домашними заданиями, отметки, пропуски, оценки за период и за год;
                             изменения.jsonl — кто, когда и что менял, по строке на запись
  tables                     те же записи так, как их хранит программа: по файлу CSV на таблицу;
                             schema.json — виды столбцов и номер версии базы

Как открыть таблицы
  Файлы CSV — текст в кодировке UTF-8, столбцы разделены запятыми, первая строка — заголовки.
  В LibreOffice или Excel открывайте их через «Данные — Из текста/CSV» и выберите UTF-8.
  Пустое место между запятыми — значения нет; две кавычки подряд ("") — пустой текст.
  В таблицах классов отметка — число от 2 до 5, даты записаны как ГГГГ-ММ-ДД.

Как проверить, что ничего не изменилось
  Рядом с папкой data лежат manifest-sha256.txt и manifest-sha512.txt (формат BagIt, RFC 8493): сумма каждого файла.
  Linux и macOS: в папке, где лежит этот список, дайте команду  sha256sum -c manifest-sha256.txt
  Windows: certutil -hashfile ФАЙЛ SHA256  и сравните со строкой списка.

Как вернуть журнал в программу
  На компьютере с программой электронного журнала:
  python -m school.archive restore ПАКЕТ --data ПУСТАЯ_ПАПКА
  Паролей, кодов и ключей в архиве нет: администратора впускают заново.

Сроки хранения (п. 6.6): журналы — 5 лет, по {short}; сводные ведомости — 25 лет, по {long}.
Здесь персональные данные детей: храните архив там, куда нет доступа посторонним.
"""
SHORT, LONG = 5, 25


def kept_until(school_year: int, years: int) -> date:
    """Return the last day of a term of so many years, which begins on 1 January after the school year (п. 6.6)."""
    return date(school_year + 1 + years, 12, 31)


def read_me(school: str, school_year: int, day: date) -> str:
    """Return what a stranger reads first."""
    return _READ_ME.format(
        school=school,
        year=school_year_title(school_year),
        day=f"{day:%d.%m.%Y}",
        short=f"{kept_until(school_year, SHORT):%d.%m.%Y}",
        long=f"{kept_until(school_year, LONG):%d.%m.%Y}",
    )


def label(school: str, school_year: int, day: date) -> dict[str, str]:
    """Return the label of a package (bag-info.txt)."""
    short, long = (f"{kept_until(school_year, years):%d.%m.%Y}" for years in (SHORT, LONG))
    return {
        "Source-Organization": school,
        "External-Description": f"Архив электронного классного журнала, {school_year_title(school_year)} учебный год. "
        f"Как читать: data/{READ_ME}",
        "External-Identifier": f"register-{school_year}",
        "Bagging-Date": f"{day:%Y-%m-%d}",
        "Bag-Software-Agent": f"school register {__version__}",
        "Retention": f"п. 6.6: журналы 5 лет, по {short}; сводные ведомости 25 лет, по {long}",
    }
