"""Every page's address."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("settings_ui.urls")),
    path("api/", include("notifications.api.routes")),
    path("", admin.site.urls),
]

handler403 = "mailconnector.refusals.forbidden"
