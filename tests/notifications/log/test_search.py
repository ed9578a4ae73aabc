"""What a search of the log finds, also where it goes through the log in steps."""

import random
from datetime import timedelta

import pytest

from notifications.log import search
from notifications.log.pages import PAGE_SIZE, Cursor, _rows, read
from notifications.log.query import LogQuery
from notifications.models import Attempt
from notifications.models.attempt import Result
from notifications.models.search_field import wanted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def entry(now, **values):
    return Attempt.objects.create(**{"at": now, "result": Result.ACCEPTED} | values)


def found(**query):
    """Subjects, newest first."""
    return [row.entry.subject for row in read(LogQuery(**query)).rows if row.entry]


@pytest.mark.parametrize(
    "text",
    [
        "INC-0042", "inc-00", "0042", "42b", "Printer", "PRINT", "Drucker müller", "muller drucker",
        "alex.wilber@contoso.example", "wilber@contoso.example", "alex", "@contoso.example",
        "contoso", "Doe, Jo", "<7f3e1c2d-1111@contoso.example>", "7f3e1c2d-1111@contoso",
        "aaaa1111-2222", "BBBB1111-2222-3333", "ErrorSendAsDenied", "100%", "back\\slash", "o'neil",
        "打印", "under_score", '"Doe, Jo" <jo@contoso.example>',
    ],
)  # fmt: skip
def test_an_entry_is_found_by_what_people_know(now, text):
    entry(
        now,
        subject="INC-0042 42b: Printer of Drucker Müller 100% back\\slash 请打印报告 under_score",
        recipients='Alex Wilber <alex.wilber@contoso.example>, "Doe, Jo" <jo@contoso.example>',
        from_address="O'Neil <o'neil@contoso.example>",
        message_id="<7f3e1c2d-1111@contoso.example>",
        request_id="aaaa1111-2222-3333",
        client_request_id="bbbb1111-2222-3333",
        code="ErrorSendAsDenied",
    )
    entry(now, subject="another")

    assert len(found(text=text)) == 1


@pytest.mark.parametrize("text", ["nobody", "rinter", "Printer nobody", "%", "_", "=accepted"])
def test_what_no_entry_has_is_not_found(now, text):
    entry(now, subject="Printer")

    assert found(text=text) == ([] if wanted(text) else ["Printer"])


@pytest.mark.parametrize("text", ["\0", "'", "a" * 500, "' & 'x", "a:*", "\\", "((", "x\0y", "😀"])
def test_any_text_can_be_searched_for(now, text, monkeypatch):
    monkeypatch.setattr(search, "_SAMPLE", 1)
    entry(now, subject=f"mail {text}".replace("\0", " "))
    entry(now)

    found(text=text, result="accepted")


def test_many_words_are_searched_for_over_many_years(now, monkeypatch):
    monkeypatch.setattr(search, "_SAMPLE", 1)
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    entry(now)
    entry(now - DAY * 10_000, subject=words, api="graph", http_status=202)

    assert found(text=words, result="accepted", api="graph", status=202) == [words]


def test_an_accent_is_no_difference_either_way(now):
    entry(now, subject="Müller")
    entry(now, subject="Muller")

    assert len(found(text="müller")) == len(found(text="MULLER")) == 2


@pytest.fixture
def a_long_log(now, monkeypatch):
    """300 entries over 150 days; the search takes them for a very long log."""
    monkeypatch.setattr(search, "_SAMPLE", 5)
    chance = random.Random(1)
    rows = [
        Attempt(
            at=now - DAY * (i // 2),
            result=chance.choice(["accepted"] * 8 + ["failed", "refused"]),
            api=chance.choice(["graph", "graph", "ews"]),
            is_test=chance.random() < 0.05,
            http_status=chance.choice([202, 202, 503]),
            code=chance.choice(["", "", "ErrorX"]),
            delivery=("", "delivered", "failed")[i % 3],
            subject=f"{chance.choice(['printer', 'printers', 'invoice'])} n{i} "
            + ("" if i < 200 else "old"),
        )
        for i in range(300)
    ]
    Attempt.objects.bulk_create(rows)
    return rows


QUERIES = [
    {"text": "printer"},
    {"text": "printer invoice"},
    {"text": "printers old"},
    {"text": "n299"},
    {"text": "n1"},
    {"text": "old", "result": "failed"},
    {"text": "nowhere"},
    {"result": "refused"},
    {"result": "failed", "api": "ews"},
    {"delivery": "failed"},
    {"delivery": "delivered", "text": "old"},
    {"is_test": True},
    {"is_test": False, "text": "old"},
    {"status": 503, "text": "invoice"},
    {"code": "ErrorX", "result": "refused"},
    {"code": "", "text": "old"},
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("window", [(None, None), (140, None), (None, 20), (120, 30)])
def test_a_search_in_steps_finds_what_a_plain_one_finds(a_long_log, now, query, window):
    since, until = (now - DAY * days if days else None for days in window)
    asked = LogQuery(**query, since=since, until=until)
    expected = list(asked.entries().order_by("-at", "-pk").values_list("pk", flat=True))

    assert everything(asked) == expected
    assert everything(asked, forward=True) == expected


def test_of_a_day_with_many_entries_the_newest_come_first(now, monkeypatch):
    monkeypatch.setattr(search, "_SAMPLE", 1)
    noon = now.replace(hour=12) - DAY
    minutes = random.Random(1).sample(range(500), 200)
    Attempt.objects.bulk_create(
        Attempt(at=noon - timedelta(minutes=m), result=Result.ACCEPTED, subject=f"printer {m}")
        for m in minutes
    )
    entry(now)

    assert found(text="printer") == [f"printer {m}" for m in sorted(minutes)[:PAGE_SIZE]]


def everything(query, *, forward=False):
    """All pages, one after the other in the direction."""
    seen = []
    cursor = Cursor.parse("0-0-0") if forward else None
    rows, is_more = _rows(query, cursor, forward=forward)
    while rows:
        seen += [row.pk for row in rows]
        rows, is_more = (
            _rows(query, Cursor.of(rows[-1]), forward=forward) if is_more else ([], False)
        )
    return seen[::-1] if forward else seen
