"""Which stored content is deleted, and which never is."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from mailconnector.celery import SWEEP_INTERVAL
from notifications.attachments import storage, unused
from notifications.models import EmailTemplate
from tests import factories

from .steps import make_old, sweep_files

pytestmark = pytest.mark.django_db


def test_a_file_goes_when_nothing_attaches_its_content_any_more(now):
    first, second = (factories.enqueue(files=[factories.new_file(33)]) for _i in range(2))
    path = first.attachments.get().path
    make_old(path, now=now)

    first.delete()
    sweep_files(now)
    assert default_storage.exists(path)

    second.delete()
    assert sweep_files(now) == 1
    assert not default_storage.exists(path)


def test_a_file_of_an_email_notification_stays(now):
    file = factories.template_file(factories.template(), content=b"terms of a template")
    make_old(file.path, now=now)

    sweep_files(now)
    assert default_storage.exists(file.path)

    EmailTemplate.objects.all().delete()
    assert sweep_files(now) == 1


def test_the_turns_come_to_every_folder(now):
    row = factories.enqueue(files=[factories.new_file(34)])
    path = row.attachments.get().path
    row.delete()
    make_old(path, now=now)

    for turn in range(storage.FOLDERS // unused.FOLDERS_A_TURN):
        unused.delete_some(now=now + turn * SWEEP_INTERVAL)

    assert not default_storage.exists(path)


def test_content_that_was_just_stored_stays_though_nothing_names_it_yet(tmp_path):
    stored = storage.store("a", io.BytesIO(b"not committed yet"), "", "")
    # By the clock of the file system, which no test can move
    (tmp_path / "new").touch()
    now = datetime.fromtimestamp((tmp_path / "new").stat().st_mtime, UTC)

    assert sweep_files(now) == 0
    assert default_storage.exists(stored.path)


def test_storing_old_content_again_protects_it_until_its_row_is_committed(now):
    stored = storage.store("a", io.BytesIO(b"stored again"), "", "")
    make_old(stored.path, now=now)

    again = storage.store("b", io.BytesIO(b"stored again"), "", "")

    assert again.path == stored.path
    assert sweep_files(now) == 0


def test_content_that_is_stored_while_it_is_put_aside_survives(now, monkeypatch):
    """The file's owner comes between the look at its age and the deletion."""
    stored = storage.store("a", io.BytesIO(b"at this very moment"), "", "")
    make_old(stored.path, now=now)
    put_aside = Path.rename

    def rename_late(self, target):
        storage.store("b", io.BytesIO(b"at this very moment"), "", "")
        return put_aside(self, target)

    monkeypatch.setattr(Path, "rename", rename_late)

    assert sweep_files(now) == 0
    with default_storage.open(stored.path) as stream:
        assert stream.read() == b"at this very moment"


def test_content_that_is_stored_after_it_was_put_aside_is_stored_anew(now, monkeypatch):
    stored = storage.store("a", io.BytesIO(b"a moment later"), "", "")
    make_old(stored.path, now=now)
    put_aside = Path.rename

    def rename_early(self, target):
        aside = put_aside(self, target)
        storage.store("b", io.BytesIO(b"a moment later"), "", "")
        return aside

    monkeypatch.setattr(Path, "rename", rename_early)
    sweep_files(now)

    with default_storage.open(stored.path) as stream:
        assert stream.read() == b"a moment later"


def test_a_file_that_a_killed_purge_had_put_aside_comes_back(now):
    row = factories.enqueue(files=[factories.new_file(35)])
    file = Path(default_storage.path(row.attachments.get().path))
    file.rename(file.with_name(f"{file.name}.unused"))

    sweep_files(now)

    assert factories.content_of(row.attachments.get()) == b"x" * 35


def test_half_a_file_of_a_killed_process_is_not_taken_for_its_content(now):
    stored = storage.store("a", io.BytesIO(b"the whole content"), "", "")
    Path(default_storage.path(stored.path)).write_bytes(b"the wh")

    again = storage.store("a", io.BytesIO(b"the whole content"), "", "")

    with default_storage.open(again.path) as stream:
        assert stream.read() == b"the whole content"


def test_a_folder_that_cannot_be_read_keeps_no_other_from_being_emptied(now, caplog):
    paths = []
    for content in map(str, range(2000)):
        stored = storage.store("a", io.BytesIO(content.encode()), "", "")
        if int(stored.path[:2], 16) < unused.FOLDERS_A_TURN:
            paths.append(stored.path)
    bad, *good = sorted(paths)
    good = [path for path in good if path[:2] != bad[:2]]
    make_old(*good, now=now)
    # What a killed purge leaves aside is a file; a folder in its place cannot be put back.
    file = Path(default_storage.path(bad))
    aside = file.with_name(file.name + storage._ASIDE)
    aside.mkdir()

    turns = int(now.timestamp() // SWEEP_INTERVAL.total_seconds())
    first = -turns % (storage.FOLDERS // unused.FOLDERS_A_TURN)
    unused.delete_some(now=now + first * SWEEP_INTERVAL)
    aside.rmdir()

    assert good
    assert not any(map(default_storage.exists, good))
    assert f"in folder {bad[:2]}" in caplog.text
