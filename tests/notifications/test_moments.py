"""How a moment is written: by the reader's language and zone, near ones by their distance."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.humanize.templatetags import humanize
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format

from notifications import moments

NOON = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)


class Noon(datetime):
    @classmethod
    def now(cls, tz=None):
        return NOON.astimezone(tz)


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr(humanize, "datetime", Noon)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("language", "when", "texts"),
    [
        ("en", -timedelta(seconds=5), ["5 seconds ago", "12:59", "28 Nov 2026, 12:59:55"]),
        ("de", -timedelta(minutes=5), ["vor 5 Minuten", "12:55", "28.11.2026, 12:55:00"]),
        ("en", timedelta(hours=2), ["2 hours from now", "15:00", "28 Nov 2026, 15:00:00"]),
        ("en", -timedelta(days=2), ["26 Nov, 13:00", "26 Nov, 13:00", "26 Nov 2026, 13:00:00"]),
        ("de", -timedelta(days=2), ["26.11., 13:00", "26.11., 13:00", "26.11.2026, 13:00:00"]),
        ("en", -timedelta(days=400), ["24 Oct 2025, 14:00:00"] * 3),
    ],
)
def test_a_moment_is_written_in_the_readers_way(noon, language, when, texts):
    with translation.override(language):
        told = [write(NOON + when) for write in (moments.relative, moments.short, moments.exact)]
    assert [text.replace("\xa0", " ") for text in told] == texts


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_forms_are_those_that_django_has_for_the_language(noon, language):
    with translation.override(language):
        for write, form, when in (
            (moments.exact, "DATETIME_FORMAT", NOON),
            (moments.short, "SHORT_DATETIME_FORMAT", NOON - timedelta(days=3)),
            (moments.clock, "TIME_FORMAT", NOON),
        ):
            assert write(when) == date_format(timezone.localtime(when), form)


def test_a_time_on_a_page_has_the_exact_one_with_its_zone_as_tooltip(noon):
    template = Template("{% load moments %}{{ when|moment }}")
    with translation.override("en"):
        html = template.render(Context({"when": NOON - timedelta(days=2)}))
    assert 'title="26 Nov 2026, 13:00:00 (Europe/Berlin)"' in html
    assert 'datetime="2026-11-26T13:00:00+01:00"' in html
    assert ">26 Nov, 13:00</time>" in html
