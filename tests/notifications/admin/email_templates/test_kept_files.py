"""Files of the form: each is kept as soon as it is chosen, and no mistake loses it."""

from datetime import timedelta

import pytest
from django.test import Client

from notifications.admin.email_templates import kept_files
from notifications.models import EmailTemplate, TemplateFile
from tests import factories
from tests.notifications.admin.email_templates.steps import (
    LIST,
    PNG,
    TYPED,
    WITH_FILE,
    image,
    kept_of,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db


def test_an_uploaded_image_is_attached_when_the_form_is_saved(megan):
    answer = upload(megan)
    row = {"files-0-kept": answer["kept"], "files-0-content_id": answer["content_id"]}

    assert megan.post(f"{LIST}add/", TYPED | WITH_FILE | row).status_code == 302

    saved = TemplateFile.objects.get()
    assert (saved.name, saved.content_id) == ("Our logo.png", answer["content_id"])
    assert factories.content_of(saved) == PNG
    page = text_of(megan.get(f"{LIST}{saved.template_id}/change/"))
    assert f'src="{LIST}files/{saved.pk}/"' in page, "a thumbnail"
    shown = megan.get(f"{LIST}files/{saved.pk}/")
    shown.close()
    assert shown["Content-Type"] == "image/png"


def test_a_mistake_elsewhere_keeps_the_chosen_file(megan):
    chosen = {"files-0-file": image(), "sample_context": "{"}

    refused = megan.post(f"{LIST}add/", TYPED | WITH_FILE | chosen)
    kept = kept_of(refused)
    saved = megan.post(f"{LIST}add/", TYPED | WITH_FILE | {"files-0-kept": kept})

    assert "This is not JSON" in text_of(refused)
    assert "Line 1, column 2" in text_of(refused)
    assert "logo.png" in text_of(refused)
    assert saved.status_code == 302
    assert TemplateFile.objects.get().name == "logo.png"


def test_a_note_of_a_file_counts_for_its_person_only_and_not_forever(megan, monkeypatch):
    kept = upload(megan)["kept"]
    other = Client()
    other.force_login(factories.user("other"))
    row = TYPED | WITH_FILE | {"files-0-kept": kept}

    assert "Choose a file." in text_of(other.post(f"{LIST}add/", row))
    assert "Choose a file." in text_of(
        megan.post(f"{LIST}add/", row | {"files-0-kept": kept + "x"})
    )
    monkeypatch.setattr(kept_files, "KEPT_FOR", timedelta(seconds=-1))
    assert "Choose a file." in text_of(megan.post(f"{LIST}add/", row))
    assert not EmailTemplate.objects.exists()


def test_a_row_without_a_file_is_told(megan):
    row = TYPED | WITH_FILE | {"files-0-content_id": "logo"}

    assert "Choose a file." in text_of(megan.post(f"{LIST}add/", row))


def test_a_file_that_could_have_scripts_is_a_download(megan):
    row = factories.template_file(factories.template(), "x.svg", b"<svg onload='alert(1)'/>")

    response = megan.get(f"{LIST}files/{row.pk}/")
    b"".join(response.streaming_content)

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert megan.get(f"{LIST}files/{row.pk + 1}/").status_code == 404
