"""Every page's address."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from .help import pages as help_pages

admin.autodiscover()

urlpatterns = [
    path("", include("settings_ui.urls")),
    path("", include("people.urls")),
    path("help/", help_pages.first, name="help"),
    path("help/<slug:name>/", help_pages.chapter, name="help_chapter"),
    path("api/", include("notifications.api.routes")),
    path("language/", require_POST(set_language), name="set_language"),
    path("", admin.site.urls),
]

handler403 = "mailconnector.web.error_pages.forbidden"
handler400 = "mailconnector.web.error_pages.not_understood"
handler404 = "mailconnector.web.error_pages.not_found"
handler500 = "mailconnector.web.error_pages.broken"
