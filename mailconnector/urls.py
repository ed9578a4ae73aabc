"""Every page's address."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("settings_ui.urls")),
    path("api/", include("notifications.api.routes")),
    path("", admin.site.urls),
]

handler403 = "mailconnector.refusals.forbidden"
handler400 = "mailconnector.error_pages.not_understood"
handler404 = "mailconnector.error_pages.not_found"
handler500 = "mailconnector.error_pages.broken"
